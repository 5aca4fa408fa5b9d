// support/interleave.hpp: two sides of something that threads share, in each order of their steps.
//
// The sides run on two threads, of which one runs at a time: at each step (base/step.hpp) the
// script says who goes on. Interleavings goes through all scripts there are, the last choice
// changed first. What it finds is about the order of steps, not of memory: that is for the thread
// sanitizer.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <troupe/base/step.hpp>
#include <utility>
#include <vector>

namespace troupe_test {

#if TROUPE_DEBUG
class Interleavings {
 public:
  /// @param most_changes how often a side is stopped at most for the other one's sake, where it
  /// could go on: for sides of so many steps that all orders are too many
  explicit Interleavings(int most_changes = 1000) : most_changes_(most_changes) {}
  /// Runs `home()` here and `away()` on another thread, by the script of this round.
  template <class Away, class Home> void run(Away&& away, Home&& home) {
    at_ = 0;
    turn_ = looked_in_vain_ = changes_ = 0;
    over_[0] = over_[1] = false;
    std::thread other([&] {
      take_part(1);
      wait_for_turn();
      away();
      leave();
    });
    take_part(0);
    next(false);
    home();
    leave();
    other.join();
    ++rounds_;
  }
  /// Whether there is one more script: the next run is by it.
  bool next_script() {
    while (!script_.empty() && script_.back()) script_.pop_back();
    if (script_.empty()) return false;
    script_.back() = true;
    return true;
  }
  int rounds() const { return rounds_; }
  /// For SCOPED_TRACE: who ran, step by step.
  std::string text() const {
    std::string text = "script ";
    for (const bool other : script_) text += other ? 'a' : 'h';
    return text;
  }

 private:
  void take_part(int me) {
    here() = {this, me};
    troupe::detail::step_hook = [](bool blocked) noexcept { here().script->next(blocked); };
  }
  void leave() {
    troupe::detail::step_hook = nullptr;
    const std::lock_guard hold(mutex_);
    over_[here().me] = true;
    give_to(1 - here().me);
  }
  void next(bool blocked) {
    const int me = here().me;
    {
      const std::lock_guard hold(mutex_);
      if (over_[1 - me]) {
        if (blocked && ++looked_in_vain_ == 1000) {
          std::fprintf(stderr, "one side has gone, and the other is blocked: %s\n", text().c_str());
          std::abort();
        }
        return;
      }
      give_to(blocked ? 1 - me : choose(me));
    }
    wait_for_turn();
  }
  int choose(int me) {
    if (changes_ == most_changes_) return me;
    if (at_ == script_.size()) script_.push_back(false);
    const int who = script_[at_++] ? 1 : 0;
    if (who != me) ++changes_;
    return who;
  }
  void give_to(int who) {
    turn_ = who;
    changed_.notify_all();
  }
  void wait_for_turn() {
    std::unique_lock hold(mutex_);
    const int me = here().me;
    changed_.wait(hold, [&] { return turn_ == me || over_[1 - me]; });
  }
  struct Here {
    Interleavings* script = nullptr;
    int me = 0;
  };
  static Here& here() {
    static thread_local Here place;
    return place;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> script_;
  std::size_t at_ = 0;
  const int most_changes_;
  int turn_ = 0, rounds_ = 0, looked_in_vain_ = 0, changes_ = 0;
  bool over_[2] = {};
};
#endif

}  // namespace troupe_test
