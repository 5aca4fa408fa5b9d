// examples/other_thread.cpp: an awaitable of other code wakes a task from another thread.
//
// It was not written for Troupe: it knows a std::coroutine_handle and nothing else. The handle that
// it gets wakes our task on the task's own thread; the awaitables of Troupe itself pay nothing for
// that.
#include <coroutine>
#include <cstdio>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/loop.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Computed {  // computes on a thread of its own
  explicit Computed(int number) : n(number) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    thread = std::thread([this, waiter] {
      result = n * n;
      waiter.resume();  // on that thread
    });
  }
  int await_resume() {
    thread.join();
    return result;
  }
  int n, result = 0;
  std::thread thread;
};

int main() {
  Runtime rt{Clock::now()};
  spawn(
      rt,
      [](Core& core) -> Task<> {
        const std::thread::id mine = std::this_thread::get_id();
        const int square = co_await Computed(12);
        std::printf("%d, and %s\n", square,
                    std::this_thread::get_id() == mine ? "back on my thread" : "lost");
        core.shutdown(StopCause::stopped);
      },
      ret_nop);
  run(rt);  // real time, until somebody asks for a shutdown
}
