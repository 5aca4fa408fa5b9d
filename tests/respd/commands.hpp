// tests/respd/commands.hpp: runs commands on a store without a server, under a clock that tests
// move.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/engine.hpp"

namespace respd_test {

// The other clients, as commands see them: notes what it is asked to do.
class Neighbours final : public respd::Others {
 public:
  void subscribe(respd::Topic kind, std::string_view name) override {
    note("subscribe", kind, name);
  }
  void unsubscribe(respd::Topic kind, std::string_view name) override {
    note("unsubscribe", kind, name);
  }
  std::vector<std::string> subscriptions(respd::Topic kind) const override {
    return kind == respd::Topic::channel ? std::vector<std::string>{"own1", "own2"}
                                         : std::vector<std::string>{};
  }
  std::size_t publish(std::string_view channel, std::string_view payload) override {
    asked.append("publish ").append(payload).append(" to ").append(channel).append("\n");
    return 7;
  }
  std::vector<std::string_view> channels() const override { return {"a", "b1", "b2"}; }
  std::size_t subscribers(std::string_view channel) const override { return channel.size(); }
  std::size_t patterns() const override { return 5; }
  std::string list() const override { return "id=1\n"; }

  std::string asked;

 private:
  void note(std::string_view what, respd::Topic kind, std::string_view name) {
    asked.append(what).append(kind == respd::Topic::channel ? " channel " : " pattern ");
    asked.append(name).append("\n");
  }
};

// An engine, a client, and a clock that stands still until it is moved. Wall clock and instants
// differ by a fixed amount.
class Session {
 public:
  static constexpr std::int64_t wall_start_ms = 1'700'000'000'000;

  explicit Session(respd::StoreOptions options = {}) : engine(std::move(options)) {
    store.clock.set(now, troupe::SystemTime(std::chrono::milliseconds(wall_start_ms)));
  }

  // Runs a command given as words parted by single spaces, "" for an empty one; returns the
  // answer's bytes.
  std::string operator()(std::string_view line) { return run(line, client); }

  std::string run(std::string_view line, respd::Client& as) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      const std::string_view word = line.substr(at, end - at);
      words.push_back(word == "\"\"" ? std::string_view() : word);
      at = end + 1;
    }
    return run_words(words, as);
  }

  std::string run_words(respd::Args words, respd::Client& as) {
    std::string out;
    outcome = engine.execute(as, others, words, now, out);
    return out;
  }

  troupe::Instant now{std::chrono::hours(5)};
  respd::Engine engine;
  respd::Store& store = engine.store();
  Neighbours others;
  respd::Client client;
  respd::Outcome outcome;
};

inline std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}
inline std::string integer(std::int64_t value) { return ":" + std::to_string(value) + "\r\n"; }
inline const std::string ok = "+OK\r\n";
inline const std::string null = "$-1\r\n";

}  // namespace respd_test
