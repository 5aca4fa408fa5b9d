// core/notice_test.cpp: who hears of an end, and in which order.
#include <troupe/core/notice.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>

#include "support/recorder.hpp"

namespace troupe {
namespace notice_test {

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

#if TROUPE_EXCEPTIONS
Ret<StopCause> throws(std::string name) {
  return ret_do(
      [](const std::string& who, const Reply<StopCause>&) {
        troupe_test::say(who);
        throw std::runtime_error(who);
      },
      std::move(name));
}
TEST(NoticeTest, WhereSomeThrowTheOthersHearAndRunsRethrowEach) {
  told();
  Runtime rt;
  auto a = make_actor<A>(rt, throws("owner"));
  watch(a, throws("one"));
  watch(a, tell_end("two"));
  auto other = make_actor<A>(rt, tell_end("other"));
  call<&A::stop>(a);
  call<&A::stop>(other);
  std::string thrown;
  for (int runs = 0; runs < 4; ++runs) {
    try {
      rt.run();
    } catch (const std::runtime_error& e) {
      thrown += e.what();
      thrown += ' ';
    }
  }
  EXPECT_EQ(thrown, "owner one ");
  EXPECT_EQ(told(), "owner one two:stopped other:stopped");
  EXPECT_TRUE(a.is_zombie());
}
TEST(NoticeTest, OneThatThrowsAsTheRuntimeEndsHarmsNobody) {
  told();
  {
    Runtime rt;
    rt.set_logger(LogFilter(), nullptr);
    const auto a = make_actor<A>(rt, throws("owner"));
    watch(a, tell_end("one"));
    rt.run();
  }
  EXPECT_EQ(told(), "owner one:dropped");
}
#endif

}  // namespace notice_test
}  // namespace troupe
