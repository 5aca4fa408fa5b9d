// core/bytes_test.cpp: counted bytes that nobody changes.
#include <troupe/core/bytes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <troupe/core.hpp>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace bytes_test {

using troupe_test::say;
using troupe_test::told;

using BytesTest = troupe_test::OneRuntimeTest;

TEST_F(BytesTest, ACopyHoldsTheSameBytes) {
  Bytes first(rt.core(), "hello");
  const Bytes second = first;
  EXPECT_EQ(first.text(), "hello");
  EXPECT_EQ(second.view().data(), first.view().data());
  EXPECT_EQ(second.holders(), 2u);
  const Bytes third = std::move(first);
  EXPECT_EQ(first.size(), 0u);  // NOLINT: what was moved from holds none
  EXPECT_EQ(third.holders(), 2u);
  EXPECT_EQ(third, Bytes(rt.core(), "hello"));
  EXPECT_NE(third, Bytes(rt.core(), "hello!"));
}

TEST_F(BytesTest, NoBytesTakeNoMemory) {
  const Bytes none, empty(rt.core(), "");
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none, empty);
  EXPECT_EQ(empty.holders(), 0u);
  EXPECT_EQ(empty.text(), "");
  EXPECT_EQ(Bytes::filled(rt.core(), 0, [](auto) { say("never"); }).size(), 0u);
  EXPECT_EQ(told(), "");
}

TEST_F(BytesTest, MayBeWrittenInPlaceOnce) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
    const Bytes made = Bytes::filled(rt.core(), size, [](std::span<std::byte> room) {
      std::ranges::fill(room, std::byte{'x'});
    });
    EXPECT_EQ(made.text(), std::string(size, 'x'));
  }
}

TEST_F(BytesTest, GoToManyAtOnce) {
  struct Subscriber {
    void hear(Bytes bytes) { say(bytes.text(), static_cast<long long>(bytes.holders())); }
  };
  auto a = make_actor<Subscriber>(rt, ret_nop), b = make_actor<Subscriber>(rt, ret_nop);
  FwdSet<Bytes> all;
  all.add(fwd_to<&Subscriber::hear>(a));
  all.add(fwd_to<&Subscriber::hear>(b));
  all(Bytes(rt.core(), "news:"));
  rt.run();
  EXPECT_EQ(told(), "news:2 news:1");
}

TEST_F(BytesTest, OutliveTheirRuntime) {
  auto other = std::make_unique<Runtime>();
  Bytes small(other->core(), "small"), large(other->core(), std::string(1 << 20, 'x'));
  Bytes copy = small;
  other.reset();
  EXPECT_EQ(small.text(), "small");
  small = {};
  EXPECT_EQ(copy.text(), "small");
  EXPECT_EQ(large.size(), std::size_t{1} << 20);
}

#if TROUPE_EXCEPTIONS
TEST_F(BytesTest, WithoutMemoryTheyAreNotMade) {
  const std::string large(1 << 20, 'x');
  troupe_test::FailAllocation failing(0, true);
  EXPECT_THROW(Bytes(rt.core(), large), std::bad_alloc);
}
TEST_F(BytesTest, WhatFillingThrowsPassesThroughAndNothingIsLost) {
  std::size_t at_first = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_THROW(Bytes::filled(rt.core(), 1000, [](auto) { throw 1; }), int);
    if (i == 0) at_first = rt.pool_bytes();
  }
  EXPECT_EQ(rt.pool_bytes(), at_first);
}
#endif

}  // namespace bytes_test
}  // namespace troupe
