// core/fwd_set_test.cpp: fan-out while receivers come, go and die.
#include <troupe/core/fwd_set.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace {

using troupe_test::say;
using troupe_test::told;

using FwdSetTest = troupe_test::RecordedTest;
using Set = FwdSet<int>;

Fwd<int> named(const char* name) {
  return fwd_do<int>([](const std::string& n, int v) { say(n, v); }, std::string(name));
}

TEST_F(FwdSetTest, SendsToAllInOrderOfAdding) {
  Set set;
  EXPECT_EQ(set(0), 0u);
  const auto a = set.add(named("a"));
  const auto b = set.add(named("b"));
  set.add(named("c"));
  EXPECT_EQ(set(1), 3u);
  EXPECT_TRUE(set.remove(b));
  EXPECT_FALSE(set.remove(b));
  EXPECT_FALSE(set.remove(0));
  for (int i = 0; i < 10; ++i) set.add(named("x"));
  EXPECT_EQ(set.size(), 12u);
  EXPECT_TRUE(set.remove(a));
  told();
  EXPECT_EQ(set(2), 11u);
  EXPECT_TRUE(told().starts_with("c2 x2"));
  Set moved = std::move(set);
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(moved.size(), 11u);
}

TEST_F(FwdSetTest, ReceiversMayComeAndGoWhileAValueIsSent) {
  static Set set;
  static Set::Key first, last;
  set = Set();
  first = set.add(fwd_do([](int v) {
    say("first", v);
    if (v == 1) {
      EXPECT_TRUE(set.remove(first));
      EXPECT_TRUE(set.remove(last));
      for (int i = 0; i < 8; ++i) set.add(named("new"));
    }
  }));
  set.add(named("second"));
  last = set.add(named("last"));
  EXPECT_EQ(set(1), 2u);
  EXPECT_EQ(told(), "first1 second1") << "who is added hears from the next value on";
  EXPECT_EQ(set(2), 9u);
  EXPECT_EQ(told(), "second2 new2 new2 new2 new2 new2 new2 new2 new2");
  set = Set();
}

TEST_F(FwdSetTest, ForgetsReceiversThatHaveEnded) {
  struct Sink {
    void value(int v) { say("v", v); }
  };
  Runtime rt;
  Set set;
  auto one = make_actor<Sink>(rt, ret_nop), two = make_actor<Sink>(rt, ret_nop);
  set.add(fwd_to<&Sink::value>(one));
  const auto key = set.add(fwd_to<&Sink::value>(two));
  rt.run();
  one = {};
  rt.run();
  EXPECT_EQ(set.size(), 2u) << "not found out yet";
  EXPECT_EQ(set(1), 1u);
  EXPECT_EQ(set.size(), 1u);
  EXPECT_TRUE(set.remove(key));
  rt.run();
  EXPECT_EQ(told(), "v1");
}

#if TROUPE_EXCEPTIONS
struct CopyThrows {
  CopyThrows() = default;
  CopyThrows(const CopyThrows&) { throw std::runtime_error("copy"); }
  CopyThrows(CopyThrows&&) noexcept {}
};

TEST_F(FwdSetTest, AnExceptionOfACopyLeavesItUsable) {
  FwdSet<CopyThrows> set;
  const auto key = set.add(fwd_do([](CopyThrows) {}));
  set.add(fwd_do([](CopyThrows) {}));
  const CopyThrows value;
  EXPECT_THROW(set(value), std::runtime_error);
  EXPECT_TRUE(set.remove(key));
  for (int i = 0; i < 100; ++i) set.remove(set.add(fwd_nop));
  EXPECT_EQ(set.size(), 1u);
}
#endif

}  // namespace
}  // namespace troupe
