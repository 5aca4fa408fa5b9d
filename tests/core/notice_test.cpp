// core/notice_test.cpp: who hears of an end, and in which order.
#include <troupe/core/notice.hpp>

#include <gtest/gtest.h>

#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace {

using troupe_test::tell_end;
using troupe_test::told;

struct A {
  void stop(Cx<A>& cx) { cx.stop(); }
};

TEST(NoticeTest, TheOwnerFirstThenThoseWhoWatchInTheirOrder) {
  told();
  Runtime rt;
  auto a = make_actor<A>(rt, tell_end("owner"));
  watch(a, tell_end("one"));
  watch(a, ret_nop);
  watch(a, tell_end("two"));
  call<&A::stop>(a);
  rt.run();
  EXPECT_EQ(told(), "owner:stopped one:stopped two:stopped");
  watch(a, tell_end("late"));
  EXPECT_EQ(told(), "late:lost");
}

}  // namespace
}  // namespace troupe
