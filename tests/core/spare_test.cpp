// core/spare_test.cpp: who is asked for memory, and who may go meanwhile.
#include <troupe/core/spare.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace spare_test {

using troupe_test::say;
using troupe_test::told;

detail::Spare& list(Runtime& rt) { return detail::kernel_of(rt).spares; }

using SpareTest = troupe_test::RecordedTest;

struct Holder : detail::Spare {
  explicit Holder(int number) : Spare(&asked), n(number) {}
  static void asked(Spare& s) noexcept {
    auto& h = static_cast<Holder&>(s);
    say("asked", h.n);
    if (h.then) h.then(h);
  }
  int n;
  void (*then)(Holder&) = nullptr;
};

TEST_F(SpareTest, EachIsAskedOnceAndMayStay) {
  Runtime rt;
  Holder one(1), two(2);
  for (int i = 0; i < 2; ++i) one.join(list(rt)), two.join(list(rt));
  EXPECT_TRUE(one.is_listed());
  for (int i = 0; i < 2; ++i) {
    rt.trim();
    EXPECT_EQ(told(), "asked1 asked2");
  }
  one.leave();
  one.leave();
  EXPECT_FALSE(one.is_listed());
  rt.trim();
  EXPECT_EQ(told(), "asked2");
}

TEST_F(SpareTest, WhoIsAskedMayLeaveJoinAndEndOthers) {
  static std::unique_ptr<Holder> other;
  static Runtime* runtime;
  Runtime rt;
  runtime = &rt;
  Holder one(1), three(3);
  other = std::make_unique<Holder>(2);
  one.join(list(rt));
  other->join(list(rt));
  three.join(list(rt));
  one.then = [](Holder& h) {
    h.leave();
    other.reset();
  };
  three.then = [](Holder&) {
    other = std::make_unique<Holder>(4);
    other->join(list(*runtime));
  };
  rt.trim();
  EXPECT_EQ(told(), "asked1 asked3");
  three.then = nullptr;
  rt.trim();
  EXPECT_EQ(told(), "asked3 asked4");
  other.reset();
}

TEST_F(SpareTest, OutlivesTheRuntime) {
  Holder one(1), two(2);
  {
    Runtime rt;
    one.join(list(rt));
    two.join(list(rt));
  }
  one.leave();
  Runtime rt;
  one.join(list(rt));
  two.leave();
  rt.trim();
  EXPECT_EQ(told(), "asked1");
}

}  // namespace spare_test
}  // namespace troupe
