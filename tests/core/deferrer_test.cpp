// core/deferrer_test.cpp: deferring without a context: from destructors, and after the runtime has
// gone.
#include <troupe/core/deferrer.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace deferrer_test {

using troupe_test::say;
using troupe_test::told;

struct SaysLater {
  Deferrer deferrer;
  ~SaysLater() {
    deferrer.defer([] { say("later"); });
  }
};

TEST(DeferrerTest, ADestructorDefers) {
  told();
  Runtime rt;
  static_assert(sizeof(Deferrer) == 8);
  { const SaysLater dies{rt.core().deferrer()}; }
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "later");
}

struct DefersInHandlers {
  static void prepare(Prep<DefersInHandlers>& prep) {
    Deferrer(prep).defer([] { say("of a Prep"); });
    prep.ready();
  }
  void work(Cx<DefersInHandlers>& cx) {
    Deferrer(cx).defer([] { say("of a Cx"); });
  }
};

TEST(DeferrerTest, ItIsMadeOfWhateverConvertsToACore) {
  told();
  static_assert(std::is_nothrow_constructible_v<Deferrer, Core&> &&
                !std::is_convertible_v<Core&, Deferrer>);
  static_assert(!std::is_constructible_v<Deferrer, const Core&> &&
                !std::is_constructible_v<Deferrer, int&>);
  Runtime rt;
  Deferrer(rt).defer([] { say("of a Runtime"); });
  Deferrer(rt.core()).defer([] { say("of a Core"); });
  const auto own = make_actor_prep<&DefersInHandlers::prepare>(rt, ret_nop);
  call<&DefersInHandlers::work>(own);
  rt.run();
  EXPECT_EQ(told(), "of a Runtime of a Core of a Prep of a Cx");
}

TEST(DeferrerTest, AfterTheRuntimeItIsAcceptedAndDestroyedUnrun) {
  told();
  std::optional<Deferrer> left;
  {
    Runtime rt;
    left = rt.core().deferrer();
    EXPECT_TRUE(left->is_alive());
  }
  EXPECT_FALSE(left->is_alive());
  const auto held = std::make_shared<int>(1);
  left->defer([](std::shared_ptr<int>) { say("never"); }, held);
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(told(), "");
}

TEST(DeferrerTest, WhatADestructorDefersWhileTheRuntimeEndsIsDestroyedUnrun) {
  told();
  const auto held = std::make_shared<int>(1);
  struct Late {
    Deferrer deferrer;
    std::shared_ptr<int> shared;
    explicit Late(Core& core, std::shared_ptr<int> s) : deferrer(core), shared(std::move(s)) {}
    ~Late() {
      deferrer.defer([](std::shared_ptr<int>) { say("never"); }, shared);
    }
  };
  std::optional<Deferrer> left;
  {
    Runtime rt;
    left = rt.core().deferrer();
    rt.core().anymap_set(std::make_unique<Late>(rt.core(), held));
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(told(), "");
}

TEST(DeferrerTest, OneThatWasMovedFromEndsTheProcessWhenItDefers) {
  EXPECT_DEATH(
      {
        Runtime rt;
        Deferrer from = rt.core().deferrer();
        const Deferrer to = std::move(from);
        from.defer([] {});
      },
      "a Deferrer that was moved from cannot defer");
}

}  // namespace deferrer_test
}  // namespace troupe
