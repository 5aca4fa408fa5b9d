// core/core_test.cpp: what handlers may ask: time, environment, shutdown, a deferrer.
#include <troupe/core/core.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace core_test {

using namespace std::chrono_literals;
using troupe_test::say;
using troupe_test::told;

using CoreTest = troupe_test::RecordedTest;

TEST_F(CoreTest, TimeStandsStillWithinARun) {
  Runtime rt(Instant(5s));
  EXPECT_EQ(rt.core().start_time(), Instant(5s));
  EXPECT_EQ(rt.core().now(), Instant(5s));
  rt.run(Instant(6s));
  EXPECT_EQ(rt.core().now(), Instant(6s));
  EXPECT_EQ(rt.core().start_time(), Instant(5s));
  EXPECT_EQ(rt.core().id(), 0u);
}

struct Config {
  int value = 0;
  std::shared_ptr<int> held;
};

struct Restless {  // whose end reads, sets and takes away
  explicit Restless(Core& c, int n) : core(std::addressof(c)), left(n) {}
  Restless(Restless&& o) noexcept : core(std::exchange(o.core, nullptr)), left(o.left) {}
  ~Restless() {
    if (!core) return;
    say("end", left);
    core->anymap_set(left);
    if (left != 0) core->anymap_set(Restless(*core, left - 1));
    core->anymap_unset<std::string>();
    core->anymap_set(std::string("new"));
  }
  Core* core;
  int left;
};

TEST_F(CoreTest, TheEndOfAValueMayChangeTheEnvironment) {
  {
    Runtime rt;
    Core& core = rt;
    core.anymap_set(std::string("old"));
    core.anymap_set(Restless(core, 3));
    core.anymap_set(Restless(core, 0));
    EXPECT_EQ(core.anymap_get<std::string>(), "new");
    EXPECT_EQ(core.anymap_get<int>(), 0);
    EXPECT_EQ(told(), "end3 end0");
    EXPECT_EQ(core.anymap_get<Restless>().left, 2);
    core.anymap_unset<Restless>();
    EXPECT_EQ(told(), "end2");
  }
  EXPECT_EQ(told(), "end1 end0") << "also while the runtime ends";
}

TEST_F(CoreTest, TheEnvironmentHoldsOneValueAType) {
  Runtime rt;
  Core& core = rt;
  EXPECT_EQ(core.anymap_try_get<Config>(), nullptr);
  auto counted = std::make_shared<int>(0);
  core.anymap_set(Config{1, counted});
  core.anymap_set(std::string("text"));
  core.anymap_set(7);
  EXPECT_EQ(core.anymap_get<Config>().value, 1);
  EXPECT_EQ(core.anymap_get<std::string>(), "text");
  core.anymap_get<Config>().value = 2;
  EXPECT_EQ(core.anymap_try_get<Config>()->value, 2);
  core.anymap_set(Config{3, nullptr});
  EXPECT_EQ(counted.use_count(), 1) << "the old value is gone";
  EXPECT_EQ(core.anymap_get<Config>().value, 3);
  core.anymap_unset<Config>();
  core.anymap_unset<Config>();
  core.anymap_unset<double>();
  EXPECT_EQ(core.anymap_try_get<Config>(), nullptr);
  EXPECT_EQ(core.anymap_get<int>(), 7);
  defer(core, [](Core& c) { say("seen", c.anymap_get<int>()); });
  rt.run();
  EXPECT_EQ(told(), "seen7");
  EXPECT_DEATH(core.anymap_get<Config>(), "no such entry in the environment.*Config");
}

TEST_F(CoreTest, TheLastShutdownWinsAndTakingItClearsIt) {
  Runtime rt;
  Core& core = rt;
  EXPECT_TRUE(core.not_shutdown());
  core.shutdown(StopCause::stopped);
  core.shutdown(StopCause(StopCause::killed, Error("again")));
  EXPECT_FALSE(rt.not_shutdown());
  const auto reason = core.shutdown_reason();
  ASSERT_TRUE(reason);
  EXPECT_EQ(*reason, StopCause::killed);
  EXPECT_EQ(reason->error().text(), "again");
  EXPECT_TRUE(rt.not_shutdown());
}

TEST_F(CoreTest, TheCurrentCoreIsThatOfTheRunningRuntime) {
  static Core* inner;
  Runtime a, b;
  static Runtime* other;
  other = &b;
  EXPECT_EQ(Core::current(), nullptr);
  defer(b, [](Core& core) { say("inner", Core::current() == std::addressof(core)); });
  defer(a, [](Core& core) {
    inner = std::addressof(core);
    other->run();  // another runtime may run inside
    say("outer", Core::current() == inner);
  });
  a.run();
  EXPECT_EQ(Core::current(), nullptr);
  EXPECT_EQ(told(), "inner1 outer1");
}

TEST_F(CoreTest, ADeferrerDefersFromWhereThereIsNoContext) {
  Runtime rt;
  struct Guard {
    Deferrer deferrer;
    explicit Guard(Deferrer d) : deferrer(std::move(d)) {}
    ~Guard() {
      deferrer.defer([](int v) { say("deferred", v); }, 4);
    }
  };
  {
    const Guard guard(rt.core().deferrer());
    Deferrer copy = guard.deferrer;
    copy.defer([](Core& core) { say("core", core.not_shutdown()); });
    EXPECT_TRUE(copy.is_alive());
    Deferrer moved = std::move(copy);
    EXPECT_FALSE(copy.is_alive());
    moved = guard.deferrer;
  }
  EXPECT_EQ(told(), "");
  rt.run();
  EXPECT_EQ(told(), "core1 deferred4");
  static_assert(sizeof(Deferrer) == 8 && relocatable<Deferrer>);
}

TEST_F(CoreTest, ContextsCannotBeCopiedStoredOrPointedAt) {
  static_assert(!std::is_copy_constructible_v<Core> && !std::is_move_constructible_v<Core>);
  static_assert(!std::is_copy_constructible_v<Cx<int>> && !std::is_move_constructible_v<Cx<int>>);
  static_assert(!Storable<Core> && !Storable<Cx<int>> && !Storable<Prep<int>> &&
                !Storable<Runtime>);
  static_assert(!std::is_convertible_v<Core&, Runtime&>, "a Core has no path to its Runtime");
  static_assert(std::is_convertible_v<Cx<int>&, Core&>);
}

}  // namespace core_test
}  // namespace troupe
