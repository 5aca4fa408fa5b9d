// task/weight_test.cpp: pipes and queues that are bounded by what their items weigh: what is taken,
// who waits, what goes, and a sum that is always that of what waits.
#include <troupe/task/weight.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <utility>
#include <vector>

#include "support/allocations.hpp"
#include "support/detached.hpp"
#include "support/recorder.hpp"
#include "support/seed.hpp"
#include "support/streams.hpp"

namespace troupe {
namespace weight_test {

using namespace std::chrono_literals;
using troupe_test::Detached;
using troupe_test::FailAllocation;
using troupe_test::read_all;
using troupe_test::read_replies;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

// A number that weighs itself.
struct ByValue {
  std::size_t operator()(const int& n) const noexcept { return static_cast<std::size_t>(n); }
};
using Numbers = Queue<int, ByValue>;
using NumberStream = PipeStream<int, ByValue>;

Step<> pushes(Numbers& queue, int n) {
  const bool pushed = co_await queue.push(n);
  say(pushed ? "pushed" : "closed", n);
}
Task<int> pushes_alone(Borrowed<Numbers> queue, int n) {
  co_await pushes(queue.get(), n);
  co_return n;
}
Task<int> pops_alone(Borrowed<Numbers> queue) {
  const auto value = co_await queue->pop();
  co_return value ? *value : -1;
}

// ---- what a weight is
struct Throws {
  std::size_t operator()(const int&) const { return 1; }
};
struct TakesMore {
  std::size_t operator()(int&) const noexcept { return 1; }
};
struct SaysYes {
  bool operator()(const int&) const noexcept { return true; }
};
struct Signed {
  int operator()(const int&) const noexcept { return -1; }
};
struct HasData {
  std::size_t each = 3;
  std::size_t operator()(const int&) const noexcept { return each; }
};
struct Small {
  std::uint32_t operator()(const int&) const noexcept { return 1; }
};
using Lambda = decltype([](const int& n) noexcept { return static_cast<std::size_t>(n); });
static_assert(Weighs<ByCount, int> && Weighs<ByCount, std::unique_ptr<int>>);
static_assert(Weighs<BySize, std::string> && Weighs<BySize, std::vector<int>>);
static_assert(Weighs<ByValue, int> && Weighs<Small, int> && Weighs<Lambda, int>);
static_assert(!Weighs<BySize, int> && !Weighs<ByValue, std::string> && !Weighs<int, int>);
static_assert(!Weighs<Throws, int> && !Weighs<TakesMore, int> && !Weighs<SaysYes, int>);
static_assert(!Weighs<Signed, int> && !Weighs<HasData, int>);

// By count nothing is stored, and nothing is weighed.
static_assert(std::is_empty_v<detail::Scale<int, ByCount>>);
static_assert(std::is_same_v<detail::Scale<int, ByCount>::Slot, int>);
static_assert(std::is_same_v<Queue<int>, Queue<int, ByCount>>);
static_assert(std::is_same_v<PipeStream<int>, PipeStream<int, ByCount>>);
static_assert(sizeof(NumberStream) == 8 && Stream<NumberStream, int> && Storable<NumberStream>);
static_assert(!std::is_constructible_v<Queue<int, Throws>, std::size_t>);
static_assert(!std::is_constructible_v<Queue<int, HasData>, std::size_t>);

using WeightTest = troupe_test::OneRuntimeTest;

TEST_F(WeightTest, ByCountItIsTheNumberOfItems) {
  auto [stream, fwd] = stream_pipe<std::string>(rt);
  Queue<std::string> queue(4);
  EXPECT_EQ(stream.weight() + queue.weight(), 0u);
  for (const char* text : {"a", "", "ccc"}) {
    fwd(std::string(text));
    EXPECT_TRUE(queue.try_push(text));
  }
  EXPECT_EQ(stream.weight(), 3u);
  EXPECT_EQ(queue.weight(), 3u);
  EXPECT_EQ(*stream.next().await_resume(), "a");
  EXPECT_TRUE(queue.try_pop());
  EXPECT_EQ(stream.weight(), 2u);
  EXPECT_EQ(queue.weight(), 2u);
}

// ---- pipes
TEST_F(WeightTest, APipeTakesItemsUpToItsCapacityAndNotBeyond) {
  auto [stream, fwd] = stream_pipe<std::string, BySize>(rt, fwd_nop, 10, WhenFull::drop_newest);
  fwd("1234");
  fwd("123456");
  EXPECT_EQ(stream.weight(), 10u) << "just full";
  fwd("x");
  EXPECT_EQ(stream.dropped(), 1u);
  EXPECT_EQ(*stream.next().await_resume(), "1234");
  EXPECT_EQ(stream.weight(), 6u);
  fwd("12345");
  EXPECT_EQ(stream.dropped(), 2u) << "one more than there is room for";
  fwd("abc");
  EXPECT_EQ(stream.weight(), 9u);
  fwd("d");
  fwd(std::nullopt);
  EXPECT_EQ(stream.weight(), 10u);
  spawn(rt, read_all(std::move(stream)), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "123456 abc d end ~local ret=3");
}

TEST_F(WeightTest, AFullPipeFailsByWeight) {
  auto [stream, fwd] = stream_pipe<int, ByValue>(rt, fwd_nop, 10);
  for (const int n : {3, 3, 3}) fwd(n);
  EXPECT_TRUE(fwd.is_wanted());
  fwd(2);
  EXPECT_FALSE(fwd.is_wanted());
  EXPECT_EQ(stream.dropped(), 1u);
  EXPECT_EQ(stream.weight(), 9u);
  fwd(1);
  spawn(rt, read_replies(std::move(stream)), ret_nop);
  rt.run();
  EXPECT_EQ(told(), "3 3 3 overloaded end");
}

TEST_F(WeightTest, AnItemHeavierThanTheCapacityPassesAlone) {
  auto [stream, fwd] = stream_pipe<int, ByValue>(rt, fwd_nop, 10, WhenFull::drop_newest);
  fwd(50);
  EXPECT_EQ(stream.weight(), 50u) << "nothing waits";
  fwd(1);
  EXPECT_EQ(stream.dropped(), 1u);
  EXPECT_EQ(stream.next().await_resume(), 50);
  EXPECT_EQ(stream.weight(), 0u);
  fwd(1);
  fwd(50);
  EXPECT_EQ(stream.dropped(), 2u) << "not behind another";
  EXPECT_EQ(stream.next().await_resume(), 1);
  fwd(11);
  EXPECT_EQ(stream.next().await_resume(), 11);
}

TEST_F(WeightTest, AnItemOfNoWeightWeighsOne) {
  auto [stream, fwd] = stream_pipe<std::string, BySize>(rt, fwd_nop, 3, WhenFull::drop_newest);
  for (int n = 0; n < 5; ++n) fwd("");
  EXPECT_EQ(stream.weight(), 3u);
  EXPECT_EQ(stream.dropped(), 2u);
  Queue<std::string, BySize> queue(2);
  EXPECT_TRUE(queue.try_push(std::string()) && queue.try_push(std::string()));
  EXPECT_FALSE(queue.try_push(std::string()));
  EXPECT_EQ(queue.weight(), 2u);
}

struct Immense {
  std::size_t operator()(const int&) const noexcept {
    return std::numeric_limits<std::size_t>::max();
  }
};
Task<int> pops_in_a_race(Borrowed<Queue<int, Immense>> q) {
  const auto raced = co_await race(q->pop(), sleep(1h));
  co_return **raced.get<0>();
}
TEST_F(WeightTest, AnItemOfImmenseWeightDoesNotWrapTheSum) {
  Queue<int, Immense> queue(std::numeric_limits<std::size_t>::max());
  std::vector<TaskRef> refs;
  for (int n = 0; n < 3; ++n) {
    refs.push_back(spawn(rt, pops_in_a_race, ret_nop, unsafe_borrow(queue)));
    rt.run();
    EXPECT_TRUE(queue.try_push(n));
    rt.run_one();
  }
  const std::size_t taken = queue.weight();
  for (const TaskRef& ref : refs) ref.cancel();
  EXPECT_EQ(queue.weight(), queue.size() * largest_weight);
  EXPECT_GE(queue.weight(), taken);
  while (queue.try_pop()) {}
  EXPECT_EQ(queue.weight(), 0u);
  auto [stream, fwd] = stream_pipe<int, Immense>(rt, fwd_nop, 1, WhenFull::drop_newest);
  fwd(1);
  fwd(2);
  EXPECT_EQ(stream.weight(), largest_weight);
  EXPECT_EQ(stream.dropped(), 1u);
}

TEST_F(WeightTest, AsManyOfTheOldestGoAsTheNewOneNeeds) {
  auto [stream, fwd] = stream_pipe<int, ByValue>(rt, fwd_nop, 10, WhenFull::drop_oldest);
  for (const int n : {2, 3, 1, 4}) fwd(n);
  EXPECT_EQ(stream.dropped(), 0u);
  fwd(5);  // 2 and 3 go
  EXPECT_EQ(stream.dropped(), 2u);
  EXPECT_EQ(stream.weight(), 10u);
  fwd(6);  // 1, 4 and 5
  EXPECT_EQ(stream.dropped(), 5u);
  EXPECT_EQ(stream.weight(), 6u);
  fwd(4);
  fwd(30);  // all
  EXPECT_EQ(stream.dropped(), 7u);
  EXPECT_EQ(stream.weight(), 30u);
  fwd(1);
  EXPECT_EQ(stream.dropped(), 8u);
  EXPECT_EQ(stream.next().await_resume(), 1);
  EXPECT_FALSE(stream.next().await_ready());
  EXPECT_EQ(stream.weight(), 0u);
}

TEST_F(WeightTest, AReaderThatWaitsIsHandedWhateverComes) {
  auto [stream, fwd] = stream_pipe<int, ByValue>(rt, fwd_nop, 10, WhenFull::drop_newest);
  const auto read = [](Borrowed<NumberStream> s) -> Task<int> {
    const auto item = co_await s->next();
    co_return *item;
  };
  for (int round = 0; round < 3; ++round) {
    const TaskRef ref = spawn(rt, read, tell_int("ret"), unsafe_borrow(stream));
    rt.run();
    EXPECT_EQ(stream.weight(), 0u);
    fwd(12);
    EXPECT_EQ(stream.weight(), 12u) << "it is there until the reader goes on";
    if (round == 1) ref.cancel();
    rt.run();
    EXPECT_EQ(stream.weight(), round == 1 ? 12u : 0u);
    EXPECT_EQ(told(), round == 1 ? "ret!cancelled" : "ret=12");
    if (round == 1) {
      EXPECT_EQ(stream.next().await_resume(), 12);
    }
  }
}

using Shared = std::shared_ptr<std::string>;
struct ByItsText {
  std::size_t operator()(const Shared& text) const noexcept { return text->size(); }
};
TEST_F(WeightTest, AWeightThatChangesMeanwhileDoesNotCount) {
  auto [stream, fwd] = stream_pipe<Shared, ByItsText>(rt, fwd_nop, 10, WhenFull::drop_newest);
  Queue<Shared, ByItsText> queue(10);
  const auto text = std::make_shared<std::string>("four");
  fwd(text);
  EXPECT_TRUE(queue.try_push(text));
  text->append(100, 'x');
  EXPECT_EQ(stream.weight(), 4u);
  EXPECT_EQ(queue.weight(), 4u);
  (void)stream.next().await_resume();
  EXPECT_TRUE(queue.try_pop());
  EXPECT_EQ(stream.weight(), 0u);
  EXPECT_EQ(queue.weight(), 0u);
}

// At each moment between what is sent and the end of the task: it was taken or not, and comes back.
TEST_F(WeightTest, AnItemThatGoesBackWeighsAgainAndMayPassTheCapacity) {
  int came_back = 0;
  for (int moment = 0; moment < 12; ++moment) {
    auto [stream, fwd] = stream_pipe<int, ByValue>(rt, fwd_nop, 10, WhenFull::drop_newest);
    const TaskRef ref = spawn(
        rt,
        [](Borrowed<NumberStream> s) -> Task<int> {
          const auto raced = co_await race(s->next(), sleep(1h));
          co_return **raced.get<0>();
        },
        ret_nop, unsafe_borrow(stream));
    rt.run();
    fwd(7);
    for (int n = 0; n < moment; ++n) rt.run_one();
    const bool taken = stream.weight() == 0, read = ref.done();
    fwd(9);
    EXPECT_EQ(stream.dropped(), taken ? 0u : 1u);
    ref.cancel();
    EXPECT_EQ(stream.weight(), read ? 9u : taken ? 16u : 7u);
    if (!read && taken) {
      ++came_back;
      fwd(1);
      EXPECT_EQ(stream.dropped(), 1u) << "over its capacity: nothing is taken";
      EXPECT_EQ(stream.next().await_resume(), 7) << "in front of the other";
      EXPECT_EQ(stream.weight(), 9u);
      fwd(1);
      EXPECT_EQ(stream.weight(), 10u);
    }
    while (stream.next().await_ready()) (void)stream.next().await_resume();
    EXPECT_EQ(stream.weight(), 0u);
  }
  EXPECT_GT(came_back, 0);
}

TEST_F(WeightTest, AValueThatGoesBackWeighsAgainAndMayPassTheCapacity) {
  int came_back = 0;
  for (int moment = 0; moment < 12; ++moment) {
    Numbers queue(10);
    const TaskRef ref = spawn(
        rt,
        [](Borrowed<Numbers> q) -> Task<int> {
          const auto raced = co_await race(q->pop(), sleep(1h));
          co_return **raced.get<0>();
        },
        ret_nop, unsafe_borrow(queue));
    rt.run();
    EXPECT_TRUE(queue.try_push(7));
    for (int n = 0; n < moment; ++n) rt.run_one();
    const bool taken = queue.weight() == 0, read = ref.done();
    EXPECT_EQ(queue.try_push(9), taken);
    ref.cancel();
    EXPECT_EQ(queue.weight(), read ? 9u : taken ? 16u : 7u);
    if (!read && taken) {
      ++came_back;
      const TaskRef pusher = spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), 1);
      rt.run();
      EXPECT_EQ(queue.weight(), 16u) << "over its capacity: who pushes waits";
      EXPECT_EQ(queue.try_pop(), 7) << "in front of the other";
      EXPECT_EQ(queue.weight(), 10u);
      rt.run();
      EXPECT_EQ(told(), "pushed1");
    }
    while (queue.try_pop()) {}
    EXPECT_EQ(queue.weight(), 0u);
  }
  EXPECT_GT(came_back, 0);
}

// An item that does something as it ends.
struct Ends {
  Ends(int n, void (*f)(int)) : number(n), f_(f) {}
  Ends(Ends&& other) noexcept : number(other.number), f_(std::exchange(other.f_, nullptr)) {}
  ~Ends() {
    if (f_) f_(number);
  }
  int number;

 private:
  void (*f_)(int);
};
struct ByNumber {
  std::size_t operator()(const Ends& e) const noexcept {
    return static_cast<std::size_t>(e.number);
  }
};
using EndStream = PipeStream<Ends, ByNumber>;
std::optional<EndStream> the_stream;
std::optional<Fwd<std::optional<Ends>>> the_fwd;
Runtime* the_rt;

TEST_F(WeightTest, AnItemThatIsDroppedForAnotherMayDropTheReader) {
  for (const bool with_fwd : {false, true}) {
    auto [stream, fwd] = stream_pipe<Ends, ByNumber>(rt, fwd_nop, 10, WhenFull::drop_oldest);
    the_stream.emplace(std::move(stream));
    the_fwd.emplace(fwd);
    for (int n = 1; n <= 4; ++n)
      fwd(Ends(n, [](int number) {
        say("~", number);
        if (number == 2) the_stream.reset();
      }));
    if (with_fwd) the_fwd.reset();
    fwd(Ends(9, [](int) { say("~new"); }));
    EXPECT_EQ(told(), "~1 ~2 ~3 ~4 ~new");
    EXPECT_FALSE(fwd.is_wanted());
    the_fwd.reset();
  }
}

TEST_F(WeightTest, AnItemThatIsDroppedForAnotherMaySendOrTrim) {
  auto [stream, fwd] = stream_pipe<Ends, ByNumber>(rt, fwd_nop, 10, WhenFull::drop_oldest);
  the_fwd.emplace(fwd);
  the_rt = &rt;
  const auto nothing = [](int) {};
  fwd(Ends(1, [](int) {
    (*the_fwd)(Ends(3, [](int) { say("~3"); }));
    the_rt->trim();
  }));
  fwd(Ends(4, nothing));
  fwd(Ends(5, nothing));
  fwd(Ends(6, nothing));  // 1 goes, which sends 3, for which 4 goes; then 5 goes for this one
  EXPECT_EQ(stream.weight(), 9u);
  EXPECT_EQ(stream.next().await_resume()->number, 3);
  EXPECT_EQ(stream.next().await_resume()->number, 6);
  EXPECT_EQ(stream.weight(), 0u);
  the_fwd.reset();
}

struct Huge {  // too large for the pool
  explicit Huge(int n) : number(n) {}
  int number;
  std::array<char, 200'000> rest{};
};
struct ByHuge {
  std::size_t operator()(const Huge& h) const noexcept {
    return static_cast<std::size_t>(h.number);
  }
};
TEST_F(WeightTest, APipeWithoutMemoryIsNotFullByWeight) {
  for (const auto policy : {WhenFull::fail, WhenFull::drop_newest, WhenFull::drop_oldest}) {
    auto [stream, fwd] = stream_pipe<Huge, ByHuge>(rt, fwd_nop, 100, policy);
    for (int n = 0; n < 8; ++n) fwd(Huge(2));
    {
      const FailAllocation none(0, true);
      fwd(Huge(3));
    }
    EXPECT_EQ(stream.dropped(), 1u);
    EXPECT_EQ(stream.weight(), 16u);
    fwd(Huge(4));
    EXPECT_EQ(stream.weight(), policy == WhenFull::fail ? 16u : 20u);
    if (policy != WhenFull::fail) continue;
    for (int n = 0; n < 8; ++n) (void)stream.next().await_resume();
    spawn(
        rt,
        [](PipeStream<Huge, ByHuge> s) -> Task<> {
          const auto item = co_await s.next().reply();
          say(to_string(item->error().why()));
        },
        ret_nop, std::move(stream));
    rt.run();
    EXPECT_EQ(told(), "out of memory");
  }
}

// What a pipe or a queue should hold: a list of weights.
struct Model {
  std::deque<int> items;
  std::size_t capacity;
  static std::size_t weight(int n) { return n == 0 ? 1 : static_cast<std::size_t>(n); }
  std::size_t sum() const {
    std::size_t all = 0;
    for (const int n : items) all += weight(n);
    return all;
  }
  bool takes(int n) const { return items.empty() || sum() + weight(n) <= capacity; }
};

TEST_F(WeightTest, APipeBehavesLikeItsModel) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  for (int round = 0; round < 120; ++round) {
    Model model{{}, 1 + dice.below(dice.below(2) ? 30 : 2000)};
    const auto policy = static_cast<WhenFull>(dice.below(3));
    auto [stream, fwd] = stream_pipe<int, ByValue>(rt, fwd_nop, model.capacity, policy);
    const int heaviest = static_cast<int>(1 + dice.below(dice.below(3) ? 12 : 60));
    std::uint64_t dropped = 0;
    bool lost = false;
    for (int step = 0; step < 150; ++step) {
      for (auto n = dice.below(30); n != 0; --n) {
        const int item = static_cast<int>(dice.below(static_cast<std::uint64_t>(heaviest)));
        fwd(item);
        if (lost || (!model.takes(item) && policy != WhenFull::drop_oldest)) {
          ++dropped;
          lost = policy == WhenFull::fail;
          continue;
        }
        for (; !model.takes(item); ++dropped) model.items.pop_front();
        model.items.push_back(item);
      }
      if (dice.below(8) == 0) rt.trim();
      ASSERT_EQ(stream.weight(), model.sum());
      ASSERT_EQ(stream.dropped(), dropped);
      for (auto n = dice.below(30); n != 0 && !model.items.empty(); --n) {
        auto await = stream.next();
        ASSERT_TRUE(await.await_ready());
        ASSERT_EQ(await.await_resume(), model.items.front());
        model.items.pop_front();
        ASSERT_EQ(stream.weight(), model.sum());
      }
      if (!lost) {
        ASSERT_EQ(stream.next().await_ready(), !model.items.empty());
      }
    }
  }
}

TEST_F(WeightTest, APipeByWeightAllocatesNothingInSteadyState) {
  auto [stream, fwd] = stream_pipe<int, ByValue>(rt, fwd_nop, 1000, WhenFull::drop_oldest);
  const auto round = [&s = stream, &f = fwd] {
    for (int n = 0; n < 500; ++n) f(n % 20);
    while (s.next().await_ready()) (void)s.next().await_resume();
  };
  EXPECT_EQ(troupe_test::allocations_in_steady_state(round), 0);
}

// ---- queues
TEST_F(WeightTest, AQueueTakesValuesUpToItsCapacityAndNotBeyond) {
  Numbers queue(10);
  EXPECT_EQ(queue.capacity(), 10u);
  EXPECT_TRUE(queue.try_push(4) && queue.try_push(6));
  EXPECT_EQ(queue.weight(), 10u);
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_FALSE(queue.try_push(1));
  EXPECT_EQ(queue.try_pop(), 4);
  EXPECT_EQ(queue.weight(), 6u);
  EXPECT_FALSE(queue.try_push(5));
  EXPECT_TRUE(queue.try_push(4));
  EXPECT_EQ(queue.weight(), 10u);
}

TEST_F(WeightTest, AValueThatDoesNotFitIsUntouched) {
  Queue<std::string, BySize> queue(100);
  std::string long_one(90, 'x'), other(20, 'y');
  EXPECT_TRUE(queue.try_push(long_one)) << "a copy";
  EXPECT_FALSE(queue.try_push(std::move(other)));
  EXPECT_EQ(other.size(), 20u);
  EXPECT_TRUE(queue.try_pop());
  EXPECT_TRUE(queue.try_push(std::move(other)));
  EXPECT_TRUE(other.empty());
}

TEST_F(WeightTest, AValueHeavierThanTheCapacityWaitsUntilTheQueueIsEmpty) {
  Numbers queue(10);
  EXPECT_TRUE(queue.try_push(1) && queue.try_push(1));
  spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), 99);
  rt.run();
  EXPECT_TRUE(queue.try_pop());
  rt.run();
  EXPECT_EQ(told(), "") << "one is in it";
  EXPECT_TRUE(queue.try_pop());
  EXPECT_EQ(queue.weight(), 99u);
  rt.run();
  EXPECT_EQ(told(), "pushed99");
  EXPECT_FALSE(queue.try_push(1));
  EXPECT_EQ(queue.try_pop(), 99);
  EXPECT_TRUE(queue.try_push(1));
}

TEST_F(WeightTest, AHeavyValueIsNotOvertakenByLightOnes) {
  Numbers queue(10);
  EXPECT_TRUE(queue.try_push(3) && queue.try_push(4));
  for (const int n : {8, 1, 2}) spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), n);
  rt.run();
  EXPECT_FALSE(queue.try_push(1)) << "there is room for it, but others wait";
  EXPECT_EQ(queue.try_pop(), 3);
  rt.run();
  EXPECT_EQ(told(), "") << "8 does not fit, and 1 is behind it";
  EXPECT_EQ(queue.try_pop(), 4);
  EXPECT_EQ(queue.weight(), 9u) << "8 and 1";
  rt.run();
  EXPECT_EQ(told(), "pushed8 pushed1");
  EXPECT_EQ(queue.try_pop(), 8);
  rt.run();
  EXPECT_EQ(told(), "pushed2");
  EXPECT_EQ(queue.weight(), 3u);
}

TEST_F(WeightTest, OnePopMayMakeRoomForSeveral) {
  Numbers queue(10);
  EXPECT_TRUE(queue.try_push(10));
  for (const int n : {3, 3, 3, 3}) spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), n);
  rt.run();
  EXPECT_EQ(queue.try_pop(), 10);
  EXPECT_EQ(queue.weight(), 9u);
  rt.run();
  EXPECT_EQ(told(), "pushed3 pushed3 pushed3");
  EXPECT_EQ(queue.try_pop(), 3);
  rt.run();
  EXPECT_EQ(told(), "pushed3");
}

TEST_F(WeightTest, WhereAHeavyPusherGoesThoseBehindItAreServed) {
  for (const bool cancelled : {true, false}) {
    Numbers queue(10);
    EXPECT_TRUE(queue.try_push(5));
    const TaskRef heavy = cancelled
                              ? spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), 6)
                              : spawn(
                                    rt,
                                    [](Borrowed<Numbers> q) -> Task<> {
                                      const auto pushed = co_await timeout(1s, q->push(6)).reply();
                                      say(pushed ? "pushed" : "too late");
                                    },
                                    ret_nop, unsafe_borrow(queue));
    for (const int n : {2, 3, 1}) spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), n);
    rt.run();
    EXPECT_EQ(told(), "");
    if (cancelled)
      heavy.cancel();
    else
      run_virtual(rt);
    EXPECT_EQ(queue.weight(), 10u);
    rt.run();
    EXPECT_EQ(told(), cancelled ? "pushed2 pushed3" : "too late pushed2 pushed3");
    EXPECT_EQ(queue.try_pop(), 5);
    rt.run();
    EXPECT_EQ(told(), "pushed1");
  }
}

TEST_F(WeightTest, APusherDroppedBetweenItsWakingAndItsTurnHasPushed) {
  Numbers queue(10);
  EXPECT_TRUE(queue.try_push(10));
  const TaskRef pusher = spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), 6);
  rt.run();
  EXPECT_EQ(queue.try_pop(), 10);
  pusher.cancel();
  EXPECT_EQ(queue.weight(), 6u);
  rt.run();
  EXPECT_EQ(told(), "");
  EXPECT_EQ(queue.try_pop(), 6);
}

TEST_F(WeightTest, ThoseWhoWaitHearOfCloseAndOfTheEndOfTheQueue) {
  auto queue = std::make_unique<Numbers>(10);
  EXPECT_TRUE(queue->try_push(10));
  for (const int n : {6, 1}) spawn(rt, pushes_alone, ret_nop, unsafe_borrow(*queue), n);
  rt.run();
  queue->close();
  rt.run();
  EXPECT_EQ(told(), "closed6 closed1");
  EXPECT_FALSE(queue->try_push(1));
  EXPECT_EQ(queue->weight(), 10u);

  queue = std::make_unique<Numbers>(10);
  EXPECT_TRUE(queue->try_push(10));
  std::vector<TaskRef> refs;
  for (const int n : {6, 1})
    refs.push_back(spawn(rt, pushes_alone, tell_int("ret"), unsafe_borrow(*queue), n));
  rt.run();
  queue.reset();
  refs[0].cancel();
  rt.run();
  EXPECT_EQ(told(), "ret!cancelled ret!dropped");
}

TEST_F(WeightTest, APusherThatIsServedAndThenLosesItsQueueIsDroppedInPeace) {
  auto queue = std::make_unique<Numbers>(10);
  EXPECT_TRUE(queue->try_push(10));
  const TaskRef pusher = spawn(rt, pushes_alone, tell_int("ret"), unsafe_borrow(*queue), 6);
  rt.run();
  EXPECT_TRUE(queue->try_pop());
  queue.reset();
  pusher.cancel();
  rt.run();
  EXPECT_EQ(told(), "ret!cancelled");
}

TEST_F(WeightTest, AValueThatIsPromisedWeighsUntilItIsTaken) {
  Numbers queue(10);
  const TaskRef popper = spawn(rt, pops_alone, tell_int("got"), unsafe_borrow(queue));
  rt.run();
  EXPECT_TRUE(queue.try_push(8));
  EXPECT_FALSE(queue.try_push(3));
  EXPECT_EQ(queue.weight(), 8u);
  popper.cancel();
  EXPECT_EQ(queue.weight(), 8u);
  spawn(rt, pops_alone, tell_int("got"), unsafe_borrow(queue));
  rt.run();
  EXPECT_EQ(told(), "got!cancelled got=8");
  EXPECT_EQ(queue.weight(), 0u);
}

TEST_F(WeightTest, WithoutMemoryAQueueCountsAsFull) {
  Numbers queue(1 << 30);
  int n = 0;
  {
    const FailAllocation none(0, true);
    while (n < 1000 && queue.try_push(2)) ++n;
  }
  ASSERT_GT(n, 0);
  ASSERT_LT(n, 1000);
  EXPECT_EQ(queue.weight(), 2 * queue.size());
  EXPECT_TRUE(queue.try_push(2));
  while (queue.try_pop()) {}
  EXPECT_EQ(queue.weight(), 0u);
}

Detached detached_push(Numbers& queue, int n) {
  const auto pushed = co_await queue.push(n).reply();
  say("detached", pushed && *pushed ? n : 0);
}
TEST_F(WeightTest, CoroutinesOfAForeignTypeWaitInLine) {
  Numbers queue(10);
  EXPECT_TRUE(queue.try_push(7));
  std::optional<Detached> heavy, light;
  defer(
      rt,
      [](std::optional<Detached>* a, std::optional<Detached>* b, Numbers* q) {
        a->emplace(detached_push(*q, 9));
        b->emplace(detached_push(*q, 2));
      },
      unsafe_borrow(&heavy), unsafe_borrow(&light), unsafe_borrow(&queue));
  rt.run();
  EXPECT_EQ(told(), "");
  heavy.reset();  // its frame goes: the next is served
  EXPECT_EQ(queue.weight(), 9u);
  rt.run();
  EXPECT_EQ(told(), "detached2");
}

// Pushers that wait, in order, and what the queue holds.
struct Crowd {
  Model model;
  std::deque<std::pair<int, TaskRef>> waiting;
  void serve() {
    while (!waiting.empty() && model.takes(waiting.front().first)) {
      model.items.push_back(waiting.front().first);
      waiting.pop_front();
    }
  }
};
TEST_F(WeightTest, AQueueBehavesLikeItsModel) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  for (int round = 0; round < 60; ++round) {
    Crowd crowd{{{}, 1 + dice.below(40)}, {}};
    Numbers queue(crowd.model.capacity);
    const auto heaviest = 1 + dice.below(dice.below(3) ? 12 : 60);
    for (int step = 0; step < 300; ++step) {
      const int n = static_cast<int>(dice.below(heaviest));
      switch (dice.below(5)) {
        case 0:
          ASSERT_EQ(queue.try_push(n), crowd.waiting.empty() && crowd.model.takes(n));
          if (crowd.waiting.empty() && crowd.model.takes(n)) crowd.model.items.push_back(n);
          break;
        case 1:
          crowd.waiting.emplace_back(n, spawn(rt, pushes_alone, ret_nop, unsafe_borrow(queue), n));
          rt.run();
          crowd.serve();
          break;
        case 2:
        case 3: {
          const auto value = queue.try_pop();
          ASSERT_EQ(value.has_value(), !crowd.model.items.empty());
          if (!value) break;
          ASSERT_EQ(*value, crowd.model.items.front());
          crowd.model.items.pop_front();
          crowd.serve();
          break;
        }
        default:
          if (crowd.waiting.empty()) break;
          const auto which = static_cast<std::ptrdiff_t>(dice.below(crowd.waiting.size()));
          crowd.waiting[static_cast<std::size_t>(which)].second.cancel();
          crowd.waiting.erase(crowd.waiting.begin() + which);
          crowd.serve();
      }
      ASSERT_EQ(queue.weight(), crowd.model.sum());
      ASSERT_EQ(queue.size(), crowd.model.items.size());
    }
    queue.close();
    rt.run();
    (void)told();
  }
}

// Whoever comes and goes, each value that was pushed is popped once, and the sum is that of what is
// in the queue.
struct Books {
  std::vector<int> pushed, popped;
};
Task<> push_and_note(Borrowed<Numbers> queue, Borrowed<Books> books, int n) {
  const bool pushed = co_await queue->push(n);
  if (pushed) books->pushed.push_back(n);
}
Task<> pop_and_note(Borrowed<Numbers> queue, Borrowed<Books> books) {
  const auto value = co_await queue->pop();
  if (value) books->popped.push_back(*value);
}
Task<> race_and_note(Borrowed<Numbers> queue, Borrowed<Books> books) {
  const auto raced = co_await race(queue->pop(), queue->pop(), sleep(0s));
  const std::optional<std::optional<int>> both[] = {raced.get<0>(), raced.get<1>()};
  for (const auto& one : both)
    if (one && *one) books->popped.push_back(**one);
}
TEST_F(WeightTest, ARandomCrowdLosesNothing) {
  SCOPED_TRACE(troupe_test::seed_text());
  troupe_test::Dice dice(troupe_test::seed());
  std::size_t popped = 0;
  for (int round = 0; round < 20; ++round) {
    Numbers queue(1 + dice.below(2000));
    Books books;
    std::vector<TaskRef> others;
    for (int step = 1; step <= 300; ++step) {
      switch (dice.below(8)) {
        case 0:
        case 1:
          spawn(rt, push_and_note, ret_nop, unsafe_borrow(queue), unsafe_borrow(books), step);
          break;
        case 2:
          others.push_back(
              spawn(rt, pop_and_note, ret_nop, unsafe_borrow(queue), unsafe_borrow(books)));
          break;
        case 3:
          others.push_back(
              spawn(rt, race_and_note, ret_nop, unsafe_borrow(queue), unsafe_borrow(books)));
          break;
        case 4:
          if (queue.try_push(step)) books.pushed.push_back(step);
          break;
        case 5:
          if (const auto value = queue.try_pop()) books.popped.push_back(*value);
          break;
        case 6:
          if (!others.empty()) others[dice.below(others.size())].cancel();
          break;
        default:
          for (auto n = dice.below(8); n != 0; --n) rt.run_one();
          if (dice.below(4) == 0) rt.trim();
      }
    }
    run_virtual(rt);
    for (const TaskRef& ref : others) ref.cancel();
    popped += books.popped.size();
    // Those who still wait to push are served as the rest is taken out.
    while (const auto value = queue.try_pop()) {
      books.popped.push_back(*value);
      rt.run();
    }
    EXPECT_EQ(queue.weight(), 0u);
    EXPECT_EQ(queue.size(), 0u);
    std::ranges::sort(books.pushed);
    std::ranges::sort(books.popped);
    EXPECT_EQ(books.pushed, books.popped);
  }
  EXPECT_GT(popped, 500u);
}

}  // namespace weight_test
}  // namespace troupe
