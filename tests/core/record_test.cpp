// core/record_test.cpp: what stands in the queue: its size, and what becomes of it in each state of
// its actor.
#include <troupe/core/record.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace record_test {

using troupe_test::say;
using troupe_test::told;

struct Sink {
  void take(std::shared_ptr<int> p) { say("took", *p); }
  void wide(std::uint64_t, std::uint64_t) {}
  void stop(Cx<Sink>& cx) { cx.stop(); }
};

TEST(RecordTest, ACallIsFunctionAddressAndArguments) {
  using None = detail::Call<detail::MethodCall<&Sink::stop, Sink>, detail::Pack<>>;
  using Two = detail::Call<detail::MethodCall<&Sink::wide, Sink>,
                           detail::Pack<std::uint64_t, std::uint64_t>>;
  EXPECT_EQ(detail::record_size<None>, 8u + 8u);
  EXPECT_EQ(detail::record_size<Two>, 8u + 8u + 16u);
}

TEST(RecordTest, ItsArgumentsDieExactlyOnceHoweverItEnds) {
  told();
  const auto held = std::make_shared<int>(7);
  {
    Runtime rt;
    auto sink = make_actor<Sink>(rt, ret_nop);
    call<&Sink::take>(sink, held);  // held in Prep, then run
    rt.run();
    EXPECT_EQ(held.use_count(), 1);
    call<&Sink::stop>(sink);
    call<&Sink::take>(sink, held);  // dropped: it has ended by then
    rt.run();
    EXPECT_EQ(held.use_count(), 1);
    auto other = make_actor<Sink>(rt, ret_nop);
    call<&Sink::take>(other, held);  // never run: the runtime ends
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(told(), "took7");
}

}  // namespace record_test
}  // namespace troupe
