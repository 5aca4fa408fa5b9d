// asio/timers.cpp: waitable timers on a clock that the workload moves by hand.
//
// The program is built with Asio's select reactor (ASIO_DISABLE_EPOLL), which looks at the timers
// at each poll. The epoll reactor looks at them when a timerfd of the kernel fires, which cannot
// follow such a clock but at 20 us a step.
#include <asio/basic_waitable_timer.hpp>
#include <asio/error.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "workloads.hpp"

namespace asio_peer {
namespace {

struct ManualClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ManualClock>;
  [[maybe_unused]] static constexpr bool is_steady = true;  // a clock has it
  static inline time_point current{};
  static time_point now() noexcept { return current; }
};

// The reactor never sleeps for this clock.
struct NoWait {
  static ManualClock::duration to_wait_duration(const ManualClock::duration&) { return {}; }
  static ManualClock::duration to_wait_duration(const ManualClock::time_point&) { return {}; }
};

using Timer = asio::basic_waitable_timer<ManualClock, NoWait>;
using std::chrono::microseconds;

ManualClock::time_point within_span(bench::Xorshift& random) {
  return ManualClock::now() + microseconds(random.next() % bench::timer_span_us);
}

}  // namespace

// A timer is an object of its own here, which its handler keeps alive.
int timers(const Run& run, bool time_adding) {
  asio::io_context context(one_thread);
  bench::Xorshift random;
  for (u64 rep = 0; rep < run.reps; ++rep) {
    const double start = bench::now_ns();
    for (u64 value = 0; value < run.n; ++value) {
      auto owned = std::make_unique<Timer>(context, within_span(random));
      Timer& timer = *owned;
      timer.async_wait(
          [owned = std::move(owned), value](const asio::error_code&) { bench::sum += value; });
    }
    const double added = bench::now_ns();
    for (u64 i = 0; i < bench::timer_steps; ++i) {
      ManualClock::current += microseconds(bench::timer_step_us);
      drain(context);
    }
    const double took = time_adding ? added - start : bench::now_ns() - added;
    run.line(rep, took / static_cast<double>(run.n));
  }
  return run.check(bench::triangle(run.n));
}

// Deleting a timer cancels its wait, and the handler hears of it when the context runs.
int timer_add_delete(const Run& run) {
  asio::io_context context(one_thread);
  bench::Xorshift random;
  std::vector<Timer> others;
  for (int i = 0; i < 1000; ++i) {
    others.emplace_back(context, within_span(random)).async_wait([](const asio::error_code&) {});
  }
  run.repeat([&](u64 n) {
    for (u64 first = 0; first < n; first += bench::batch) {
      for (u64 i = 0; i < bench::batch; ++i) {
        Timer timer(context, within_span(random));
        timer.async_wait([](const asio::error_code& error) {
          bench::sum += error == asio::error::operation_aborted;
        });
      }
      drain(context);
    }
  });
  return run.check(run.n);
}

// Asio has no cheap way to push a wait on: each push cancels it and waits anew.
int timer_max(const Run& run) {
  asio::io_context context(one_thread);
  Timer timer(context);
  auto expiry = ManualClock::now();
  u64 fired = 0;
  run.repeat([&](u64 n) {
    expiry = ManualClock::now() + microseconds(bench::timer_max_ahead_us);
    for (u64 first = 0; first < n; first += bench::batch) {
      for (u64 i = 0; i < bench::batch; ++i) {
        expiry += microseconds(1);
        timer.expires_at(expiry);
        timer.async_wait([&](const asio::error_code& error) { fired += !error; });
      }
      drain(context);
    }
  });
  ManualClock::current = expiry - std::chrono::seconds(1);
  drain(context);
  bench::sum += run.reps - 1 - fired;  // wrong if it has expired early
  ManualClock::current = expiry;
  drain(context);
  bench::sum += fired;
  return run.check(1);
}

}  // namespace asio_peer
