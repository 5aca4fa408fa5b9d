// loop/from_threads.hpp: what tests of every loop do to it from other threads.
#pragma once
#include <array>
#include <coroutine>
#include <future>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread/ensemble.hpp>
#include <vector>

namespace troupe_test {

using namespace troupe;

/// Awaitable of a foreign library: resumes the coroutine from a thread of its own.
class Elsewhere {
 public:
  explicit Elsewhere(std::vector<std::thread>& threads) : threads_(&threads) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    threads_->emplace_back([h] { h.resume(); });
  }
  void await_resume() const noexcept {}

 private:
  std::vector<std::thread>* threads_;
};
/// Lends the list to a task; the test owns it, and outlives the task.
struct Threads {
  explicit Threads(std::vector<std::thread>& t) : all(&t) {}
  std::vector<std::thread>* all;
};

/// Goes to other threads and back `times` times, then asks for a shutdown.
inline Task<int> wander(Core& core, Threads threads, int times) {
  const std::thread::id home = std::this_thread::get_id();
  int at_home = 0;
  for (int i = 0; i < times; ++i) {
    co_await Elsewhere(*threads.all);
    at_home += std::this_thread::get_id() == home;
  }
  core.shutdown(StopCause::stopped);
  co_return at_home;
}

/// A task wanders while `drive()` runs the loop, until it has come home for the last time; the
/// runtime then runs what is left.
/// @returns how many of `times` resumptions were on this thread
template <class Drive> int come_home(Runtime& rt, int times, Drive&& drive) {
  std::vector<std::thread> threads;
  int at_home = 0;
  spawn(rt, wander, ret_some_do([](int* out, int n) { *out = n; }, unsafe_borrow(&at_home)),
        Threads(threads), times);
  drive();
  rt.run();
  for (auto& t : threads) t.join();
  return at_home;
}

struct Player {
  // There and back so often; then both go home.
  void hit(Cx<Player>& cx, Remote<Player> me, Remote<Player> other, int left) {
    if (left >= 0) call<&Player::hit>(other, other, std::move(me), left - 1);
    if (left > 0) return;
    Core& core = cx;
    core.shutdown(StopCause::stopped);
  }
};

/// Two loops on two threads, whose runtimes have nothing but each other's calls to wake them: a
/// wake that is lost is a test that does not end.
template <class Loop> void play_to_and_fro(int hits, AnyDuration spin) {
  const Ensemble all(2);
  std::array<std::promise<Remote<Player>>, 2> here;
  const auto play = [&](unsigned me) {
    Runtime rt{Clock::now()};
    Loop loop(rt);
    loop.set_spin(spin);
    all.seat(me, rt);
    const auto player = make_actor<Player>(rt, ret_nop);
    const Remote<Player> mine = remote(player);
    here[me].set_value(mine);
    const Remote<Player> other = here[1 - me].get_future().get();
    if (me == 0) call<&Player::hit>(player, mine, other, hits);
    loop.run();
  };
  std::thread other(play, 1);
  play(0);
  other.join();
}

}  // namespace troupe_test
