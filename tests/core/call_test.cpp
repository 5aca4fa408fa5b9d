// core/call_test.cpp: all ways to name a handler, to give it arguments, and to queue it.
#include <troupe/core/call.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace call_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::tell_int;
using troupe_test::told;

__extension__ typedef __int128 Int128;

struct Text {
  Text(const char* t) : text(t) {}
  std::string text;
};

class Every {
 public:
  void plain(int v) { say("plain", v); }
  void with_cx(Cx<Every>& cx, int v) { say("cx", v + static_cast<int>(cx.id())); }
  void constant(int v) const { say("const", v); }
  void no_throw(Cx<Every>&, int v) noexcept { say("noexcept", v); }
  void lvalue() & { say("lvalue"); }
  void overloaded(int v) { say("int", v); }
  void overloaded(const std::string& s) { say("string:" + s); }
  void overloaded(Cx<Every>&, int a, int b) { say("two", a + b); }
  template <class T> void generic(T v) { say("generic", static_cast<int>(v)); }
  int result(int v) {
    say("result");
    return v;
  }
  void by_const_reference(const std::string& s) { say(s); }
  void by_rvalue(std::unique_ptr<int>&& p) { say("rvalue", *p); }
  void moved(std::unique_ptr<int> p, std::string s) { say(s, *p); }
  void converted(Text t, double d) { say(t.text, static_cast<int>(d * 10)); }
  void none() { say("none"); }
  void wide(long double v, Int128 w) { say("wide", static_cast<int>(v) + static_cast<int>(w)); }
  void take(Ret<int> ret) { ret(1); }
  void chain(Cx<Every>& cx, int n) {
    say("chain", n);
    if (n > 0) call<&Every::hidden>(cx, n - 1);
  }
  void start_hidden(Cx<Every>& cx) {
    call<&Every::hidden>(cx, 1);
    lazy<&Every::hidden>(cx, 2);
    after<&Every::hidden>(cx, 1s, 3);
  }
  void big(const std::string& a, std::uint64_t b, std::uint64_t c, std::uint64_t d,
           std::uint64_t e) {
    say(a, static_cast<int>(b + c + d + e));
  }

 private:
  void hidden(int n) { say("hidden", n); }
};

class Call : public troupe_test::RecordedTest {
 protected:
  Runtime rt;
  ActorOwn<Every> own = make_actor<Every>(rt, ret_nop);
};

TEST_F(Call, TakesEveryKindOfMethod) {
  call<&Every::plain>(own, 1);
  call<&Every::with_cx>(own, 1);
  call<&Every::constant>(own, 3);
  call<&Every::no_throw>(own, 4);
  call<&Every::lvalue>(own);
  call<with<int>(&Every::overloaded)>(own, 5);
  call<with<const std::string&>(&Every::overloaded)>(own, "six");
  call<with<int, int>(&Every::overloaded)>(own, 3, 4);
  call<&Every::generic<int>>(own, 8);
  call<&Every::generic<char>>(own, '\t');
  call<&Every::result>(own, 1);
  call<&Every::none>(own);
  rt.run();
  EXPECT_EQ(
      told(),
      "plain1 cx2 const3 noexcept4 lvalue int5 string:six two7 generic8 generic9 result none");
}

TEST_F(Call, ConvertsAndMovesItsArguments) {
  const std::string text = "const";
  std::string lvalue = "lvalue";
  auto p = std::make_unique<int>(1);
  call<&Every::by_const_reference>(own, text);
  call<&Every::by_const_reference>(own, lvalue);
  call<&Every::by_const_reference>(own, std::string("temporary"));
  call<&Every::by_const_reference>(own, "literal");
  call<&Every::by_rvalue>(own, std::make_unique<int>(2));
  call<&Every::moved>(own, std::move(p), lvalue + "!");
  call<&Every::converted>(own, "conv", 3);
  call<&Every::plain>(own, true);
  lvalue = "changed";
  EXPECT_FALSE(p);
  rt.run();
  EXPECT_EQ(told(), "const lvalue temporary literal rvalue2 lvalue!1 conv30 plain1");
}

#if TROUPE_EXCEPTIONS
struct ThrowsWhenCopied {
  ThrowsWhenCopied() = default;
  ThrowsWhenCopied(const ThrowsWhenCopied&) { throw std::runtime_error("copy"); }
  ThrowsWhenCopied(ThrowsWhenCopied&&) noexcept {}
};
struct Taker {
  void take(ThrowsWhenCopied, Ret<int> ret) { ret(1); }
};

TEST_F(Call, AConversionThatThrowsQueuesNothing) {
  auto taker = make_actor<Taker>(rt, ret_nop);
  rt.run();
  const ThrowsWhenCopied value;
  EXPECT_THROW(call<&Taker::take>(taker, value, tell_int("ret")), std::runtime_error);
  EXPECT_EQ(told(), "ret!dropped");
  EXPECT_FALSE(rt.run_one());
  EXPECT_THROW(call<&Taker::take>(taker, std::move(value), tell_int("const")), std::runtime_error);
  EXPECT_THROW(lazy<&Taker::take>(taker, std::move(value), tell_int("lazy")), std::runtime_error);
  EXPECT_THROW(idle<&Taker::take>(taker, std::move(value), tell_int("idle")), std::runtime_error);
  EXPECT_THROW(after<&Taker::take>(taker, 0s, std::move(value), tell_int("after")),
               std::runtime_error);
  EXPECT_EQ(told(), "const!dropped lazy!dropped idle!dropped after!dropped");
  EXPECT_FALSE(rt.run_one());
  call<&Taker::take>(taker, ThrowsWhenCopied(), tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "ret=1");
}
#endif

TEST_F(Call, WideArgumentsStandWhereTheirTypesNeedIt) {
  for (int i = 0; i < 3; ++i) {
    call<&Every::wide>(own, 1.0L, 2);  // held, for the first round
    call<&Every::none>(own);           // moves the next record by 8 bytes
  }
  lazy<&Every::wide>(own, 3.0L, 4);
  after<&Every::wide>(own, 1s, 5.0L, 6);
  Fwd<Int128> fwd = fwd_to<&Every::wide>(own, 1.0L);
  fwd(1);
  defer(rt, [](long double v) { say("defer", static_cast<int>(v)); }, 7.0L);
  after(rt, 1s, [](long double v) { say("after", static_cast<int>(v)); }, 8.0L);
  rt.run(Instant(2s));
  EXPECT_EQ(told(), "wide3 none wide3 none wide3 none wide2 defer7 wide11 after8 wide7");
}

TEST_F(Call, PrivateMethodsAreNamedInsideTheClass) {
  call<&Every::start_hidden>(own);
  call<&Every::chain>(own, 3);
  rt.run();
  rt.run(Instant(1s));
  EXPECT_EQ(told(), "chain3 hidden1 hidden2 hidden2 hidden3");
}

void free_function(Every& e, int v) { e.plain(v); }
struct Functor {
  int field;
  void operator()(Every& e, Cx<Every>& cx) const { e.plain(field + static_cast<int>(cx.id())); }
};

TEST_F(Call, TakesFunctionsInsteadOfMethods) {
  call(
      own, [](Every& e, Cx<Every>& cx, int v, const std::string& s) { say(s), e.with_cx(cx, v); },
      1, std::string("bound"));
  call(own, [](Every& e) { e.none(); });
  call(own.actor(), &free_function, 3);
  call(own, Functor{4});
  call(own, [](Every&, Ret<int> ret) { ret(6); }, tell_int("ret"));
  rt.run();
  EXPECT_EQ(told(), "bound cx2 none plain3 plain5 ret=6");
}

TEST_F(Call, AllQueuesTakeCallsToActorsAndEndedOnesDropThem) {
  rt.run();
  lazy<&Every::plain>(own, 2);
  call<&Every::plain>(own, 1);
  idle<&Every::plain>(own, 3);
  lazy<&Every::take>(own, tell_int("lazy"));
  idle<&Every::take>(own, tell_int("idle"));
  rt.run();
  EXPECT_EQ(told(), "plain1 plain2 lazy=1");
  own = {};
  rt.run();
  rt.run(rt.now(), true);
  rt.run(rt.now(), true);
  EXPECT_EQ(told(), "idle!lost");
}

TEST_F(Call, LazyAndIdleCallsWaitForAnActorInPrep) {
  auto prep = make_actor_new<Every>(rt, ret_nop);
  lazy<&Every::plain>(prep, 1);
  idle<&Every::plain>(prep, 2);
  rt.run(rt.now(), true);
  rt.run();
  EXPECT_EQ(told(), "");
  init(prep);
  call<&Every::plain>(prep, 3);
  rt.run();
  EXPECT_EQ(told(), "plain2 plain1 plain3") << "the idle item came first";
}

TEST_F(Call, DeferredFunctionsTakeTheCoreOrNot) {
  defer(rt, [](Core& core, int v) { say("core", v + static_cast<int>(core.id())); }, 1);
  defer(rt, [](const std::string& s) { say(s); }, std::string("bound"));
  defer(rt.core(), [] { say("none"); });
  idle(rt, [](Core&) { say("idle"); });
  rt.run();
  rt.run(rt.now(), true);
  EXPECT_EQ(told(), "core1 bound none idle");
}

TEST_F(Call, ADestructorMayCallAndAnswer) {
  struct Last {
    Last(Actor<Every> o, Ret<int> r) : other(std::move(o)), ret(std::move(r)) {}
    ~Last() {
      call<&Every::plain>(other, 1);
      ret(2);
    }
    Actor<Every> other;
    Ret<int> ret;
  };
  {
    auto last = make_actor<Last>(rt, ret_nop, own.actor(), tell_int("ret"));
    rt.run();
  }
  rt.run();
  EXPECT_EQ(told(), "ret=2 plain1");
}

TEST_F(Call, ArgumentsAreDestroyedOnceRunOrNot) {
  auto counted = std::make_shared<int>(0);
  struct Holder {
    void take(const std::shared_ptr<int>& p) { say("use", static_cast<int>(p.use_count())); }
  };
  {
    auto holder = make_actor<Holder>(rt, ret_nop);
    call<&Holder::take>(holder, counted);
    lazy<&Holder::take>(holder, counted);
    idle<&Holder::take>(holder, counted);
    after<&Holder::take>(holder, 1s, counted);
    EXPECT_EQ(counted.use_count(), 5);
    rt.run();
    EXPECT_EQ(counted.use_count(), 3);
  }
  rt.run(Instant(2s), true);
  EXPECT_EQ(counted.use_count(), 1);
  EXPECT_EQ(told(), "use5 use4 use3");
}

// ---- the size of a record: 8 for its step, 8 for the actor, and the arguments
template <class... P>
constexpr std::size_t call_size =
    detail::record_size<detail::Call<detail::MethodCall<&Every::none, Every>, detail::Pack<P...>>>;
static_assert(call_size<> == 16);
static_assert(call_size<int> == 24 && call_size<std::uint64_t> == 24 && call_size<int, int> == 24);
static_assert(call_size<std::string> == 16 + sizeof(std::string));

}  // namespace call_test
}  // namespace troupe
