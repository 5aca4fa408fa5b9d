// core/log_copy_test.cpp: a copy of a record lives on when what it showed has gone.
#include <troupe/core/log_copy.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <troupe/core.hpp>

namespace troupe {
namespace log_copy_test {

TEST(LogCopyTest, ACopyOutlivesItsStatement) {
  std::unique_ptr<LogCopy> copy;
  {
    Runtime rt;
    rt.set_logger(LogLevel::info, [&copy](Core&, const LogRecord& record) {
      copy = std::make_unique<LogCopy>(record);
    });
    const std::string gone_soon = "a text of some length that lives on the heap";
    info(rt.core(), gone_soon, kv("value", gone_soon));
  }
  ASSERT_TRUE(copy);
  EXPECT_TRUE(copy->complete());
  EXPECT_EQ(copy->record().text, "a text of some length that lives on the heap");
  EXPECT_EQ(copy->record().level, LogLevel::info);
}

TEST(LogCopyTest, ALimitIsKeptAndTold) {
  Runtime rt;
  bool complete = true;
  rt.set_logger(LogLevel::info, [&complete](Core&, const LogRecord& record) {
    const LogCopy copy(record, 100);
    complete = copy.complete();
    EXPECT_LE(copy.size(), 200u);
  });
  info(rt.core(), "large", kv("value", std::string(10'000, 'x')));
  EXPECT_FALSE(complete);
}

}  // namespace log_copy_test
}  // namespace troupe
