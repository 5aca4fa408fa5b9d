// core/ret_test.cpp: the handle itself: one answer, moved about, asked whether it is wanted.
#include <troupe/core/ret.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace ret_test {

using troupe_test::tell_int;
using troupe_test::told;

using RetTest = troupe_test::RecordedTest;

TEST_F(RetTest, IsAnsweredOnceThroughMoves) {
  Ret<int> a = tell_int("a");
  Ret<int> b = std::move(a);
  Ret<int> c = tell_int("c");
  c = std::move(b);
  EXPECT_EQ(told(), "c!dropped") << "what was assigned over is dropped";
  c(7);
  EXPECT_EQ(told(), "a=7");
  c = tell_int("d");
  EXPECT_EQ(told(), "");
  c.fail(ActorFail(Why::lost));
  EXPECT_EQ(told(), "d!lost");
}

// Clang's -Wconsumed sees a second answer in one function body; it does not see through these.
void answer(Ret<int>& ret) { ret(1); }
void fail(Ret<int>& ret) { ret.fail(ActorFail()); }

TEST_F(RetTest, ASecondAnswerEndsTheProcess) {
  EXPECT_DEATH(
      {
        Ret<int> ret = tell_int("a");
        answer(ret);
        answer(ret);
      },
      "answered twice.*Ret<int>");
  EXPECT_DEATH(
      {
        Ret<int> ret = tell_int("a");
        Ret<int> other = std::move(ret);
        fail(ret);
      },
      "answered twice");
}

TEST_F(RetTest, NopTakesAnything) {
  Ret<> none = ret_nop;
  none();
  Ret<int, std::string> two = ret_nop;
  EXPECT_FALSE(two.is_wanted());
  two(1, "x");
  { Ret<int> dropped = ret_nop; }
}

TEST_F(RetTest, IsWantedUntilItIsUsed) {
  Ret<int> ret = tell_int("a");
  EXPECT_TRUE(ret.is_wanted());
  EXPECT_EQ(told(), "") << "asking is no answer";
  ret(1);
  EXPECT_FALSE(ret.is_wanted());
  told();
  Ret<int> panics = ret_panic("never");
  EXPECT_TRUE(panics.is_wanted());
}

TEST_F(RetTest, NullEmptiesIt) {
  Ret<int> dropped = tell_int("a");
  dropped = nullptr;
  EXPECT_EQ(told(), "a!dropped") << "what it owed is dropped";
  EXPECT_FALSE(dropped);
  dropped = nullptr;
  Ret<int> kept = tell_int("b");
  Ret<int> taken = std::exchange(kept, nullptr);
  EXPECT_FALSE(kept);
  EXPECT_EQ(told(), "");
  taken(1);
  kept = tell_int("c");
  kept(2);
  EXPECT_EQ(told(), "b=1 c=2") << "an empty one may be filled again";
}
struct Keeper {  // as a member, which the compiler does not see made
  explicit Keeper(Ret<std::string> ret) : kept(std::move(ret)) {}
  void forget() { kept = nullptr; }
  Ret<std::string> take() { return std::exchange(kept, nullptr); }
  Ret<std::string> kept;
};
TEST_F(RetTest, NullEmptiesAMember) {
  const auto tell = [] {
    return ret_do(
        [](const Reply<std::string>& r) { troupe_test::say(r ? std::string_view(*r) : "none"); });
  };
  Keeper keeper(tell());
  keeper.take()("came");
  keeper.forget();
  EXPECT_EQ(told(), "came");
  Keeper other(tell());
  other.forget();
  EXPECT_EQ(told(), "none");
}
// An actor that keeps the one who asked: its member is empty until somebody does.
class Kept {
 public:
  void ask(Cx<Kept>&, Ret<int> ret) { kept_ = std::move(ret); }
  void answer() {
    if (kept_)
      std::exchange(kept_, nullptr)(7);
    else
      troupe_test::say("nobody");
  }

 private:
  Ret<int> kept_;
};
TEST_F(RetTest, AMemberIsEmptyUntilItIsFilled) {
  {
    Runtime rt(Instant{});
    const ActorOwn<Kept> actor = make_actor<Kept>(rt, ret_nop);
    call<&Kept::answer>(actor);
    call<&Kept::ask>(actor, tell_int("a"));
    call<&Kept::answer>(actor);
    call<&Kept::answer>(actor);
    rt.run(Instant{});
    EXPECT_EQ(told(), "nobody a=7 nobody");
  }
  const Ret<int> empty;
  EXPECT_FALSE(empty);
  EXPECT_FALSE(empty.is_wanted());
  EXPECT_EQ(told(), "") << "it owes nothing";
}

}  // namespace ret_test
}  // namespace troupe
