// core/log_format_test.cpp: the exact lines, and that JSON is JSON whatever happens.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <troupe/base/platform.hpp>
#include <troupe/core/log_format.hpp>
#include <troupe/core/log_value.hpp>
#include <vector>

namespace troupe {
namespace log_format_test {

using namespace std::chrono_literals;

template <class... Ts>
std::string text_of(std::string_view before, std::string_view after, const Kv<Ts>&... fields) {
  const auto scan = [&](LogVisitor& visitor) { (fields(visitor), ...); };
  std::string out;
  append_text_fields(out, {.fields = LogFields(scan)}, before, after);
  return out;
}

template <class... Ts> std::string text_of(const Kv<Ts>&... fields) {
  return text_of("", "", fields...);
}

std::string json_of(LogFields fields, std::string_view before = {}, std::string_view after = {}) {
  std::string out;
  append_json_fields(out, {.fields = fields}, before, after);
  return out;
}

template <class... Ts> std::string json_of(const Kv<Ts>&... fields) {
  const auto scan = [&](LogVisitor& visitor) { (fields(visitor), ...); };
  return json_of(LogFields(scan), "{", "}");
}

struct MyType {
  friend void troupe_log(LogVisitor& visitor, LogKey key, const MyType&) {
    visitor.kv_map(key);
    visitor.kv_u64("a", 135);
    visitor.kv_null("b");
    visitor.kv_arr("c");
    visitor.kv_arr_end("c");
    visitor.kv_map_end(key);
  }
};

// ---- text

TEST(TextFields, EveryKindOfValueInOneLine) {
  const std::map<std::string, std::string> animals{{"a", "cat"}, {"b", "dog"}};
  EXPECT_EQ(text_of("{", "}", kv("a", "TEST"), kv("b", 1.234), kv("c", 1234), kv("d", short{-1234}),
                    kv("e", 4321ULL), kv("f", std::vector{"abc", "def"}), kv("g", "127.0.0.1"),
                    kv("h"), kv("i", animals), kv("j", "This is a test"), kv("k", MyType())),
            "{a=TEST b=1.234 c=1234 d=-1234 e=4321 f[abc def] g=127.0.0.1 h i{a=cat b=dog} "
            "j=\"This is a test\" "
            "k{a=135 b c[]}}");
}

TEST(TextFields, BeforeAndAfterOnlyIfThereAreFields) {
  EXPECT_EQ(text_of("{", "}"), "");
  EXPECT_EQ(text_of("{", "}", kv("x", std::optional<int>())), "");
  EXPECT_EQ(text_of(" <", ">", kv("x", 1)), " <x=1>");
}

TEST(TextFields, Quoting) {
  EXPECT_EQ(text_of(kv("k", "plain-text_1.2:3/4,5;'6")), "k=plain-text_1.2:3/4,5;'6");
  for (const char* reserved : {" ", "=", "[", "]", "{", "}"}) {
    EXPECT_EQ(text_of(kv("k", std::string("a") + reserved + "b")),
              std::string("k=\"a") + reserved + "b\"");
  }
  EXPECT_EQ(text_of(kv("k", "a\"b")), "k=\"a\\22b\"");
  EXPECT_EQ(text_of(kv("k", "a\\b")), "k=\"a\\5Cb\"");
  EXPECT_EQ(text_of(kv("k", "a\n\x7F\x1B[0m")), "k=\"a\\0A\\7F\\1B[0m\"");
  EXPECT_EQ(text_of(kv("k", std::string_view("\0", 1))), "k=\"\\00\"");
  EXPECT_EQ(text_of(kv("k", "")), "k=\"\"");
  EXPECT_EQ(text_of(kv("k", "\u00E9\u20AC")), "k=\u00E9\u20AC")
      << "bytes above ASCII pass as they are";
}

TEST(TextFields, KeysAreEscapedWithoutQuotes) {
  EXPECT_EQ(text_of(kv("a b=c\n", 1)), "a\\20b\\3Dc\\0A=1");
  EXPECT_EQ(text_of(kv("", 1)), "\\20=1");
}

TEST(TextFields, NumbersAndNothing) {
  EXPECT_EQ(text_of(kv("a", 1.0), kv("b", 0.1), kv("c", -0.0), kv("d", 1e300)),
            "a=1 b=0.1 c=-0 d=1e+300");
  EXPECT_EQ(text_of(kv("a", std::nan("")), kv("b", INFINITY), kv("c", -INFINITY)),
            "a=nan b=inf c=-inf");
  EXPECT_EQ(text_of(kv("a", true), kv("b", false)), "a=true b=false");
  EXPECT_EQ(text_of(kv("a", std::vector{nullptr, nullptr})), "a[null null]");
  EXPECT_EQ(text_of(kv("a", std::vector<std::vector<int>>{{1, 2}, {}, {3}})), "a[[1 2] [] [3]]");
}

// ---- JSON

const auto simple = [](LogVisitor& v) {
  v.kv_u64("u64", 123456789);
  v.kv_str("str", "ABCDEFGHIJ");
};

const auto all = [](LogVisitor& v) {
  v.kv_u64("u64", 123456789);
  v.kv_i64("i64", -123456789);
  v.kv_f64("f64", 12345.6789);
  v.kv_bool("b0", false);
  v.kv_bool("b1", true);
  v.kv_null("null");
  v.kv_str("str", "ABCDEFGHIJ");
  v.kv_str("str_ctrl", "ABC\tDEF");
  v.kv_str("str_quote", "ABC\"DEF\"GHI");
  v.kv_str("str_bsl", "ABC\\DEF\\GHI");
  v.kv_map("map");
  v.kv_u64("map_u64", 987654321);
  v.kv_str("map_str", "JIHGFEDCBA");
  v.kv_map("map_nested");
  v.kv_bool("map_nested_bool", false);
  v.kv_map_end("map_nested");
  v.kv_map_end("map");
  v.kv_map("map_empty");
  v.kv_map_end("map_empty");
  v.kv_arr("arr");
  v.kv_u64({}, 987654321);
  v.kv_str({}, "JIHGFEDCBA");
  v.kv_arr({});
  v.kv_bool({}, true);
  v.kv_arr_end({});
  v.kv_arr_end("arr");
  v.kv_arr("arr_empty");
  v.kv_arr_end("arr_empty");
};

TEST(JsonFields, ExactTexts) {
  const std::string dummy = R"({"dummy":1)";
  EXPECT_EQ(dummy + json_of(LogFields(), ",") + "}", R"({"dummy":1})");
  EXPECT_EQ(dummy + json_of(LogFields(), R"(,"kv":{)", "}") + "}", R"({"dummy":1})");
  EXPECT_EQ(dummy + json_of(LogFields(simple), ",") + "}",
            R"({"dummy":1,"u64":123456789,"str":"ABCDEFGHIJ"})");
  EXPECT_EQ(dummy + json_of(LogFields(simple), R"(,"kv":{)", "}") + "}",
            R"({"dummy":1,"kv":{"u64":123456789,"str":"ABCDEFGHIJ"}})");
  EXPECT_EQ(dummy + json_of(LogFields(all), ",") + "}",
            R"({"dummy":1,"u64":123456789,"i64":-123456789,"f64":12345.6789,"b0":false,)"
            R"("b1":true,"null":null,)"
            R"("str":"ABCDEFGHIJ","str_ctrl":"ABC\u0009DEF","str_quote":"ABC\"DEF\"GHI",)"
            R"("str_bsl":"ABC\\DEF\\GHI",)"
            R"("map":{"map_u64":987654321,"map_str":"JIHGFEDCBA",)"
            R"("map_nested":{"map_nested_bool":false}},)"
            R"("map_empty":{},"arr":[987654321,"JIHGFEDCBA",[true]],"arr_empty":[]})");
}

TEST(JsonFields, NumbersThatJsonDoesNotHave) {
  EXPECT_EQ(json_of(kv("a", std::nan("")), kv("b", INFINITY), kv("c", -INFINITY), kv("d", 1e300)),
            R"({"a":null,"b":null,"c":null,"d":1e+300})");
}

TEST(JsonFields, BrokenUtf8IsReplaced) {
  const auto one = [](std::string_view text) { return json_of(kv("k", text)).substr(5); };
  const auto quoted = [](std::string_view text) { return '"' + std::string(text) + "\"}"; };
  EXPECT_EQ(one("\u00E9\u20AC\U0001F600"), quoted("\u00E9\u20AC\U0001F600"));
  EXPECT_EQ(one("a\xFF"
                "b"),
            quoted("a\uFFFDb"));
  EXPECT_EQ(one("\x80"), quoted("\uFFFD")) << "a tail without a lead";
  EXPECT_EQ(one("\xC0\x80"), quoted("\uFFFD\uFFFD")) << "overlong";
  EXPECT_EQ(one("\xE0\x80\x80"), quoted("\uFFFD\uFFFD\uFFFD")) << "overlong";
  EXPECT_EQ(one("\xED\xA0\x80"), quoted("\uFFFD\uFFFD\uFFFD")) << "half of a pair";
  EXPECT_EQ(one("\xF4\x90\x80\x80"), quoted("\uFFFD\uFFFD\uFFFD\uFFFD")) << "beyond the last";
  EXPECT_EQ(one("\xE2\x82"), quoted("\uFFFD")) << "cut off: one replacement for what was there";
  EXPECT_EQ(one("\xE2\x82"
                "x"),
            quoted("\uFFFDx"));
  EXPECT_EQ(one("\xF0\x9F\x98"
                "\xE2\x82\xAC"),
            quoted("\uFFFD\u20AC"));
  EXPECT_EQ(one("\xC3\"\n"), quoted("\uFFFD\\\"\\u000A")) << "what follows is still escaped";
  EXPECT_EQ(json_of(kv("\xFF\"", 1)), "{\"\uFFFD\\\"\":1}") << "keys too";
}

TEST(JsonFields, WrongKeysAndEndsAreRepaired) {
  const auto scan = [](LogVisitor& v) {
    v.kv_map_end("never begun");
    v.kv_u64({}, 1);
    v.kv_arr("a");
    v.kv_u64("key in an array", 2);
    v.kv_map({});
    v.kv_null({});
    v.kv_arr_end("ends a map");
    v.kv_map("open");
  };
  EXPECT_EQ(json_of(LogFields(scan), "{", "}"), R"({"":1,"a":[2,{"":null},{}]})");
}

TEST(JsonFields, DepthIsBounded) {
  const auto scan = [](LogVisitor& v) {
    for (int i = 0; i < 1000; ++i) v.kv_arr("a");
    v.kv_u64({}, 1);
    for (int i = 0; i < 1000; ++i) v.kv_arr_end("a");
    v.kv_u64("after", 2);
  };
  const std::string out = json_of(LogFields(scan), "{", "}");
  EXPECT_EQ(out, R"({"a":)" + std::string(log_depth_limit, '[') + R"("...")" +
                     std::string(log_depth_limit, ']') + R"(,"after":2})");
}

// ---- is it JSON? A strict reader, which the random test below needs

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}
  bool whole() { return value(0) && rest_.empty(); }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view w) {
    if (!rest_.starts_with(w)) return false;
    rest_.remove_prefix(w.size());
    return true;
  }
  bool digits() {
    const auto n = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(n);
    return n > 0;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (!take('"')) {
      if (rest_.empty() || static_cast<unsigned char>(rest_.front()) < ' ') return false;
      if (take('\\')) {
        if (take('u')) {
          if (rest_.find_first_not_of("0123456789abcdefABCDEF") < 4 || rest_.size() < 4)
            return false;
          rest_.remove_prefix(4);
        } else if (rest_.empty() ||
                   std::string_view("\"\\/bfnrt").find(rest_.front()) == rest_.npos) {
          return false;
        } else {
          rest_.remove_prefix(1);
        }
      } else if (!utf8()) {
        return false;
      }
    }
    return true;
  }
  bool utf8() {
    const unsigned lead = static_cast<unsigned char>(rest_.front());
    const std::size_t size = lead < 0x80       ? 1
                             : lead >> 5 == 6  ? 2
                             : lead >> 4 == 14 ? 3
                             : lead >> 3 == 30 ? 4
                                               : 0;
    if (size == 0 || rest_.size() < size) return false;
    char32_t point = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
      const unsigned byte = static_cast<unsigned char>(rest_[i]);
      if (byte >> 6 != 2) return false;
      point = point << 6 | (byte & 0x3F);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    rest_.remove_prefix(size);
    return point >= least[size] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  }
  bool value(int depth) {
    if (depth > 100) return false;
    if (take('{')) {
      if (take('}')) return true;
      do {
        if (!string() || !take(':') || !value(depth + 1)) return false;
      } while (take(','));
      return take('}');
    }
    if (take('[')) {
      if (take(']')) return true;
      do {
        if (!value(depth + 1)) return false;
      } while (take(','));
      return take(']');
    }
    if (!rest_.empty() && rest_.front() == '"') return string();
    return word("null") || word("true") || word("false") || number();
  }

  std::string_view rest_;
};

TEST(JsonReader, KnowsJsonFromOtherTexts) {
  for (const char* good : {"{}", "[1,2.5e+3,-0]", R"({"a":[{}],"b":"\u0009\\"})", "null"}) {
    EXPECT_TRUE(JsonReader(good).whole()) << good;
  }
  for (const char* bad : {"", "{", "[1,]", "{,}", "{\"a\"}", "nan", "01", "\"\n\"", "\"\xFF\"",
                          "{}{}", "[}", "\"\\x\""}) {
    EXPECT_FALSE(JsonReader(bad).whole()) << bad;
  }
}

unsigned seed_of_run() {
  const char* given = std::getenv("TROUPE_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 0))
                          : std::random_device{}();
}

/// Calls a visitor as no sane hook does.
class Scribble {
 public:
  explicit Scribble(unsigned seed) : seed_(seed) {}
  void operator()(LogVisitor& v) const {
    std::mt19937 random(seed_);
    const auto below = [&](unsigned n) {
      return std::uniform_int_distribution<unsigned>(0, n - 1)(random);
    };
    const auto text = [&] {
      std::string s(below(12), ' ');
      for (char& c : s) {
        c = 'x';
        if (below(3) == 0) c = "\"\\\xE2\x82\xAC"[below(5)];
        if (below(4) == 0) c = static_cast<char>(below(256));
      }
      return s;
    };
    for (unsigned n = below(200); n > 0; --n) {
      const std::string name = text();
      const LogKey key = below(4) == 0 ? LogKey() : LogKey(name);
      switch (below(12)) {
        case 0:
          v.kv_u64(key, ~std::uint64_t{0});
          break;
        case 1:
          v.kv_i64(key, std::numeric_limits<std::int64_t>::min());
          break;
        case 2:
          v.kv_f64(key, below(2) == 0 ? std::nan("") : -1e-300);
          break;
        case 3:
          v.kv_bool(key, true);
          break;
        case 4:
          v.kv_null(key);
          break;
        case 5:
          v.kv_str(key, text());
          break;
        case 6:
          v.kv_map_end(key);
          break;
        case 7:
          v.kv_arr_end(key);
          break;
        case 8:
        case 9:
          v.kv_map(key);
          break;
        default:
          v.kv_arr(key);
          break;
      }
    }
  }

 private:
  unsigned seed_;
};

TEST(JsonLines, AlwaysOneLineOfJson) {
  const unsigned seed = seed_of_run();
  for (unsigned i = 0; i < 2000; ++i) {
    const Scribble scribble(seed + i);
    std::string line;
    append_json_line(line,
                     {.target = "t\xFF\"", .text = "a\nb\xC3", .fields = LogFields(scribble)});
    ASSERT_TRUE(JsonReader(line).whole()) << "TROUPE_SEED=" << seed << " run " << i << '\n' << line;
    ASSERT_EQ(line.find('\n'), line.npos);
    std::string text;
    append_text_line(text, {.target = "t\n", .text = "a\nb", .fields = LogFields(scribble)});
    ASSERT_EQ(text.find_first_of("\n\r\x1B"), text.npos) << "TROUPE_SEED=" << seed << " run " << i;
  }
}

// ---- whole lines

const auto port = [](LogVisitor& v) { v.kv_u64("port", 80); };
const LogRecord connected{
    .id = 3,
    .level = LogLevel::info,
    .target = "net",
    .text = "connected \"now\"",
    .now = Instant{12s + 5ns},
    .systime = std::chrono::sys_days{std::chrono::January / 31 / 2026} + 45296s + 789ms,
    .fields = LogFields(port)};

std::string text_line(const LogRecord& record, LogTime time = LogTime::now) {
  std::string out;
  append_text_line(out, record, time);
  return out;
}
std::string json_line(const LogRecord& record, LogTime time = LogTime::now) {
  std::string out;
  append_json_line(out, record, time);
  return out;
}

TEST(TextLine, Exact) {
  EXPECT_EQ(text_line(connected), "12.000000005 INFO #3 [net] connected \"now\" port=80");
  EXPECT_EQ(text_line(connected, LogTime::wall),
            "2026-01-31T12:34:56.789000000Z INFO #3 [net] connected \"now\" port=80");
  EXPECT_EQ(text_line({.level = LogLevel::close}), "0.000000000 CLOSE #0");
  EXPECT_EQ(text_line({}, LogTime::wall), "0.000000000 INFO #0") << "no wall-clock time known";
  EXPECT_EQ(text_line({.text = "a\nb\x1B[2J"}), "0.000000000 INFO #0 a\\0Ab\\1B[2J")
      << "no forged line, no escape";
}

TEST(TextLine, Times) {
  EXPECT_EQ(text_line({.now = Instant{-1ns}}), "-0.000000001 INFO #0");
  EXPECT_EQ(text_line({.now = Instant::min()}), "-9223372036.854775808 INFO #0");
  EXPECT_EQ(text_line({.systime = SystemTime{-1s}}, LogTime::wall),
            "1969-12-31T23:59:59.000000000Z INFO #0");
  EXPECT_EQ(text_line({.systime = std::chrono::sys_days{std::chrono::February / 29 / 2000}},
                      LogTime::wall),
            "2000-02-29T00:00:00.000000000Z INFO #0");
}

TEST(JsonLine, Exact) {
  EXPECT_EQ(
      json_line(connected),
      R"({"time":12000000005,"level":"INFO","id":3,"target":"net","text":"connected \"now\"",)"
      R"("fields":{"port":80}})");
  EXPECT_EQ(json_line(connected, LogTime::wall),
            R"({"time":"2026-01-31T12:34:56.789000000Z","level":"INFO","id":3,"target":"net",)"
            R"("text":"connected \"now\"","fields":{"port":80}})");
  EXPECT_EQ(json_line({.level = LogLevel::open}), R"({"time":0,"level":"OPEN","id":0,"text":""})");
}

TEST(Lines, LengthIsBounded) {
  const std::string huge(2 * log_line_limit, '"');
  const auto endless = [&](LogVisitor& v) {
    for (int i = 0; i < 100'000; ++i) v.kv_arr("a");
    for (int i = 0; i < 100'000; ++i) v.kv_str("k", "0123456789");
    v.kv_str(huge, huge);
  };
  const LogRecord record{.target = huge, .text = huge, .fields = LogFields(endless)};
  const std::string json = json_line(record);
  EXPECT_TRUE(JsonReader(json).whole());
  EXPECT_LE(json.size(), 8 * log_line_limit);
  const std::string text = text_line({.fields = LogFields(endless)});
  EXPECT_LE(text.size(), 4 * log_line_limit);
  const auto many = [&](LogVisitor& v) {
    v.kv_arr("a");
    for (int i = 0; i < 100'000; ++i) v.kv_str("k", "0123456789");
    v.kv_arr_end("a");
    v.kv_str("lost", huge);
  };
  const auto left_open = [&](LogVisitor& v) {
    v.kv_arr("a");
    v.kv_str("k", huge);
    v.kv_arr("not shown");
  };
  EXPECT_TRUE(json_line({.fields = LogFields(left_open)}).ends_with(R"("],"log_cut":true}})"));
  const auto one = [&](LogVisitor& v) { v.kv_str("k", huge); };
  EXPECT_TRUE(json_line({.fields = LogFields(one)}).ends_with(R"(","log_cut":true}})"));
  const std::string cut = json_line({.fields = LogFields(many)});
  EXPECT_TRUE(JsonReader(cut).whole());
  EXPECT_TRUE(cut.ends_with(R"("],"log_cut":true}})")) << cut.substr(cut.size() - 100);
  EXPECT_LE(cut.size(), log_line_limit + 200);
}

#if TROUPE_EXCEPTIONS
TEST(Lines, AValueThatThrowsEndsTheFields) {
  const auto throws = [](LogVisitor& v) {
    v.kv_u64("a", 1);
    v.kv_map("m");
    throw std::runtime_error("no");
  };
  const LogRecord record{.fields = LogFields(throws)};
  EXPECT_EQ(text_line(record), "0.000000000 INFO #0 a=1 m{} log_error=\"a value threw\"");
  EXPECT_EQ(json_line(record), R"({"time":0,"level":"INFO","id":0,"text":"",)"
                               R"("fields":{"a":1,"m":{},"log_error":"a value threw"}})");
}
#endif

}  // namespace log_format_test
}  // namespace troupe
