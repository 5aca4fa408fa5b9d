// support/recorder.hpp: what happened in a test, in order, as one line of text.
//
// Handlers, destructors and bodies say() words; the test compares told() with what it expects.
// Words are separated by one space, and told() begins the next line. Kept by thread, since a
// runtime belongs to one.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <troupe/core.hpp>
#include <utility>

namespace troupe_test {

inline std::string& line() {
  static thread_local std::string text;
  return text;
}

/// Adds a word.
inline void say(std::string_view word) {
  if (!line().empty()) line() += ' ';
  line() += word;
}
/// Adds two words without a space between. (Pieces are appended: GCC 12 at -O3 warns of sums of
/// strings.)
inline void say(std::string_view word, std::string_view more) {
  say(word);
  line() += more;
}
/// Adds a word and a number without a space between.
inline void say(std::string_view word, long long number) {
  say(word, std::string_view(std::to_string(number)));
}

/// What was said since the last call.
inline std::string told() { return std::exchange(line(), {}); }

/// For tests that use these: each begins with an empty line.
class RecordedTest : public ::testing::Test {
 protected:
  void SetUp() override { told(); }
};

/// For tests that leave no Ret unanswered behind.
class BalancedTest : public RecordedTest {
 protected:
  void TearDown() override {
    if (troupe::Ledger::enabled) {
      EXPECT_EQ(troupe::Ledger::here().live(), 0u);
    }
  }
};

/// The same with one runtime, in which no task and no timer is left either.
class OneRuntimeTest : public BalancedTest {
 protected:
  void TearDown() override {
    EXPECT_EQ(rt.live_tasks(), 0u);
    EXPECT_EQ(rt.live_timers(), 0u);
    BalancedTest::TearDown();
  }
  troupe::Runtime rt;
};

/// Says a word when it dies; says nothing once it was moved from.
class SaysBye {
 public:
  explicit SaysBye(std::string word) : word_(std::move(word)) {}
  SaysBye(SaysBye&& other) noexcept : word_(std::exchange(other.word_, {})) {}
  SaysBye& operator=(SaysBye&&) = delete;
  ~SaysBye() {
    if (!word_.empty()) say(word_);
  }

 private:
  std::string word_;
};

inline std::string_view word(troupe::StopCause::Kind kind) {
  static constexpr std::string_view words[] = {"stopped", "failed", "killed", "dropped", "lost"};
  return words[static_cast<unsigned>(kind)];
}

/// A notice that says `who:cause`, with the error's text behind it if there is one; `who!why` when
/// it was dropped.
inline troupe::Ret<troupe::StopCause> tell_end(std::string who) {
  return troupe::ret_do(
      [](const std::string& name, const troupe::Reply<troupe::StopCause>& cause) {
        say(name);
        line()
            .append(cause ? ":" : "!")
            .append(cause ? word(cause->kind()) : to_string(cause.error().why()));
        if (cause && cause->error()) line().append("(").append(cause->error().text()).append(")");
      },
      std::move(who));
}

/// A Ret that says `tag=value` or `tag!why`.
inline troupe::Ret<int> tell_int(std::string tag) {
  return troupe::ret_do(
      [](const std::string& name, const troupe::Reply<int>& reply) {
        say(name, reply ? "=" : "!");
        line().append(reply ? std::to_string(*reply) : std::string(to_string(reply.error().why())));
      },
      std::move(tag));
}

}  // namespace troupe_test
