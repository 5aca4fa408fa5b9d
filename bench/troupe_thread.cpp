// bench/troupe_thread.cpp: the workloads of room `thread` on Troupe. All but `offload` are on one
// thread: what the instructions cost, without what the machine adds when two cores share a line.
// What the workloads are: bench/README.md.
#include <cstdlib>
#include <optional>
#include <troupe/core.hpp>
#include <troupe/loop/bare.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

#include "support/measure.hpp"

namespace {

using namespace troupe;
using bench::Run;
using bench::triangle;
using bench::u64;

struct Adder {
  u64 answered = 0;
  void add(Cx<Adder>&, u64 value) { bench::sum += value; }
  void query(Cx<Adder>&, u64 value, Ret<u64> ret) {
    ++answered;
    ret(value);
  }
};

// Calls the adder so many times in one turn, from a number on.
template <class To> struct Caller {
  To adder;
  void burst(Cx<Caller>&, u64 first, u64 count) {
    for (u64 value = first; value != first + count; ++value) call<&Adder::add>(adder, value);
  }
};

// An adder in one runtime and who calls it in another.
struct Two {
  Ensemble all{2};
  Runtime home, away;
  ActorOwn<Adder> adder;
  Two() {
    all.seat(0, home);
    all.seat(1, away);
    adder = make_actor<Adder>(away, ret_nop);
    away.run();
  }
};

// How the host runs both. `rests`: as one that may sleep behind each run, so that each burst wakes
// one runtime.
constexpr RunLimit stays{.stays_awake = true};
constexpr RunLimit rests{};

int remote(const Run& run, u64 each, const RunLimit& how) {
  Two two;
  const auto caller = make_actor<Caller<Remote<Adder>>>(two.home, ret_nop, remote(two.adder));
  two.home.run();
  run.repeat([&](u64 n) {
    for (u64 first = 0; first != n; first += each) {
      call<&Caller<Remote<Adder>>::burst>(caller, first, each);
      two.home.run(two.home.now(), how);
      two.away.run(two.away.now(), how);
    }
  });
  return run.check(triangle(run.n));
}

int local(const Run& run, u64 each, const RunLimit& how) {
  Runtime rt;
  const auto adder = make_actor<Adder>(rt, ret_nop);
  const auto caller = make_actor<Caller<Actor<Adder>>>(rt, ret_nop, adder.actor());
  rt.run();
  run.repeat([&](u64 n) {
    for (u64 first = 0; first != n; first += each) {
      call<&Caller<Actor<Adder>>::burst>(caller, first, each);
      rt.run(rt.now(), how);
    }
  });
  return run.check(triangle(run.n));
}

Task<u64> ask_all(Remote<Adder> adder, u64 n) {
  u64 total = 0;
  for (u64 value = 0; value < n; ++value) total += co_await ask<&Adder::query>(adder, value);
  co_return total;
}

// One turn of each runtime a question.
int remote_ask(const Run& run) {
  Two two;
  run.repeat([&](u64 n) {
    bool over = false;
    spawn(two.home, ask_all,
          ret_some_do(
              [](bool& done, u64 value) {
                bench::sum += value;
                done = true;
              },
              unsafe_borrow(over)),
          remote(two.adder), n);
    while (!over) {
      two.home.run(two.home.now(), stays);
      two.away.run(two.away.now(), stays);
    }
  });
  return run.check(triangle(run.n));
}

struct Receiver {
  void take(Cx<Receiver>&, std::optional<u64> value) { bench::sum += value.value_or(0); }
};

// A thousand items, then a turn.
int channel_1000(const Run& run) {
  Runtime rt;
  const auto receiver = make_actor<Receiver>(rt, ret_nop);
  rt.run();
  auto ends = channel<u64>(rt, fwd_to<&Receiver::take>(receiver));
  run.repeat([&](u64 n) {
    for (u64 first = 0; first != n; first += bench::batch) {
      for (u64 value = first; value != first + bench::batch; ++value)
        if (!ends.sender.send(value)) std::abort();
      rt.run();
    }
  });
  return run.check(triangle(run.n));
}

Task<u64> offload_all(PoolRef pool, u64 n) {
  u64 total = 0;
  for (u64 value = 0; value < n; ++value)
    total += co_await offload(pool, [](u64 same) { return same; }, value);
  co_return total;
}

// A task hands a job to another thread and awaits its result; both threads share a core.
int offload_one(const Run& run) {
  Pool pool({.threads = 1});
  Runtime rt{Clock::now()};
  BareLoop loop(rt);
  run.repeat([&](u64 n) {
    spawn(rt, offload_all,
          ret_some_do(
              [](Runtime& home, u64 value) {
                bench::sum += value;
                home.core().shutdown(StopCause::stopped);
              },
              unsafe_borrow(rt)),
          pool.ref(), n);
    loop.run();
  });
  return run.check(triangle(run.n));
}

}  // namespace

int main(int argc, char** argv) {
  const Run run = Run::from_args(argc, argv);
  if (run.is("remote_1000")) return remote(run, 1000, stays);
  if (run.is("remote_10")) return remote(run, 10, stays);
  if (run.is("rests_1000")) return remote(run, 1000, rests);
  if (run.is("rests_10")) return remote(run, 10, rests);
  if (run.is("local_1000")) return local(run, 1000, stays);
  if (run.is("local_10")) return local(run, 10, stays);
  if (run.is("remote_ask")) return remote_ask(run);
  if (run.is("channel")) return channel_1000(run);
  if (run.is("offload")) return offload_one(run);
  return run.unknown();
}
