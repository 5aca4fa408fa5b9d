// bench/troupe_cores.cpp: the workloads of room `thread` whose threads run at the same time, each
// on a core of its own where there are enough. What the workloads are: bench/README.md.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <latch>
#include <optional>
#include <thread>
#include <troupe/core.hpp>
#include <troupe/loop/bare.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>
#include <utility>

#include "support/measure.hpp"
#include "support/producers.hpp"

namespace {

using namespace troupe;
using bench::Run;
using bench::triangle;
using bench::u64;

// What a loop looks for work before it sleeps.
constexpr std::chrono::microseconds spin{50};

// Ends its runtime when it has got so many numbers.
class Receiver {
 public:
  explicit Receiver(u64 left) : left_(left) {}
  void take(Cx<Receiver>& cx, std::optional<u64> value) {
    bench::sum += value.value_or(0);
    if (value && --left_ == 0) cx.core().shutdown(StopCause::stopped);
  }

 private:
  u64 left_;
};

// Threads send numbers into one channel, whose other end is an actor.
int cross_channel(const Run& run, unsigned producers) {
  run.repeat_wall([&](u64 n) {
    Runtime rt{Clock::now()};
    BareLoop loop(rt);
    loop.set_spin(spin);
    const auto receiver = make_actor<Receiver>(rt, ret_nop, n);
    auto ends = channel<u64>(rt, fwd_to<&Receiver::take>(receiver));
    return bench::produce(
        producers, n,
        [&] {
          return [sender = ends.sender](u64 value) {
            if (!sender.send(value)) std::abort();
          };
        },
        [&] { loop.run(); });
  });
  return run.check(triangle(run.n));
}

// Calls from one turn to the next: fewer than what may be written for one look at the room.
constexpr u64 burst = 100;

// Adds what it is called with. Ends its runtime when it has had its share, and the caller beside it
// has made all its calls.
class Adder {
 public:
  explicit Adder(u64 calls) : left_(calls + 1) {}
  void add(Cx<Adder>& cx, u64 value) {
    sum_ += value;
    done(cx);
  }
  void done(Cx<Adder>& cx) {
    if (--left_ == 0) cx.core().shutdown(StopCause::stopped);
  }
  u64 sum() const { return sum_; }

 private:
  u64 left_, sum_ = 0;
};

// Calls 0 .. n - 1, a burst a turn: of each so many calls, one goes to the adder of the other
// runtime, where there is one, and the others to that beside the caller.
class Caller {
 public:
  Caller(std::optional<Remote<Adder>> other, u64 one_in, Actor<Adder> beside, u64 n)
      : other_(std::move(other)), one_in_(one_in), beside_(std::move(beside)), n_(n) {}
  Task<> go(Cx<Caller>& cx) {
    if (other_) {
      const bool there = co_await room(*other_);
      if (!there) std::abort();
    }
    for (const u64 end = next_ + burst; next_ != end; ++next_) {
      if (other_ && next_ % one_in_ == 0) {
        call<&Adder::add>(*other_, next_);
      } else {
        call<&Adder::add>(beside_, next_);
      }
    }
    if (next_ != n_) {
      call<&Caller::go>(cx);
    } else {
      call<&Adder::done>(beside_);
    }
  }

 private:
  std::optional<Remote<Adder>> other_;
  u64 one_in_;
  Actor<Adder> beside_;
  u64 n_, next_ = 0;
};

// One of two threads: its runtime, and the adder that the other one calls.
struct Side {
  Runtime rt{Clock::now()};
  BareLoop loop{rt};
  ActorOwn<Adder> adder;
  explicit Side(u64 n) : adder(make_actor<Adder>(rt, ret_nop, n)) { loop.set_spin(spin); }
};

// Two threads at work at once; the time of both.
template <class Body> double both(Body body) {
  std::latch all_there(3);
  std::array<std::jthread, 2> threads;
  for (unsigned me = 0; me != 2; ++me) {
    threads[me] = std::jthread([&, me] { body(me, all_there); });
  }
  all_there.arrive_and_wait();
  const double start = bench::wall_ns();
  for (std::jthread& thread : threads) thread.join();
  return bench::wall_ns() - start;
}

// Two runtimes on two cores with n calls in all, half of them by each; one call in so many goes to
// the other runtime. 0: none, the runtimes know nothing of each other.
int cross_calls(const Run& run, u64 one_in) {
  std::array<u64, 2> sums{};
  run.repeat_wall([&](u64 n) {
    const Ensemble all{2};
    std::array<std::optional<Remote<Adder>>, 2> adders;
    std::latch made(2), over(2);
    return both([&](unsigned me, std::latch& all_there) {
      Side side(n / 2);
      if (one_in != 0) {
        all.seat(me, side.rt);
        adders[me] = remote(side.adder);
        made.arrive_and_wait();
      }
      const auto caller =
          make_actor<Caller>(side.rt, ret_nop, adders[1 - me], one_in, side.adder.actor(), n / 2);
      call<&Caller::go>(caller);
      all_there.arrive_and_wait();
      side.loop.run();
      sums[me] += query<&Adder::sum>(side.rt, side.adder).value_or(0);
      over.arrive_and_wait();
    });
  });
  bench::sum = sums[0] + sums[1];
  return run.check(2 * triangle(run.n / 2));
}

// Answers with what it is asked, until its runtime is to end.
struct Echo {
  void query(u64 value, Ret<u64> ret) { ret(value); }
  void end(Cx<Echo>& cx) { cx.core().shutdown(StopCause::stopped); }
};

Task<> ask_all(Core& core, Remote<Echo> echo, u64 n) {
  for (u64 value = 0; value != n; ++value) {
    const u64 answer = co_await ask<&Echo::query>(echo, value);
    bench::sum += answer;
  }
  core.shutdown(StopCause::stopped);
}

// A task asks an actor of another runtime and awaits the answer, both loops awake all the time.
int cross_ask(const Run& run) {
  constexpr std::chrono::seconds always{1};
  const Ensemble all{2};
  std::promise<Remote<Echo>> made;
  std::jthread other([&] {
    Runtime rt{Clock::now()};
    BareLoop loop(rt);
    loop.set_spin(always);
    all.seat(1, rt);
    const auto echo = make_actor<Echo>(rt, ret_nop);
    made.set_value(remote(echo));
    loop.run();
  });
  const Remote<Echo> echo = made.get_future().get();
  Runtime rt{Clock::now()};
  BareLoop loop(rt);
  loop.set_spin(always);
  all.seat(0, rt);
  run.repeat_wall([&](u64 n) {
    spawn(rt, ask_all, ret_nop, echo, n);
    const double start = bench::wall_ns();
    loop.run();
    return bench::wall_ns() - start;
  });
  call<&Echo::end>(echo);
  return run.check(triangle(run.n));
}

// The least that two threads need to ask and answer: a number that goes to and fro.
int flag(const Run& run) {
  struct alignas(64) Cell {
    std::atomic<u64> number{0};
    void wait_for(u64 value) const {
      while (number.load(std::memory_order_acquire) != value) {}
    }
  };
  Cell question, answer;
  const std::jthread other([&, all = run.n * run.reps] {
    for (u64 k = 1; k <= all; ++k) {
      question.wait_for(k);
      answer.number.store(k, std::memory_order_release);
    }
  });
  u64 k = 0;
  run.repeat_wall([&](u64 n) {
    const double start = bench::wall_ns();
    for (u64 value = 0; value != n; ++value) {
      question.number.store(++k, std::memory_order_release);
      answer.wait_for(k);
      bench::sum += value;
    }
    return bench::wall_ns() - start;
  });
  return run.check(triangle(run.n));
}

}  // namespace

int main(int argc, char** argv) {
  const Run run = Run::from_args(argc, argv);
  if (run.is("cross_channel_1")) return cross_channel(run, 1);
  if (run.is("cross_channel_2")) return cross_channel(run, 2);
  if (run.is("cross_calls_1")) return cross_calls(run, 1);
  if (run.is("cross_calls_10")) return cross_calls(run, 10);
  if (run.is("cross_ask")) return cross_ask(run);
  if (run.is("flag")) return flag(run);
  if (run.is("apart")) return cross_calls(run, 0);
  return run.unknown();
}
