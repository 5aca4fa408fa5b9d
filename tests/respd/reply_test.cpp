// tests/respd/reply_test.cpp: the bytes of each kind of answer in both protocols, and numbers as
// Redis writes them.
#include "redis/reply.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "redis/number.hpp"

namespace {

using respd::Reply;

template <class Write> std::string written(int protocol, Write write) {
  std::string out = "before";
  Reply reply(out, protocol);
  write(reply);
  EXPECT_EQ(out.substr(0, 6), "before");
  return out.substr(6);
}

// The bytes in RESP2 and in RESP3.
template <class Write>
void expect_forms(Write write, const std::string& resp2, const std::string& resp3) {
  EXPECT_EQ(written(2, write), resp2);
  EXPECT_EQ(written(3, write), resp3);
}

template <class Write> void expect_form(Write write, const std::string& both) {
  expect_forms(write, both, both);
}

TEST(Reply, SimpleThings) {
  expect_form([](Reply& r) { r.ok(); }, "+OK\r\n");
  expect_form([](Reply& r) { r.simple("PONG"); }, "+PONG\r\n");
  expect_form([](Reply& r) { r.error("ERR syntax error"); }, "-ERR syntax error\r\n");
  expect_form([](Reply& r) { r.error("ERR a\r\nb\n\r\n"); }, "-ERR a  b\r\n");
}

TEST(Reply, Integers) {
  expect_form([](Reply& r) { r.integer(0); }, ":0\r\n");
  expect_form([](Reply& r) { r.integer(9); }, ":9\r\n");
  expect_form([](Reply& r) { r.integer(10); }, ":10\r\n");
  expect_form([](Reply& r) { r.integer(-1); }, ":-1\r\n");
  expect_form([](Reply& r) { r.integer(std::numeric_limits<std::int64_t>::max()); },
              ":9223372036854775807\r\n");
  expect_form([](Reply& r) { r.integer(std::numeric_limits<std::int64_t>::min()); },
              ":-9223372036854775808\r\n");
  expect_form([](Reply& r) { r.bulk_integer(-42); }, "$3\r\n-42\r\n");
}

TEST(Reply, BulkStringsOfEverySize) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text(size, 'x');
    expect_form([&](Reply& r) { r.bulk(text); },
                "$" + std::to_string(size) + "\r\n" + text + "\r\n");
  }
  expect_form([](Reply& r) { r.bulk(std::string_view("\0\r\n", 3)); },
              std::string("$3\r\n\0\r\n\r\n", 9));
}

TEST(Reply, WhatTheProtocolsWriteDifferently) {
  expect_forms([](Reply& r) { r.null(); }, "$-1\r\n", "_\r\n");
  expect_forms([](Reply& r) { r.null_array(); }, "*-1\r\n", "_\r\n");
  expect_form([](Reply& r) { r.array(3); }, "*3\r\n");
  expect_form([](Reply& r) { r.array(1234); }, "*1234\r\n");
  expect_forms([](Reply& r) { r.map(7); }, "*14\r\n", "%7\r\n");
  expect_forms([](Reply& r) { r.set(2); }, "*2\r\n", "~2\r\n");
  expect_forms([](Reply& r) { r.push(3); }, "*3\r\n", ">3\r\n");
  expect_forms([](Reply& r) { r.boolean(true); }, ":1\r\n", "#t\r\n");
  expect_forms([](Reply& r) { r.boolean(false); }, ":0\r\n", "#f\r\n");
  expect_forms([](Reply& r) { r.number(1.5); }, "$3\r\n1.5\r\n", ",1.5\r\n");
  expect_forms([](Reply& r) { r.verbatim("some text"); }, "$9\r\nsome text\r\n",
               "=13\r\ntxt:some text\r\n");
}

TEST(Reply, SubscriptionMessages) {
  using respd::Subscription;
  expect_forms([](Reply& r) { write_subscription(r, Subscription::subscribe, "ch", 1); },
               "*3\r\n$9\r\nsubscribe\r\n$2\r\nch\r\n:1\r\n",
               ">3\r\n$9\r\nsubscribe\r\n$2\r\nch\r\n:1\r\n");
  expect_forms([](Reply& r) { write_subscription(r, Subscription::punsubscribe, "ch", 0); },
               "*3\r\n$12\r\npunsubscribe\r\n$2\r\nch\r\n:0\r\n",
               ">3\r\n$12\r\npunsubscribe\r\n$2\r\nch\r\n:0\r\n");
  expect_forms([](Reply& r) { write_unsubscribed_from_none(r, Subscription::unsubscribe, 0); },
               "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n",
               ">3\r\n$11\r\nunsubscribe\r\n_\r\n:0\r\n");
  expect_forms([](Reply& r) { write_message(r, "ch", "hi"); },
               "*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$2\r\nhi\r\n",
               ">3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$2\r\nhi\r\n");
  expect_forms([](Reply& r) { write_pattern_message(r, "c*", "ch", "hi"); },
               "*4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$2\r\nch\r\n$2\r\nhi\r\n",
               ">4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$2\r\nch\r\n$2\r\nhi\r\n");
}

TEST(Number, IntegersAreCanonicalOrNone) {
  using respd::parse_integer;
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-1"), -1);
  EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  for (const char* const text :
       {"", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "abc", "1a", "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "99999999999999999999", "0x10",
        "100000000000000000000000"}) {
    EXPECT_FALSE(parse_integer(text).has_value()) << text;
  }
}

TEST(Number, DoublesAreWholeWordsOrNone) {
  using respd::parse_double;
  EXPECT_EQ(parse_double("1.5"), 1.5);
  EXPECT_EQ(parse_double("-1e3"), -1000.0);
  EXPECT_EQ(parse_double("inf"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_double("-Infinity"), -std::numeric_limits<double>::infinity());
  for (const char* const text : {"", "nan", "1e999", " 1", "1 ", "1x", "abc", "\t1"}) {
    EXPECT_FALSE(parse_double(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_double(std::string_view("1\0", 2)).has_value());
  EXPECT_EQ(parse_double("1." + std::string(300, '0')), 1.0);
  for (const char* const text : {"1e400", "-1e400", "1e-400"})
    EXPECT_FALSE(parse_double(text).has_value()) << text;
  EXPECT_GT(respd::parse_long_double("1e-400"), 0.0L);
  EXPECT_EQ(respd::parse_long_double("9223372036854775"), 9223372036854775.0L);
  EXPECT_FALSE(respd::parse_long_double(std::string(5120, '1')).has_value());
}

TEST(Number, DoublesAreWrittenWithSeventeenDigits) {
  EXPECT_EQ(respd::double_text(3), "3");
  EXPECT_EQ(respd::double_text(0.1), "0.10000000000000001");
  EXPECT_EQ(respd::double_text(-1e100), "-1e+100");
  EXPECT_EQ(respd::double_text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(respd::double_text(-std::numeric_limits<double>::infinity()), "-inf");
}

}  // namespace
