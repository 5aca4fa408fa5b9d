// core/log_value_test.cpp: what each kind of value looks like to a visitor, and what a copy of a
// record keeps.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <deque>
#include <filesystem>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <troupe/core/log_copy.hpp>
#include <troupe/core/log_value.hpp>
#include <unordered_map>
#include <vector>

namespace paint {

struct Colour {
  int red;
};
void troupe_log(troupe::LogVisitor& visitor, troupe::LogKey key, const Colour& colour) {
  visitor.kv_map(key);
  troupe::log_value(visitor, "red", colour.red);
  visitor.kv_map_end(key);
}

/// A range with a hook of its own.
struct Palette : std::vector<int> {
  using vector::vector;
};
void troupe_log(troupe::LogVisitor& visitor, troupe::LogKey key, const Palette& palette) {
  visitor.kv_u64(key, palette.size());
}

}  // namespace paint

namespace troupe {
namespace log_value_test {

using namespace std::chrono_literals;

/// Writes down each call as `kind:key=value`.
class Transcript final : public LogVisitor {
 public:
  std::string text;

  void kv_u64(LogKey key, std::uint64_t value) override { line("u64", key, std::to_string(value)); }
  void kv_i64(LogKey key, std::int64_t value) override { line("i64", key, std::to_string(value)); }
  void kv_f64(LogKey key, double value) override { line("f64", key, std::to_string(value)); }
  void kv_bool(LogKey key, bool value) override { line("bool", key, value ? "true" : "false"); }
  void kv_null(LogKey key) override { line("null", key, ""); }
  void kv_str(LogKey key, std::string_view value) override { line("str", key, value); }
  void kv_map(LogKey key) override { line("map", key, ""); }
  void kv_map_end(LogKey key) override { line("map_end", key, ""); }
  void kv_arr(LogKey key) override { line("arr", key, ""); }
  void kv_arr_end(LogKey key) override { line("arr_end", key, ""); }

 private:
  void line(std::string_view kind, LogKey key, std::string_view value) {
    if (!text.empty()) text += ' ';
    text.append(kind).append(":").append(key.value_or("-"));
    if (!value.empty()) text.append("=").append(value);
  }
};

template <class T> std::string shown(const T& value) {
  Transcript transcript;
  kv("k", value)(transcript);
  return transcript.text;
}

TEST(LogValue, Integers) {
  EXPECT_EQ(shown(1234), "i64:k=1234");
  EXPECT_EQ(shown(-1234L), "i64:k=-1234");
  EXPECT_EQ(shown(short{-1}), "i64:k=-1");
  EXPECT_EQ(shown(4321u), "u64:k=4321");
  EXPECT_EQ(shown(std::numeric_limits<std::uint64_t>::max()), "u64:k=18446744073709551615");
  EXPECT_EQ(shown(std::numeric_limits<std::int64_t>::min()), "i64:k=-9223372036854775808");
  EXPECT_EQ(shown(std::uint8_t{65}), "u64:k=65") << "a small number is no character";
  EXPECT_EQ(shown(static_cast<signed char>(-65)), "i64:k=-65");
}

TEST(LogValue, OtherScalars) {
  EXPECT_EQ(shown(true), "bool:k=true");
  EXPECT_EQ(shown(1.5), "f64:k=1.500000");
  EXPECT_EQ(shown(0.25f), "f64:k=0.250000");
  EXPECT_EQ(shown(0.25L), "f64:k=0.250000");
  EXPECT_EQ(shown(nullptr), "null:k");
  enum class Door : unsigned char { open = 3 };
  enum Side { left = 4 };
  EXPECT_EQ(shown(Door::open), "u64:k=3");
  EXPECT_EQ(shown(left), "u64:k=4");
  EXPECT_EQ(shown(std::byte{7}), "u64:k=7");
  EXPECT_EQ(shown(1500ms), "f64:k=1.500000");
  EXPECT_EQ(shown(2min), "f64:k=120.000000");
}

TEST(LogValue, Characters) {
  EXPECT_EQ(shown('x'), "str:k=x");
  EXPECT_EQ(shown(u8'x'), "str:k=x");
  EXPECT_EQ(shown(u'\u00E9'), "str:k=\u00E9");
  EXPECT_EQ(shown(U'\u20AC'), "str:k=\u20AC");
  EXPECT_EQ(shown(U'\U0001F600'), "str:k=\U0001F600");
  EXPECT_EQ(shown(L'\u20AC'), "str:k=\u20AC");
  EXPECT_EQ(shown(static_cast<char32_t>(0xD800)), "str:k=\uFFFD") << "half of a pair";
  EXPECT_EQ(shown(static_cast<char32_t>(0x110000)), "str:k=\uFFFD") << "beyond the last";
  EXPECT_EQ(shown(static_cast<char32_t>(0xFFFFFFFF)), "str:k=\uFFFD");
}

#if defined(__SIZEOF_INT128__)
TEST(LogValue, WideIntegersAreText) {
  const detail::Uint128 most = ~detail::Uint128{0};
  EXPECT_EQ(shown(most), "str:k=340282366920938463463374607431768211455");
  const auto least = static_cast<detail::Int128>(detail::Uint128{1} << 127);
  EXPECT_EQ(shown(least), "str:k=-170141183460469231731687303715884105728");
  EXPECT_EQ(shown(detail::Int128{0}), "str:k=0");
  EXPECT_EQ(shown(detail::Int128{-10}), "str:k=-10");
}
#endif

TEST(LogValue, Texts) {
  EXPECT_EQ(shown("literal"), "str:k=literal");
  EXPECT_EQ(shown(std::string("string")), "str:k=string");
  EXPECT_EQ(shown(std::string_view("view")), "str:k=view");
  EXPECT_EQ(shown(u8"\u00E9"), "str:k=\u00E9");
  EXPECT_EQ(shown(std::u8string(u8"\u00E9")), "str:k=\u00E9");
  const char* pointer = "pointer";
  EXPECT_EQ(shown(pointer), "str:k=pointer");
  pointer = nullptr;
  EXPECT_EQ(shown(pointer), "null:k");
  const char8_t* wide = nullptr;
  EXPECT_EQ(shown(wide), "null:k");
  const char full[3] = {'a', 'b', 'c'};
  EXPECT_EQ(shown(full), "str:k=abc") << "not terminated";
  const char early[8] = "a\0b";
  EXPECT_EQ(shown(early), "str:k=a");
}

TEST(LogValue, EmptyOptionalsAreLeftOut) {
  EXPECT_EQ(shown(std::optional<int>(5)), "i64:k=5");
  EXPECT_EQ(shown(std::optional<int>()), "");
  EXPECT_EQ(shown(std::optional(std::optional<int>())), "");
  EXPECT_EQ(shown(std::vector<std::optional<int>>{1, {}, 3}), "arr:k i64:-=1 i64:-=3 arr_end:k");
}

TEST(LogValue, FunctionsAreCalledWhenShown) {
  int calls = 0;
  const auto count = [&calls] { return ++calls; };
  const auto field = kv("k", count);
  EXPECT_EQ(calls, 0);
  Transcript transcript;
  field(transcript);
  field(transcript);
  EXPECT_EQ(transcript.text, "i64:k=1 i64:k=2");
  EXPECT_EQ(shown([] { return 7; }), "i64:k=7") << "a captureless lambda also converts to bool";
  EXPECT_EQ(shown([] { return std::string("made"); }), "str:k=made");
}

TEST(LogValue, RangesAreArrays) {
  EXPECT_EQ(shown(std::vector<const char*>{"abc", "def"}), "arr:k str:-=abc str:-=def arr_end:k");
  EXPECT_EQ(shown(std::vector<int>()), "arr:k arr_end:k");
  EXPECT_EQ(shown(std::vector<bool>{true, false}), "arr:k bool:-=true bool:-=false arr_end:k");
  const int plain[2] = {1, 2};
  EXPECT_EQ(shown(plain), "arr:k i64:-=1 i64:-=2 arr_end:k");
  EXPECT_EQ(shown(std::array<int, 1>{3}), "arr:k i64:-=3 arr_end:k");
  EXPECT_EQ(shown(std::deque<int>{3}), "arr:k i64:-=3 arr_end:k");
  EXPECT_EQ(shown(std::list<int>{3}), "arr:k i64:-=3 arr_end:k");
  EXPECT_EQ(shown(std::set<std::string>{"b", "a"}), "arr:k str:-=a str:-=b arr_end:k");
  EXPECT_EQ(shown(std::vector<std::vector<int>>{{1}, {}}),
            "arr:k arr:- i64:-=1 arr_end:- arr:- arr_end:- arr_end:k");
}

TEST(LogValue, RangesOfNamedPairsAreMaps) {
  EXPECT_EQ(shown(std::map<std::string, const char*>{{"a", "cat"}, {"b", "dog"}}),
            "map:k str:a=cat str:b=dog map_end:k");
  EXPECT_EQ(shown(std::unordered_map<std::string, int>{{"a", 1}}), "map:k i64:a=1 map_end:k");
  EXPECT_EQ(shown(std::vector<std::pair<std::string_view, double>>{{"x", 0.5}}),
            "map:k f64:x=0.500000 map_end:k");
  EXPECT_EQ(shown(std::map<std::string, std::optional<int>>{{"a", {}}, {"b", 2}}),
            "map:k i64:b=2 map_end:k");
}

TEST(LogValue, TypesWithAHook) {
  EXPECT_EQ(shown(paint::Colour{135}), "map:k i64:red=135 map_end:k");
  EXPECT_EQ(shown(std::vector{paint::Colour{1}}), "arr:k map:- i64:red=1 map_end:- arr_end:k");
  EXPECT_EQ(shown(std::optional(paint::Colour{1})), "map:k i64:red=1 map_end:k");
  EXPECT_EQ(shown(paint::Palette{1, 2, 3}), "u64:k=3")
      << "its own hook goes before its being a range";
  EXPECT_EQ(shown(LogLevel::warn), "str:k=WARN");
  EXPECT_EQ(shown(LogFilter(LogLevel::warn)), "str:k=LogFilter(WARN,ERROR)");
}

struct Opaque {};
static_assert(loggable<int> && loggable<char[4]> &&
              loggable<std::vector<std::optional<paint::Colour>>>);
static_assert(!loggable<Opaque> && !loggable<std::vector<Opaque>> &&
              !loggable<std::optional<Opaque>>);
static_assert(!loggable<std::map<std::string, Opaque>>);
static_assert(!loggable<int*> && !loggable<void*> && !loggable<std::unique_ptr<int>>,
              "an address says nothing");
static_assert(!loggable<std::map<int, int>>, "the key of a field is a text");
static_assert(!loggable<std::filesystem::path>, "a path is a range of paths");
template <class T>
concept has_field = requires(const T& value) { kv("k", value); };
static_assert(has_field<int> && !has_field<Opaque>);

TEST(LogValue, AFieldWithoutValue) {
  Transcript transcript;
  kv("failed")(transcript);
  EXPECT_EQ(transcript.text, "null:failed");
}

// ---- records and their copies

const auto everything = [](LogVisitor& v) {
  v.kv_u64("u64", 1);
  v.kv_i64("i64", -1);
  v.kv_f64("f64", 0.5);
  v.kv_bool("bool", true);
  v.kv_null("null");
  v.kv_str("str", std::string_view("a\0b", 3));
  v.kv_map("map");
  v.kv_str("", "empty key");
  v.kv_map_end("map");
  v.kv_arr("arr");
  v.kv_u64({}, 2);
  v.kv_arr({});
  v.kv_arr_end({});
  v.kv_arr_end("arr");
};

std::string shown_fields(const LogRecord& record) {
  Transcript transcript;
  record.visit_fields(transcript);
  return transcript.text;
}

TEST(LogRecord, FieldsMayBeVisitedAgain) {
  const LogRecord record{.fields = LogFields(everything)};
  const std::string once = shown_fields(record);
  EXPECT_EQ(shown_fields(record), once);
  EXPECT_EQ(shown_fields(LogRecord{}), "");
}

TEST(LogCopy, KeepsEverything) {
  std::string target = "target", text = "text";
  const Instant now{5s};
  const SystemTime wall{7s};
  const LogRecord record{.id = 9,
                         .level = LogLevel::audit,
                         .target = target,
                         .text = text,
                         .now = now,
                         .systime = wall,
                         .fields = LogFields(everything)};
  const LogCopy copy(record);
  const std::string fields = shown_fields(record);
  target = text = "gone!!";
  const LogRecord kept = copy.record();
  EXPECT_TRUE(copy.complete());
  EXPECT_EQ(kept.id, 9u);
  EXPECT_EQ(kept.level, LogLevel::audit);
  EXPECT_EQ(kept.target, "target");
  EXPECT_EQ(kept.text, "text");
  EXPECT_EQ(kept.now, now);
  EXPECT_EQ(kept.systime, wall);
  EXPECT_EQ(shown_fields(kept), fields);
}

TEST(LogCopy, SurvivesBeingCopiedAndMoved) {
  auto first =
      std::make_unique<LogCopy>(LogRecord{.text = "text", .fields = LogFields(everything)});
  const std::string fields = shown_fields(first->record());
  LogCopy second = *first;
  LogCopy third = std::move(*first);
  first.reset();
  EXPECT_EQ(shown_fields(second.record()), fields);
  EXPECT_EQ(shown_fields(third.record()), fields);
  EXPECT_EQ(third.record().text, "text");
}

TEST(LogCopy, EveryLimitHoldsAndIsTold) {
  const LogRecord record{.target = "target", .text = "text", .fields = LogFields(everything)};
  const std::size_t whole = LogCopy(record).size();
  const std::string all = shown_fields(record);
  for (std::size_t limit = 0; limit < whole; ++limit) {
    const LogCopy copy(record, limit);
    EXPECT_FALSE(copy.complete()) << limit;
    EXPECT_LE(copy.size(), limit);
    EXPECT_EQ(all.rfind(shown_fields(copy.record()), 0), 0u)
        << "a beginning of all fields, limit " << limit;
  }
  EXPECT_TRUE(LogCopy(record, whole).complete());
}

}  // namespace log_value_test
}  // namespace troupe
