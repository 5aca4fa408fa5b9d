// thread/sendable_test.cpp: what may go to another thread, type by type. All of it is checked at
// compile time.
#include <troupe/thread/sendable.hpp>

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <tuple>
#include <variant>
#include <vector>

namespace troupe {
namespace sendable_test {

class Light {};
struct Plain {
  std::string name;
  std::vector<int> numbers;
};
struct WithRet {
  int number;
  Ret<int> ret;
};
class Hides {  // says so
 public:
  using troupe_of_one_runtime = void;
  explicit Hides(int) {}
};

static_assert(Sendable<int> && Sendable<std::string> && Sendable<Plain> &&
              Sendable<std::unique_ptr<Plain>> && Sendable<std::vector<std::optional<Plain>>> &&
              Sendable<std::pair<int, std::string>> && Sendable<std::shared_ptr<int>>);
static_assert(Sendable<Sender<int>> && Sendable<BoundedSender<Plain>> && Sendable<Waker> &&
              Sendable<SendableRet<int>>);
static_assert(Sendable<Error> && Sendable<FixedTimerKey>);

// What belongs to one runtime.
static_assert(!Sendable<Actor<Light>> && !Sendable<ActorOwn<Light>> && !Sendable<ActorOwnAnon> &&
              !Sendable<Ret<>> && !Sendable<Ret<int>> && !Sendable<Fwd<int>> &&
              !Sendable<FwdSet<int>> && !Sendable<Share<int>> && !Sendable<ShareWeak<int>> &&
              !Sendable<Bytes> && !Sendable<Deferrer> && !Sendable<FixedTimer> &&
              !Sendable<Receiver> && !Sendable<Hides>);
static_assert(!Sendable<Task<int>> && !Sendable<TaskRef> && !Sendable<Generator<int>> &&
              !Sendable<Value<int>> && !Sendable<PipeStream<int>> && !Sendable<StopToken> &&
              !Sendable<StopSource>);
static_assert(!Sendable<ActorSlab<Light>> && !Sendable<std::unique_ptr<ActorSlab<Light>>>);
// What tasks wait for, and what they hold of it.
static_assert(!Sendable<std::shared_ptr<Event>> && !Sendable<std::shared_ptr<Mutex>> &&
              !Sendable<std::shared_ptr<Semaphore>> && !Sendable<std::shared_ptr<Queue<int>>> &&
              !Sendable<std::unique_ptr<Scope>> && !Sendable<MutexGuard> && !Sendable<Permit>);
// What is awaited.
struct Asked {
  void number(Ret<int> ret) { ret(1); }
};
Task<int> number();
static_assert(!Sendable<std::unique_ptr<Step<int>>> &&
              !Sendable<decltype(ask<&Asked::number>(std::declval<Actor<Asked>>()))> &&
              !Sendable<decltype(all(number(), number()))> &&
              !Sendable<decltype(race(number(), number()))> &&
              !Sendable<decltype(timeout(std::chrono::seconds(1), number()))> &&
              !Sendable<decltype(reply_of(number()))> &&
              !Sendable<decltype(std::declval<Event&>().wait())> &&
              !Sendable<decltype(std::declval<Generator<int>&>().next())> &&
              !Sendable<decltype(std::declval<PipeStream<int>&>().next())>);
// And what visibly holds it.
static_assert(!Sendable<WithRet> && !Sendable<std::vector<Actor<Light>>> &&
              !Sendable<std::optional<Fwd<>>> && !Sendable<std::unique_ptr<Share<int>>> &&
              !Sendable<std::tuple<int, Ret<>>> && !Sendable<std::variant<int, Actor<Light>>> &&
              !Sendable<std::array<ActorOwn<Light>, 2>> && !Sendable<std::map<int, Actor<Light>>> &&
              !Sendable<std::pair<int, WithRet>>);
// What borrows.
static_assert(!Sendable<std::string_view> && !Sendable<int*> && !Sendable<Core&> &&
              !Sendable<std::vector<std::string_view>>);
// In a queue of one runtime all of it may lie.
static_assert(Storable<WithRet> && Storable<Actor<Light>> && Storable<std::vector<Actor<Light>>>);

TEST(SendableTest, Compiles) { SUCCEED(); }

}  // namespace sendable_test
}  // namespace troupe
