// core/log_record_test.cpp: a record shows its fields as often as it is asked.
#include <troupe/core/log_record.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>
#include <troupe/core/log_sinks.hpp>

namespace troupe {
namespace log_record_test {

TEST(LogRecordTest, FieldsAreShownLazilyAndRepeatably) {
  Runtime rt;
  int shown = 0;
  rt.set_logger(LogLevel::info, [&shown](Core&, const LogRecord& record) {
    EXPECT_EQ(record.level, LogLevel::info);
    EXPECT_EQ(record.text, "hello");
    std::string once, twice;
    append_text_fields(once, record);
    append_text_fields(twice, record);
    EXPECT_EQ(once, twice);
    EXPECT_NE(once.find("n=3"), std::string::npos) << once;
    ++shown;
  });
  int evaluated = 0;
  info(rt.core(), "hello", kv("n", [&evaluated] { return ++evaluated, 3; }));
  EXPECT_EQ(shown, 1);
  EXPECT_EQ(evaluated, 2) << "once for each time that somebody looked";
  debug(rt.core(), "quiet", kv("n", [&evaluated] { return ++evaluated, 3; }));
  EXPECT_EQ(evaluated, 2) << "and never for a record that is filtered";
}

}  // namespace log_record_test
}  // namespace troupe
