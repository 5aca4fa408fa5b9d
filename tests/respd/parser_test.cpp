// tests/respd/parser_test.cpp: requests whole, split anywhere, malformed, and beyond the bounds.
#include "redis/parser.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "redis/input.hpp"
#include "redis/table.hpp"
#include "seed.hpp"

namespace {

using namespace std::string_literals;
using respd::Parsed;
using respd::Parser;
using respd::ParserLimits;
using respd::ParseState;
using Words = std::vector<std::string>;

std::string encode(const Words& words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words)
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return out;
}

// What a client gets out of a parser: the requests, and the error that ended them.
struct Outcome {
  std::vector<Words> requests;
  std::string error;
  std::size_t left = 0;  // bytes of a request that is not whole
  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << testing::PrintToString(outcome.requests) << " error '" << outcome.error << "', "
       << outcome.left << " left";
}

// Feeds `bytes` in pieces that end at each of `cuts`. Each piece is parsed in a buffer of its own,
// so that a view that outlives its bytes is found by the sanitizer.
Outcome parse_in_pieces(std::string_view bytes, const std::vector<std::size_t>& cuts,
                        const ParserLimits& limits = {}) {
  Parser parser(limits);
  Outcome outcome;
  std::string unread;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : bytes.size();
    unread.append(bytes.substr(from, to - from));
    from = to;
    for (;;) {
      const std::vector<char> copy(unread.begin(), unread.end());
      const Parsed parsed = parser.parse({copy.data(), copy.size()});
      if (parsed.state == ParseState::request)
        outcome.requests.emplace_back(parsed.args.begin(), parsed.args.end());
      unread.erase(0, parsed.consumed);
      if (parsed.state == ParseState::error) {
        outcome.error = parsed.error;
        return outcome;
      }
      if (parsed.state == ParseState::need_more) break;
    }
  }
  outcome.left = unread.size();
  return outcome;
}

Outcome parse_whole(std::string_view bytes, const ParserLimits& limits = {}) {
  return parse_in_pieces(bytes, {}, limits);
}

std::vector<std::size_t> every_byte(std::size_t size) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < size; ++i) cuts.push_back(i);
  return cuts;
}

// The outcome must not depend on how the bytes arrive: whole, in two parts cut anywhere, byte by
// byte.
void expect_outcome(const std::string& bytes, const Outcome& expected,
                    const ParserLimits& limits = {}) {
  EXPECT_EQ(parse_whole(bytes, limits), expected) << bytes;
  EXPECT_EQ(parse_in_pieces(bytes, every_byte(bytes.size()), limits), expected) << bytes;
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    ASSERT_EQ(parse_in_pieces(bytes, {cut}, limits), expected) << bytes << " cut at " << cut;
  }
}

void expect_requests(const std::string& bytes, const std::vector<Words>& requests) {
  expect_outcome(bytes, {requests, "", 0});
}

void expect_error(const std::string& bytes, const std::string& error,
                  const ParserLimits& limits = {}) {
  expect_outcome(bytes, {{}, "Protocol error: " + error, 0}, limits);
}

TEST(Parser, ReadsArraysOfBulkStrings) {
  expect_requests("*1\r\n$4\r\nPING\r\n", {{"PING"}});
  expect_requests("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n", {{"SET", "key", "value"}});
  expect_requests("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", {{"ECHO", ""}});
  expect_requests(encode({"SET", "\0\r\n*$\xff"s, std::string(300, 'x')}),
                  {{"SET", "\0\r\n*$\xff"s, std::string(300, 'x')}});
}

TEST(Parser, ReadsManyRequestsOneAfterTheOther) {
  expect_requests(encode({"GET", "a"}) + encode({"PING"}) + "ECHO b\r\n" + encode({"GET", "c"}),
                  {{"GET", "a"}, {"PING"}, {"ECHO", "b"}, {"GET", "c"}});
}

TEST(Parser, SkipsEmptyRequests) {
  expect_requests("\r\n\n*0\r\n*-1\r\n   \r\nPING\r\n*0\r\n", {{"PING"}});
  Parser parser;
  const Parsed parsed = parser.parse("\r\n*0\r\n*1\r");
  EXPECT_EQ(parsed.state, ParseState::need_more);
  EXPECT_EQ(parsed.consumed, 6U);
}

TEST(Parser, ReadsLinesOfWords) {
  expect_requests("PING\r\n", {{"PING"}});
  expect_requests("PING\n", {{"PING"}});
  expect_requests("  SET\tkey   value  \r\n", {{"SET", "key", "value"}});
  expect_requests("a\r b\r\n", {{"a", "b"}});
  expect_requests("\v\f a\v\f b\v\r\n", {{"a\v\f", "b\v"}});
}

TEST(Parser, UnescapesQuotedWords) {
  expect_requests(R"(SET "a b" 'c d')"
                  "\n",
                  {{"SET", "a b", "c d"}});
  expect_requests(R"("\x41\xfF\n\r\t\b\a\\\"\q")"
                  "\n",
                  {{"A\xff\n\r\t\b\a\\\"q"}});
  expect_requests(R"("\x4g" '\n\'')"
                  "\n",
                  {{"x4g", "\\n'"}});
  expect_requests("\"\" ''\n", {{"", ""}});
  expect_requests("ab\"c d\" plain e'f g'\n", {{"abc d", "plain", "ef g"}});
  expect_requests(R"(back\slash "q" x)"
                  "\n",
                  {{"back\\slash", "q", "x"}});
}

TEST(Parser, RefusesUnbalancedQuotes) {
  const std::string error = "unbalanced quotes in request";
  for (const char* const line :
       {"\"a\n", "'a\n", "\"a\"b\n", "'a'b\n", "a \"\\\"\n", "'\\'\n", "\"\\\n", "a\"\r\n"}) {
    expect_error(line, error);
  }
}

TEST(Parser, RefusesBadCounts) {
  for (const char* const line :
       {"*\r\n", "*abc\r\n", "*1x\r\n", "*01\r\n", "*+1\r\n", "* 1\r\n", "*1 \r\n", "*-0\r\n",
        "*2147483648\r\n", "*99999999999999999999\r\n", "*123456789012345678901234567890\r\n"}) {
    expect_error(line, "invalid multibulk length");
  }
  expect_error("*\0\r\n"s, "invalid multibulk length");
}

TEST(Parser, RefusesBadLengths) {
  for (const char* const line :
       {"*1\r\n$\r\n", "*1\r\n$abc\r\n", "*1\r\n$-1\r\n", "*1\r\n$01\r\n", "*1\r\n$536870913\r\n",
        "*1\r\n$99999999999999999999\r\n", "*1\r\n$1 \r\n"}) {
    expect_error(line, "invalid bulk length");
  }
}

TEST(Parser, RefusesWhatIsNoBulkString) {
  expect_error("*1\r\n:1\r\n", "expected '$', got ':'");
  expect_error("*1\r\nPING\r\n", "expected '$', got 'P'");
  expect_error("*1\r\n\r\n", "expected '$', got ' '");
  expect_error("*1\r\n\nabcdefgh\r\n", "expected '$', got ' '");
  expect_error("*1\r\n\0x\r\n"s, "expected '$', got '");
  expect_error("*1\r\nx12\r\n12345678", "expected '$', got 'x'");
}

TEST(Parser, GivesTheRequestsBeforeAnError) {
  expect_outcome(encode({"GET", "a"}) + "PING\r\n*2\r\n$1\r\nx\r\n!",
                 {{{"GET", "a"}, {"PING"}}, "", 12});
  expect_outcome(encode({"GET", "a"}) + "PING\r\n*2\r\n$1\r\nx\r\n!\r\n",
                 {{{"GET", "a"}, {"PING"}}, "Protocol error: expected '$', got '!'", 0});
}

TEST(Parser, RepeatsAnErrorUntilReset) {
  Parser parser;
  EXPECT_EQ(parser.parse("*x\r\n").state, ParseState::error);
  const Parsed again = parser.parse("PING\r\n");
  EXPECT_EQ(again.state, ParseState::error);
  EXPECT_EQ(again.error, "Protocol error: invalid multibulk length");
  parser.reset();
  EXPECT_EQ(parser.parse("PING\r\n").state, ParseState::request);
}

TEST(Parser, ResetForgetsHalfARequest) {
  Parser parser;
  EXPECT_EQ(parser.parse("*2\r\n$4\r\nECHO\r\n$10\r\nabc").state, ParseState::need_more);
  parser.reset();
  const Parsed parsed = parser.parse("*1\r\n$4\r\nPING\r\n");
  ASSERT_EQ(parsed.state, ParseState::request);
  EXPECT_EQ(parsed.args.size(), 1U);
}

TEST(Parser, BoundsLines) {
  ParserLimits limits;
  limits.max_line = 16;
  expect_outcome(std::string(16, 'a') + "\n", {{{std::string(16, 'a')}}, "", 0}, limits);
  expect_error(std::string(17, 'a') + "\n", "too big inline request", limits);
  expect_error(std::string(17, 'a'), "too big inline request", limits);
  expect_error("*" + std::string(17, '1'), "too big mbulk count string", limits);
  expect_error("*" + std::string(17, '1') + "\r\n", "too big mbulk count string", limits);
  expect_error("*1\r\n$" + std::string(17, '1'), "too big bulk count string", limits);
  expect_error("*1\r\n$" + std::string(17, '1') + "\r\n", "too big bulk count string", limits);
}

TEST(Parser, BoundsArguments) {
  ParserLimits limits;
  limits.max_args = 3;
  expect_outcome(encode({"a", "b", "c"}), {{{"a", "b", "c"}}, "", 0}, limits);
  expect_error(encode({"a", "b", "c", "d"}), "invalid multibulk length", limits);
  limits.max_bulk = 5;
  expect_outcome(encode({"12345"}), {{{"12345"}}, "", 0}, limits);
  expect_error(encode({"123456"}), "invalid bulk length", limits);
}

// As many as Redis takes: what bounds a request is its size.
TEST(Parser, TakesArgumentsWithoutNumber) {
  constexpr std::size_t count = 1'200'000;
  std::string text = "*" + std::to_string(count) + "\r\n";
  for (std::size_t i = 0; i < count; ++i) text += "$1\r\nk\r\n";
  Parser parser;
  const auto parsed = parser.parse(text);
  ASSERT_EQ(parsed.state, ParseState::request);
  EXPECT_EQ(parsed.args.size(), count);
  EXPECT_EQ(parser.parse("*2147483647\r\n").state, ParseState::need_more);
  expect_error("*2147483648\r\n", "invalid multibulk length");
}

TEST(Parser, BoundsTheWholeRequest) {
  ParserLimits limits;
  limits.max_request = 40;
  expect_outcome(encode({"1234567890", "123"}), {{{"1234567890", "123"}}, "", 0}, limits);
  expect_error(encode({"1234567890", "1234567890123"}), "too big request", limits);
  // A request is refused as soon as it is known to be too long, not when it has arrived.
  EXPECT_EQ(parse_whole("*2\r\n$10\r\n1234567890\r\n$30\r\n", limits).error,
            "Protocol error: too big request");
}

TEST(Parser, HoldsClientsToALogin) {
  Parser parser;
  parser.hold_to_login(true);
  EXPECT_EQ(parser.parse("*11\r\n").error, "Protocol error: unauthenticated multibulk length");
  parser.reset();
  EXPECT_EQ(parser.parse("*1\r\n$16385\r\n").error, "Protocol error: unauthenticated bulk length");
  parser.reset();
  EXPECT_EQ(parser.parse("*10\r\n$16384\r\n").state, ParseState::need_more);
  parser.reset();
  parser.hold_to_login(false);
  EXPECT_EQ(parser.parse("*11\r\n$16385\r\n").state, ParseState::need_more);
}

TEST(Parser, TellsHowMuchIsMissing) {
  Parser parser;
  EXPECT_EQ(parser.parse("*2\r\n$4\r\nECHO\r\n$1000\r\nabc").state, ParseState::need_more);
  EXPECT_EQ(parser.wanted(), 999U);
  EXPECT_EQ(parser.parse("*2\r\n$4\r\nECHO\r\n$1000\r\nabcdefgh").state, ParseState::need_more);
  EXPECT_EQ(parser.wanted(), 994U);
  parser.reset();
  EXPECT_EQ(parser.parse("*2\r\n$4").state, ParseState::need_more);
  EXPECT_EQ(parser.wanted(), 0U);
}

TEST(Parser, HandsOutViewsOfTheBytesItWasGiven) {
  const std::string bytes = encode({"SET", "key", "value"}) + "GET plain\r\n";
  Parser parser;
  const auto inside = [&bytes](std::string_view word) {
    return word.data() >= bytes.data() && word.data() + word.size() <= bytes.data() + bytes.size();
  };
  Parsed parsed = parser.parse(bytes);
  for (const std::string_view word : parsed.args) EXPECT_TRUE(inside(word));
  parsed = parser.parse(std::string_view(bytes).substr(parsed.consumed));
  for (const std::string_view word : parsed.args) EXPECT_TRUE(inside(word));
}

TEST(Parser, TakesTheMostArgumentsByteByByte) {
  // Linear, or this would not end: over six million calls on a request of six million bytes.
  constexpr std::size_t count = std::size_t{1024} * 1024;
  std::string bytes = "*" + std::to_string(count) + "\r\n";
  for (std::size_t i = 0; i < count; ++i) bytes += "$0\r\n\r\n";
  Parser parser;
  for (std::size_t end = 1; end < bytes.size(); ++end) {
    ASSERT_EQ(parser.parse(std::string_view(bytes).substr(0, end)).state, ParseState::need_more);
  }
  const Parsed parsed = parser.parse(bytes);
  ASSERT_EQ(parsed.state, ParseState::request);
  EXPECT_EQ(parsed.args.size(), count);
  EXPECT_EQ(parsed.consumed, bytes.size());
}

TEST(Parser, RandomPipelinesInRandomPieces) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  respd::Random random(seed);
  for (int round = 0; round < 300; ++round) {
    Outcome expected;
    std::string bytes;
    for (std::uint64_t n = random.below(8) + 1; n != 0; --n) {
      Words words;
      for (std::uint64_t w = random.below(5) + 1; w != 0; --w) {
        std::string word(random.below(30), '\0');
        for (char& c : word) c = static_cast<char>(random.below(256));
        words.push_back(word);
      }
      bytes += encode(words);
      expected.requests.push_back(words);
    }
    std::vector<std::size_t> cuts;
    for (std::size_t at = random.below(20) + 1; at < bytes.size(); at += random.below(20) + 1)
      cuts.push_back(at);
    ASSERT_EQ(parse_in_pieces(bytes, cuts), expected);
  }
}

TEST(InputBuffer, KeepsBytesInOrderWhateverTheReads) {
  const std::uint64_t seed = respd_test::seed();
  SCOPED_TRACE(respd_test::seed_note(seed));
  respd::Random random(seed);
  respd::InputBuffer buffer;
  std::string model;
  unsigned char next = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::size_t wanted = random.below(100) == 0 ? 5000 : random.below(40);
    const std::span<char> room = buffer.room(wanted);
    ASSERT_GE(room.size(), wanted);
    for (std::size_t i = 0; i < wanted; ++i) model.push_back(room[i] = static_cast<char>(next++));
    buffer.filled(wanted);
    ASSERT_EQ(buffer.unread(), model);
    const std::size_t used = random.below(model.size() + 1);
    buffer.consume(used);
    model.erase(0, used);
    ASSERT_EQ(buffer.unread(), model);
  }
}

TEST(InputBuffer, GivesALargeBufferBackWhenItIsEmpty) {
  respd::InputBuffer buffer;
  const std::size_t large = 10 * respd::InputBuffer::keep_when_empty;
  std::memset(buffer.room(large).data(), 'x', large);
  buffer.filled(large);
  EXPECT_GE(buffer.capacity(), large);
  buffer.consume(large - 1);
  EXPECT_EQ(buffer.unread(), "x");
  buffer.consume(1);
  EXPECT_EQ(buffer.capacity(), 0U);
  EXPECT_TRUE(buffer.unread().empty());
}

}  // namespace
