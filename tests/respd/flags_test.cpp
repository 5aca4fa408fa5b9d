// tests/respd/flags_test.cpp: what the command line may say, and what it is told when it is wrong.
#include "server/flags.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace respd {
namespace {

using namespace std::chrono_literals;

using Words = std::vector<const char*>;

std::expected<Flags, int> parse(Words words) {
  words.insert(words.begin(), "respd");
  return parse_flags(static_cast<int>(words.size()), words.data());
}

// What a wrong command line is told: it exits with 2, and says nothing to standard output.
std::string told(const Words& words) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const auto flags = parse(words);
  std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(flags.has_value() ? -1 : flags.error(), 2);
  return text;
}

TEST(Flags, HaveDefaults) {
  const auto flags = parse({});
  ASSERT_TRUE(flags.has_value());
  EXPECT_EQ(flags->server.port, 6379);
  EXPECT_EQ(flags->server.bind, "127.0.0.1");
  EXPECT_EQ(flags->server.store.password, "");
  EXPECT_EQ(flags->server.max_clients, 10000U);
  EXPECT_EQ(flags->server.client.parser.max_request, 536870912U);
  EXPECT_EQ(flags->server.client.max_output, 33554432U);
  EXPECT_EQ(flags->server.client.max_before_login, 1048576U);
  EXPECT_EQ(flags->server.store.max_answer, 536870912U);
  EXPECT_EQ(flags->server.client.idle, 0s);
  EXPECT_EQ(flags->runtimes, 1U);
  EXPECT_EQ(flags->spin, 20us);
  EXPECT_EQ(flags->log, troupe::LogFormat::text);
  EXPECT_TRUE(flags->filter == troupe::LogFilter(troupe::LogLevel::info));
}

TEST(Flags, TakeTheirValueApartOrBehindAnEqualsSign) {
  for (const auto& flags : {parse({"--port", "6380", "--bind", "::1", "--idle", "90"}),
                            parse({"--port=6380", "--bind=::1", "--idle=90"})}) {
    ASSERT_TRUE(flags.has_value());
    EXPECT_EQ(flags->server.port, 6380);
    EXPECT_EQ(flags->server.bind, "::1");
    EXPECT_EQ(flags->server.client.idle, 90s);
  }
}

TEST(Flags, SetEachOption) {
  const auto flags =
      parse({"--password=secret", "--max-clients=1", "--max-request=64",
             "--max-output=1099511627776", "--max-before-login=1024", "--max-answer=1025",
             "--spin=0", "--runtimes=64", "--log=json", "--log-level=off"});
  ASSERT_TRUE(flags.has_value());
  EXPECT_EQ(flags->server.store.password, "secret");
  EXPECT_EQ(flags->server.max_clients, 1U);
  EXPECT_EQ(flags->server.client.parser.max_request, 64U);
  EXPECT_EQ(flags->server.client.max_output, std::size_t{1} << 40);
  EXPECT_EQ(flags->server.client.max_before_login, 1024U);
  EXPECT_EQ(flags->server.store.max_answer, 1025U);
  EXPECT_EQ(flags->spin, 0us);
  EXPECT_EQ(flags->runtimes, 64U);
  EXPECT_EQ(flags->log, troupe::LogFormat::json);
  EXPECT_TRUE(flags->filter == troupe::LogFilter::parse("off"));
}

TEST(Flags, CountInDecimal) {
  const auto flags = parse({"--port", "010"});
  ASSERT_TRUE(flags.has_value());
  EXPECT_EQ(flags->server.port, 10);
}

TEST(Flags, OfOneKindTheLastCounts) {
  const auto flags = parse({"--port", "1", "--port=2"});
  ASSERT_TRUE(flags.has_value());
  EXPECT_EQ(flags->server.port, 2);
}

TEST(Flags, TakeAnyTextForAPassword) {
  for (const char* const password : {"", "-x", "--port", "a b", "a=b", "[a,b]", "%%"}) {
    const auto flags = parse({"--password", password});
    ASSERT_TRUE(flags.has_value()) << password;
    EXPECT_EQ(flags->server.store.password, password);
  }
}

TEST(Flags, AreRefusedWithTheirName) {
  const Words wrong[] = {{"--port", "65536"},
                         {"--port", "x"},
                         {"--port", ""},
                         {"--port="},
                         {"--port"},
                         {"--port", "0x10"},
                         {"--port", "1e3"},
                         {"--port", " 1"},
                         {"--port", "+1"},
                         {"--max-clients", "0"},
                         {"--idle", "-1"},
                         {"--max-request", "63"},
                         {"--log", "xml"},
                         {"--max-output", "1k"},
                         {"--log=JSON"},
                         {"--idle", "1000000001"},
                         {"--log-level", "?"},
                         {"--spin", "1000001"},
                         {"--runtimes", "0"},
                         {"--runtimes", "65"},
                         {"--max-output=1023"},
                         {"--max-before-login", "1023"},
                         {"--max-answer", "1023"},
                         {"--port=1 --bind"},
                         {"--max-clients", "1.0"}};
  for (const Words& words : wrong) {
    const std::string_view word = words.front();
    const std::string_view flag = word.substr(0, word.find_first_of("= "));
    const std::string text = told(words);
    EXPECT_TRUE(text.starts_with("respd: ") && text.ends_with(" (--help tells)\n")) << text;
    EXPECT_NE(text.find(flag), std::string::npos) << text;
  }
}

TEST(Flags, OfNoMeaningAreRefused) {
  for (const char* const word : {"--nonsense", "--nonsense=1", "-p", "word", "-h", "--Port=1"})
    EXPECT_NE(told({word}).find(word), std::string::npos) << word;
}

TEST(Flags, AreNamedByHelp) {
  testing::internal::CaptureStdout();
  const auto flags = parse({"--help"});
  const std::string text = testing::internal::GetCapturedStdout();
  ASSERT_FALSE(flags.has_value());
  EXPECT_EQ(flags.error(), 0);
  for (const char* const line :
       {"  --port N (6379)", "  --bind ADDRESS (127.0.0.1)", "  --password TEXT (none)",
        "  --max-clients N (10000)", "  --spin MICROSECONDS (20)",
        "  --max-request BYTES (536870912)", "  --max-output BYTES (33554432)",
        "  --max-before-login BYTES (1048576)", "  --max-answer BYTES (536870912)",
        "  --idle SECONDS (0)", "  --log FORMAT (text)", "  --log-level LEVEL (info)", "  --help ",
        "Exits with 0 ", " 1 when ", " 2 for", "3 when "})
    EXPECT_NE(text.find(line), std::string::npos) << text;
}

}  // namespace
}  // namespace respd
