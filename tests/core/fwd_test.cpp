// core/fwd_test.cpp: values to actors and functions, many times, through copies.
#include <troupe/core/fwd.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace fwd_test {

using troupe_test::say;
using troupe_test::told;

using FwdTest = troupe_test::RecordedTest;

struct Sink {
  void value(int v) { say("v", v); }
  void bound(const std::string& b, int v, const std::string& s) { say(b + s, v); }
  void none(Cx<Sink>&) { say("none"); }
  void owned(std::unique_ptr<int> p) { say("p", *p); }
  static void preparing(Prep<Sink>& prep, int v) {
    say("prep", v);
    if (v == 2) prep.ready();
  }
};

TEST_F(FwdTest, SendsToAnActorThroughCopies) {
  Runtime rt;
  auto sink = make_actor<Sink>(rt, ret_nop);
  Fwd<int> fwd = fwd_to<&Sink::value>(sink);
  Fwd<int> copy = fwd;
  {
    const Fwd<int> third = copy;
    third(1);
  }
  fwd(2);
  fwd = {};
  copy(3);
  EXPECT_FALSE(static_cast<bool>(fwd));
  fwd(4);  // an empty one drops what it is given
  EXPECT_EQ(told(), "") << "queued";
  rt.run();
  EXPECT_EQ(told(), "v1 v2 v3");
}

TEST_F(FwdTest, CopiesItsBoundArgumentsForEachValue) {
  Runtime rt;
  auto sink = make_actor<Sink>(rt, ret_nop);
  Fwd<int, std::string> fwd = fwd_to<&Sink::bound>(sink, std::string("b"));
  fwd(1, "x");
  fwd(2, "y");
  Fwd<> none = fwd_to<&Sink::none>(sink);
  none();
  Fwd<std::unique_ptr<int>> owned = fwd_to<&Sink::owned>(sink);
  owned(std::make_unique<int>(5));
  rt.run();
  EXPECT_EQ(told(), "bx1 by2 none p5");
}

TEST_F(FwdTest, DropsValuesForAnEndedActorAndKnowsIt) {
  Runtime rt;
  auto sink = make_actor<Sink>(rt, ret_nop);
  rt.run();
  Fwd<int> fwd = fwd_to<&Sink::value>(sink);
  EXPECT_TRUE(fwd.is_wanted());
  sink = {};
  rt.run();
  EXPECT_FALSE(fwd.is_wanted());
  fwd(1);
  rt.run();
  EXPECT_EQ(told(), "");
}

TEST_F(FwdTest, PreparingFormsEndWithPrep) {
  Runtime rt;
  auto sink = make_actor_new<Sink>(rt, ret_nop);
  Fwd<int> fwd = fwd_to<&Sink::preparing>(sink);
  for (int i = 1; i < 4; ++i) fwd(i);
  rt.run();
  EXPECT_EQ(told(), "prep1 prep2");
}

TEST_F(FwdTest, FunctionsRunInPlace) {
  Fwd<int> fwd = fwd_do([](const std::string& s, int v) { say(s, v); }, std::string("f"));
  fwd(1);
  const Fwd<int> copy = fwd;
  copy(2);
  Fwd<int, int> generic = fwd_do<int, int>([](auto a, auto b) { say("g", a + b); });
  generic(1, 2);
  EXPECT_EQ(told(), "f1 f2 g3");
  EXPECT_TRUE(fwd.is_wanted());
}

TEST_F(FwdTest, ABodyMayDropTheLastFwd) {
  static Fwd<int> self;
  auto counted = std::make_shared<int>(0);
  self = fwd_do<int>(
      [](const std::shared_ptr<int>& p, int v) {
        self = {};
        say("still", v + static_cast<int>(p.use_count()));
      },
      counted);
  const Fwd<int>& called = self;
  called(10);
  EXPECT_EQ(told(), "still12");
  EXPECT_EQ(counted.use_count(), 1);
}

TEST_F(FwdTest, NopAndPanic) {
  const Fwd<int, std::string> nop = fwd_nop;
  nop(1, "x");
  { const Fwd<int> unused = fwd_panic("must not be called"); }
  EXPECT_DEATH(
      {
        const Fwd<int> fwd = fwd_panic("must not be called");
        fwd(1);
      },
      "must not be called");
}

#if TROUPE_EXCEPTIONS
TEST_F(FwdTest, BodiesThatThrowOutsideOfARunPassThrough) {
  const Fwd<int> fwd = fwd_do([](int) { throw std::runtime_error("body"); });
  EXPECT_THROW(fwd(1), std::runtime_error);
}
TEST_F(FwdTest, BodiesThatThrowInARunHarmNobodyAndRunRethrows) {
  Runtime rt;
  defer(rt, [] {
    FwdSet<int> all;
    all.add(fwd_do([](int) { throw std::runtime_error("body"); }));
    all.add(fwd_do([](int v) { say("other", v); }));
    EXPECT_EQ(all(1), 2u);
    say("sent");
  });
  EXPECT_THROW(rt.run(), std::runtime_error);
  EXPECT_EQ(told(), "other1 sent");
  rt.run();
}
#endif

static_assert(sizeof(Fwd<int>) == 8 && std::is_nothrow_copy_constructible_v<Fwd<int>>);

}  // namespace fwd_test
}  // namespace troupe
