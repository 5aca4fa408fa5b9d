// core/ret_to_test.cpp: answers that are calls: values, failures, bound arguments of all sizes, and
// their order.
#include <troupe/core/ret_to.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/recorder.hpp"

namespace troupe {
namespace ret_to_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

struct Server {
  void query(Cx<Server>&, int v, Ret<int> ret) { ret(v * 2); }
  void pair(Ret<int, std::string> ret) { ret(1, "one"); }
  void none(Ret<> ret) { ret(); }
  void unique(Ret<std::unique_ptr<int>> ret) { ret(std::make_unique<int>(9)); }
  void forget(Ret<int>) {}
  void refuse(Ret<int> ret) { ret.fail(ActorFail(Why::lost, Error("line cut"))); }
  void keep(Ret<int> ret) { kept.push_back(std::move(ret)); }
  void answer_all() {
    for (auto& ret : kept) ret(5);
  }
  void fail(Cx<Server>& cx) { cx.fail("broken"); }
  void throws(Ret<int>) { TROUPE_THROW(std::runtime_error("thrown")); }
  void stop(Cx<Server>& cx) { cx.stop(); }
  std::vector<Ret<int>> kept;
};

std::string shown(const Reply<int>& r) {
  if (r) return "=" + std::to_string(*r);
  std::string text = "!" + std::string(to_string(r.error().why()));
  if (r.error().error()) text += "(" + std::string(r.error().error().text()) + ")";
  if (r.error().actor()) text += "@" + std::to_string(r.error().actor());
  return text;
}

struct Client {
  void got(Cx<Client>&, int tag, const Reply<int>& r) { say(std::to_string(tag) + shown(r)); }
  void large(const std::string& a, std::string b, Reply<int> r) { say(a + b + shown(r)); }
  void moved(std::unique_ptr<int> p, Reply<int> r) { say(std::to_string(*p) + shown(r)); }
  void two(const Reply<int, std::string>& r) {
    if (r) say(std::get<1>(*r), std::get<0>(*r));
  }
  void zero(Reply<> r) { say(r ? "ok" : "no"); }
  void unique(Reply<std::unique_ptr<int>> r) { say("u", r ? **r : -1); }
  void some(const std::string& s, int v) { say(s, v); }
  void some_two(int v, const std::string& s) { say(s, v); }
  void throws(Reply<int>) { TROUPE_THROW(std::runtime_error("client")); }
  void stops(Cx<Client>& cx, Reply<int>) { cx.stop(); }
  void words(std::uint64_t a, std::uint32_t b, std::uint8_t c, Reply<int> r) {
    say(std::to_string(a) + "/" + std::to_string(b) + "/" + std::to_string(c) + shown(r));
  }
  void actor(const Actor<Server>& s, const Reply<int>& r) {
    say((s.is_zombie() ? "gone" : "there") + shown(r));
  }
  void constant(int tag, const Reply<int>& r) const noexcept {
    say("c" + std::to_string(tag) + shown(r));
  }
};

class RetTo : public troupe_test::RecordedTest {
 protected:
  Runtime rt;
  ActorOwn<Server> server = make_actor<Server>(rt, ret_nop);
  ActorOwn<Client> client = make_actor<Client>(rt, ret_nop);
};

TEST_F(RetTo, TakesValuesOfAllCounts) {
  call<&Server::query>(server, 2, ret_to<&Client::got>(client, 1));
  call<&Server::pair>(server, ret_to<&Client::two>(client));
  call<&Server::none>(server, ret_to<&Client::zero>(client));
  call<&Server::unique>(server, ret_to<&Client::unique>(client));
  rt.run();
  EXPECT_EQ(told(), "1=4 one1 ok u9");
}

TEST_F(RetTo, TakesBoundArgumentsOfAllSizes) {
  call<&Server::query>(server, 1, ret_to<&Client::large>(client, std::string(40, 'a'), "b"));
  call<&Server::query>(server, 2, ret_to<&Client::moved>(client, std::make_unique<int>(7)));
  call<&Server::query>(server, 3, ret_to<&Client::words>(client, ~0ull, 77u, 8));
  call<&Server::query>(server, 4, ret_to<&Client::actor>(client, server));
  call<&Server::query>(server, 5, ret_to<&Client::constant>(client, 5));
  call<&Server::forget>(server, ret_to<&Client::large>(client, std::string(40, 'c'), "d"));
  call<&Server::forget>(server, ret_to<&Client::moved>(client, std::make_unique<int>(8)));
  call<&Server::forget>(server, ret_to<&Client::words>(client, 1, 2, 3));
  call<&Server::forget>(server, ret_to<&Client::actor>(client, server));
  rt.run();
  EXPECT_EQ(told(), std::string(40, 'a') + "b=2 7=4 18446744073709551615/77/8=6 there=8 c5=10 " +
                        std::string(40, 'c') + "d!dropped 8!dropped 1/2/3!dropped there!dropped");
}

TEST_F(RetTo, FailuresSayWhyAndWho) {
  rt.run();
  call<&Server::forget>(server, ret_to<&Client::got>(client, 1));
  call<&Server::refuse>(server, ret_to<&Client::got>(client, 2));
  call<&Server::keep>(server, ret_to<&Client::got>(client, 3));
  call<&Server::fail>(server);
  call<&Server::query>(server, 1, ret_to<&Client::got>(client, 4));
  rt.run();
  const std::string id = "@" + std::to_string(server.id());
  EXPECT_EQ(told(), "1!dropped 2!lost(line cut) 3!failed(broken)" + id + " 4!lost" + id);
}

#if TROUPE_EXCEPTIONS
TEST_F(RetTo, AnExceptionIsTheFailureOfAllThatTheActorHeld) {
  auto thrower = make_actor<Server>(rt, ret_nop);
  call<&Server::keep>(thrower, ret_to<&Client::got>(client, 5));
  call<&Server::throws>(thrower, ret_to<&Client::got>(client, 6));
  rt.run();
  const std::string other = "@" + std::to_string(thrower.id());
  EXPECT_EQ(told(), "6!failed(thrown)" + other + " 5!failed(thrown)" + other);
}

TEST_F(RetTo, AFailureKeepsTheExceptionAndTheTypeOfTheActor) {
  static ActorFail seen;
  seen = ActorFail();
  auto thrower = make_actor<Server>(rt, ret_nop);
  call<&Server::keep>(thrower, ret_do([](Reply<int> r) {
                        if (!r) seen = r.error();
                      }));
  call<&Server::throws>(thrower, Ret<int>(ret_nop));
  rt.run();
  EXPECT_EQ(seen.why(), Why::failed);
  EXPECT_NE(seen.actor_type().find("Server"), std::string_view::npos);
  EXPECT_THROW(std::rethrow_exception(seen.error().exception()), std::runtime_error);
  seen = ActorFail();
}
#endif

TEST_F(RetTo, SomeFormsHearValuesOnly) {
  call<&Server::query>(server, 3, ret_some_to<&Client::some>(client, "v"));
  call<&Server::pair>(server, ret_some_to<&Client::some_two>(client));
  call<&Server::forget>(server, ret_some_to<&Client::some>(client, std::string(40, 'x')));
  rt.run();
  EXPECT_EQ(told(), "v6 one1");
  EXPECT_EQ(rt.live_rets(), 0u) << "they need no room for a failure";
}

TEST_F(RetTo, AnswersKeepTheOrderOfAnswering) {
  rt.run();
  Ret<int> one = ret_to<&Client::got>(client, 1), two = ret_to<&Client::got>(client, 2),
           three = ret_to<&Client::got>(client, 3);
  two(20);
  { Ret<int> dies = std::move(one); }
  defer(rt, [] { say("between"); });
  three(30);
  rt.run();
  EXPECT_EQ(told(), "2=20 1!dropped between 3=30");
}

TEST_F(RetTo, AHandlerThatStopsEndsItsActorAlone) {
  auto a = make_actor<Client>(rt, troupe_test::tell_end("a"));
  call<&Server::forget>(server, ret_to<&Client::stops>(a));
  call<&Server::query>(server, 1, ret_to<&Client::got>(client, 1));
  rt.run();
  EXPECT_EQ(told(), "a:stopped 1=2");
}

#if TROUPE_EXCEPTIONS
TEST_F(RetTo, AHandlerThatThrowsEndsItsActorAlone) {
  auto a = make_actor<Client>(rt, troupe_test::tell_end("a"));
  auto b = make_actor<Client>(rt, troupe_test::tell_end("b"));
  call<&Server::query>(server, 1, ret_to<&Client::throws>(a));
  call<&Server::forget>(server, ret_to<&Client::throws>(b));
  call<&Server::query>(server, 1, ret_to<&Client::got>(client, 1));
  rt.run();
  EXPECT_EQ(told(), "a:failed(client) b:failed(client) 1=2");
}
#endif

TEST_F(RetTo, AnAnswerToAnEndedActorIsDroppedWithItsBoundArguments) {
  auto alive = std::make_shared<int>(1);
  struct Holder {
    void got(const std::shared_ptr<int>&, Reply<int>) { say("never"); }
  };
  auto holder = make_actor<Holder>(rt, ret_nop);
  rt.run();
  Ret<int> value = ret_to<&Holder::got>(holder, alive);
  Ret<int> drop = ret_to<&Holder::got>(holder, alive);
  EXPECT_TRUE(value.is_wanted());
  holder = {};
  rt.run();
  EXPECT_FALSE(value.is_wanted());
  value(1);
  { Ret<int> dies = std::move(drop); }
  rt.run();
  EXPECT_EQ(alive.use_count(), 1);
  EXPECT_EQ(told(), "");
}

TEST_F(RetTo, ReservedRoomSurvivesAnyMixOfUses) {
  // Many Rets at once, answered and dropped in an order of chance, keep the books of the queue
  // right.
  rt.run();
  std::vector<Ret<int>> all;
  for (int i = 0; i < 3000; ++i) all.push_back(ret_to<&Client::got>(client, i));
  EXPECT_EQ(rt.live_rets(), 3000u);
  for (std::size_t i = 0; i < all.size(); i += 2) all[i](1);
  all.clear();
  EXPECT_EQ(rt.live_rets(), 0u);
  rt.run();
  const std::string text = told();
  EXPECT_EQ(std::count(text.begin(), text.end(), '='), 1500);
  EXPECT_EQ(std::count(text.begin(), text.end(), '!'), 1500);
  rt.trim();
  call<&Server::query>(server, 1, ret_to<&Client::got>(client, 1));
  rt.run();
  EXPECT_EQ(told(), "1=2");
}

struct Starts {  // asks while it is in Prep
  static void start(Prep<Starts>& prep, bool stop) {
    { Ret<int> dropped = ret_to<&Starts::heard>(prep, 1); }
    { Ret<int> quiet = ret_some_to<&Starts::some>(prep, 2); }
    Ret<int> value = ret_some_to<&Starts::some>(prep, 3);
    value(30);
    { Ret<int> last = ret_to<&Starts::begin>(prep, 4); }
    { Ret<int> late = ret_to<&Starts::heard>(prep, 5); }
    say("started");
    if (stop) prep.stop();
  }
  static void heard(Prep<Starts>&, int tag, Reply<int> r) { say(std::to_string(tag) + shown(r)); }
  static void some(Prep<Starts>&, int tag, int v) { say(std::to_string(tag) + "some", v); }
  static void begin(Prep<Starts>& prep, int tag, Reply<int> r) {
    heard(prep, tag, std::move(r));
    prep.ready();
  }
  ~Starts() { say("~starts"); }
};
TEST_F(RetTo, DroppedOnesOfAPrepAreHeardInPrep) {
  auto own = make_actor_prep<&Starts::start>(rt, troupe_test::tell_end("s"), false);
  rt.run();
  EXPECT_EQ(told(), "started 1!dropped 3some30 4!dropped")
      << "and the last came when it was ready: dropped";
  EXPECT_EQ(rt.live_rets(), 0u);
  own = {};
  rt.run();
  EXPECT_EQ(told(), "~starts s:dropped");
}
TEST_F(RetTo, DroppedOnesOfAPrepThatStopsAreHeardByNobody) {
  auto own = make_actor_prep<&Starts::start>(rt, troupe_test::tell_end("s"), true);
  rt.run();
  EXPECT_EQ(told(), "started s:stopped");
  EXPECT_EQ(rt.live_rets(), 0u);
}

static_assert(sizeof(Ret<int>) == 32 && sizeof(Ret<>) == 32 && sizeof(Ret<std::string, int>) == 32);
static_assert(!std::is_copy_constructible_v<Ret<int>> &&
              std::is_nothrow_move_constructible_v<Ret<int>>);
static_assert(std::is_same_v<Reply<>, std::expected<void, ActorFail>>);
static_assert(std::is_same_v<Reply<int>, std::expected<int, ActorFail>>);
static_assert(std::is_same_v<Reply<int, char>, std::expected<std::tuple<int, char>, ActorFail>>);

}  // namespace ret_to_test
}  // namespace troupe
