// core/fail_test.cpp: errors, reasons and causes as values, and the scope that says why Rets are dropped.
#include <troupe/core/fail.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <utility>

#include "support/allocations.hpp"
#include "support/recorder.hpp"

namespace troupe {
namespace {

TEST(Fail, AnErrorIsATextOrNothing) {
  const Error none;
  EXPECT_FALSE(static_cast<bool>(none));
  EXPECT_EQ(none.text(), "");
  EXPECT_EQ(none.exception(), nullptr);
  const Error text("broken");
  EXPECT_TRUE(static_cast<bool>(text));
  EXPECT_EQ(text.text(), "broken");
  EXPECT_EQ(text.exception(), nullptr);
  EXPECT_FALSE(static_cast<bool>(Error(std::exception_ptr())));
  Error copy = text;
  EXPECT_EQ(copy.text().data(), text.text().data()) << "shared";
  Error moved = std::move(copy);
  EXPECT_FALSE(static_cast<bool>(copy));
  moved = text;
  moved = std::as_const(moved);
  EXPECT_EQ(moved.text(), "broken");
  static_assert(sizeof(Error) == 8);
}

#if TROUPE_EXCEPTIONS
TEST(Fail, AnErrorMayBeAnException) {
  const Error exception(std::make_exception_ptr(std::out_of_range("range")));
  EXPECT_EQ(exception.text(), "range");
  EXPECT_THROW(std::rethrow_exception(exception.exception()), std::out_of_range);
  EXPECT_EQ(Error(std::make_exception_ptr(1)).text(), "unknown exception");
  Error replaced("broken");
  replaced = exception;
  EXPECT_EQ(replaced.text(), "range");
}

TEST(Fail, AnErrorWithoutMemorySaysSo) {
  troupe_test::FailAllocation fail(0, true);
  const Error error("a text that is long enough to need the heap by itself");
  const Error copy = error;
  fail.stop();
  EXPECT_EQ(copy.text(), "out of memory");
}
#endif

TEST(Fail, ReasonsHaveWords) {
  EXPECT_EQ(to_string(Why::dropped), "dropped");
  EXPECT_EQ(to_string(Why::ended), "runtime ended");
  EXPECT_EQ(to_string(Why::no_memory), "out of memory");
  const ActorFail fail(Why::timed_out, Error("slow"));
  EXPECT_EQ(fail, ActorFail(Why::timed_out));
  EXPECT_NE(fail, ActorFail(Why::lost));
  EXPECT_EQ(fail.actor(), 0u);
  EXPECT_EQ(fail.actor_type(), "");
  EXPECT_STREQ(ActorFailed(fail).what(), "timed out");
  EXPECT_EQ(ActorFailed(fail).fail().error().text(), "slow");
}

TEST(Fail, CausesHaveWordsAndKnowErrors) {
  EXPECT_EQ(to_string(StopCause::stopped), "Actor stopped");
  EXPECT_EQ(to_string(StopCause::failed), "Actor failed");
  EXPECT_EQ(to_string(StopCause::killed), "Actor was killed");
  EXPECT_EQ(to_string(StopCause::dropped), "Actor was dropped");
  EXPECT_EQ(to_string(StopCause::lost), "Lost connection to actor");
  EXPECT_TRUE(StopCause(StopCause::failed).has_error());
  EXPECT_TRUE(StopCause(StopCause::killed).has_error());
  EXPECT_FALSE(StopCause(StopCause::stopped).has_error());
  EXPECT_FALSE(StopCause(StopCause::dropped).has_error());
  EXPECT_FALSE(StopCause(StopCause::lost).has_error());
  EXPECT_EQ(StopCause(), StopCause::stopped);
  EXPECT_EQ(StopCause().parked(), 0u);
}

TEST(Fail, TheInnermostScopeSaysWhy) {
  troupe_test::told();
  {
    const DropScope outer(Why::lost);
    {
      const Error error("inside");
      const DropScope inner(Why::failed, nullptr, &error);
      EXPECT_EQ(DropScope::reason().error().text(), "inside");
      Ret<int> one = troupe_test::tell_int("one");
    }
    Ret<int> two = troupe_test::tell_int("two");
    EXPECT_EQ(DropScope::why_or(Why::dropped), Why::lost);
  }
  Ret<int> three = troupe_test::tell_int("three");
  { Ret<int> dies = std::move(three); }
  EXPECT_EQ(DropScope::why_or(Why::cancelled), Why::cancelled);
  EXPECT_EQ(troupe_test::told(), "one!failed two!lost three!dropped");
}

}  // namespace
}  // namespace troupe
