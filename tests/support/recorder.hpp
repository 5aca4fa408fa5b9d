// support/recorder.hpp: what happened in a test, in order, as one line of text.
//
// Handlers, destructors and bodies say() words; the test compares told() with what it expects. Words are separated by
// one space, and told() begins the next line. Kept by thread, since a runtime belongs to one.
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
/// Adds a word and a number without a space between.
inline void say(std::string_view word, long long number) { say(std::string(word) + std::to_string(number)); }

/// What was said since the last call.
inline std::string told() { return std::exchange(line(), {}); }

/// For tests that use these: each begins with an empty line.
class RecordedTest : public ::testing::Test {
 protected:
  void SetUp() override { told(); }
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

/// A notice that says `who:cause`, with the error's text behind it if there is one; `who!why` when it was dropped.
inline troupe::Ret<troupe::StopCause> tell_end(std::string who) {
  return troupe::ret_do(
      [](std::string name, troupe::Reply<troupe::StopCause> cause) {
        if (!cause) return say(name + "!" + std::string(to_string(cause.error().why())));
        std::string text = name + ":" + std::string(word(cause->kind()));
        if (cause->error()) text += "(" + std::string(cause->error().text()) + ")";
        say(text);
      },
      std::move(who));
}

/// A Ret that says `tag=value` or `tag!why`.
inline troupe::Ret<int> tell_int(std::string tag) {
  return troupe::ret_do(
      [](std::string name, troupe::Reply<int> reply) {
        if (reply) say(name + "=", *reply);
        else say(name + "!" + std::string(to_string(reply.error().why())));
      },
      std::move(tag));
}

}  // namespace troupe_test
