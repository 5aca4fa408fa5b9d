// core/fault_sweep_test.cpp: one busy scenario, broken at every place at which it can break.
//
// A boss, its workers, children, starters, timers, forwards and Rets run for some virtual seconds.
// The sweeps repeat that while the n-th allocation fails, or all from the n-th on; while the n-th
// handler throws; while the boss is killed, or the runtime ends, behind the n-th record. Whatever
// breaks, nothing leaks, every Ret is answered once and the rest runs on.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <troupe/core.hpp>
#include <vector>

#include "support/allocations.hpp"

#if TROUPE_EXCEPTIONS
namespace troupe {
namespace fault_sweep_test {

using namespace std::chrono_literals;
using troupe_test::Allocations;
using troupe_test::FailAllocation;

struct BookRow {
  int answers = 0;
  bool for_boss = false;
};
/// All Rets of one run, by number.
struct Books {
  static inline std::array<BookRow, 4096> rows;
  static inline int made = 0;
  static void clear() {
    rows.fill(BookRow{});
    made = 0;
  }
  /// The number of the Ret that is about to be made; made() counts it once that has worked.
  static int next() { return made; }
  template <class R> static R keep(R ret, bool for_boss) {
    rows.at(static_cast<std::size_t>(made++)).for_boss = for_boss;
    return ret;
  }
  static void answered(int number) { ++rows.at(static_cast<std::size_t>(number)).answers; }
};

/// Throws at the n-th handler, constructor or body.
struct Boundary {
  static inline long count = 0, throw_at = -1;
  static void pass() {
    if (count++ == throw_at) throw std::runtime_error("thrown by the sweep");
  }
};

const std::string long_text(48, 'x');

template <class F> void attempt(F&& f) {  // a handler that lives on without memory
  try {
    f();
  } catch (const std::bad_alloc&) {}
}

struct Worker {
  explicit Worker(Cx<Worker>& cx) {
    Boundary::pass();
    attempt([&] { cx.set_name(long_text); });
  }
  void query(Cx<Worker>&, int v, Ret<int> ret) {
    Boundary::pass();
    ret(v);
  }
  void forget(const std::string&, Ret<int>) { Boundary::pass(); }
  void keep(Ret<int> ret) {
    Boundary::pass();
    kept.push_back(std::move(ret));
  }
  void fan(Fwd<int> fwd) {
    Boundary::pass();
    for (int i = 0; i < 3; ++i) fwd(i);
  }
  void crash() { throw std::runtime_error(long_text); }
  void stop(Cx<Worker>& cx) { cx.stop(); }
  std::vector<Ret<int>> kept;
};

struct Slow {
  explicit Slow(std::string t) : text(std::move(t)) { Boundary::pass(); }
  static void connect(Prep<Slow>& prep, int how, Ret<int> hello) {
    Boundary::pass();
    if (how == 0) return prep.stop();
    after<&Slow::connected>(prep, 10ms, how, std::move(hello));
  }
  static void connected(Prep<Slow>& prep, int how, Ret<int> hello) {
    if (how == 1) prep.ready(long_text);
    Boundary::pass();  // also with the state built and the held calls about to run
    if (how == 2) prep.fail("no connection");
    hello(how);
  }
  void query(const std::string& t, Ret<int> ret) {
    Boundary::pass();
    ret(static_cast<int>(t.size()));
  }
  std::string text;
};

struct Child {
  Child(Cx<Child>& cx, int i) {
    Boundary::pass();
    if (i % 2)
      after<&Child::end>(cx, 1ms * i);
    else
      call<&Child::end>(cx);
  }
  void end(Cx<Child>& cx) {
    Boundary::pass();
    cx.stop();
  }
};

class Boss {
 public:
  explicit Boss(Cx<Boss>& cx) { hire(cx); }

  void go(Cx<Boss>& cx, int i) {
    Boundary::pass();
    attempt([&] { call<&Worker::query>(worker_, i, small(cx)); });
    attempt([&] { call<&Worker::forget>(worker_, long_text, large(cx)); });
    attempt([&] { call<&Worker::keep>(worker_, i % 2 ? body() : large_body()); });
    attempt([&] { call<&Worker::keep>(worker_, some(cx)); });
    attempt([&] { call<&Worker::fan>(worker_, fwd_to<&Boss::tick>(cx, long_text)); });
    attempt([&] {
      set_.add(fwd_to<&Boss::tick>(cx, long_text));
      set_(i);
    });
    attempt([&] { after<&Worker::query>(worker_, 5ms * i, i, small(cx)); });
    attempt([&] { after<&Worker::forget>(worker_, 5ms, long_text, large(cx)); });
    attempt([&] { timer_max<&Worker::keep>(max_, worker_, cx.now() + 20ms * i, body()); });
    attempt([&] { timer_min<&Worker::keep>(min_, worker_, cx.now() + 1s - 20ms * i, large(cx)); });
    attempt([&] { call<&Worker::keep>(worker_, large(cx).with_timeout(cx, 30ms)); });
    attempt([&] { call<&Worker::query>(worker_, i, large_body().with_timeout(cx, 30ms)); });
    attempt([&] { lazy<&Worker::query>(worker_, i, large(cx)); });
    attempt([&] { idle<&Worker::query>(worker_, i, small(cx)); });
    attempt([&] { make_actor_in<&Boss::children_>(cx, end(cx), i); });
    attempt([&] { watch(worker_, end(cx)); });
    attempt([&] { start(cx, i); });
    if (i % 4 == 3) call<&Worker::crash>(worker_);
  }
  void finish() {
    starting_.clear();
    children_ = {};
    if (worker_) call<&Worker::stop>(worker_);
  }
  void got(int number, Reply<int>) {
    Books::answered(number);
    Boundary::pass();
  }
  void got_large(const std::string&, int number, Reply<int>) {
    Books::answered(number);
    Boundary::pass();
  }
  void got_some(int) { Boundary::pass(); }
  void ended(int number, Reply<StopCause>) {
    Books::answered(number);
    Boundary::pass();
  }
  void worker_ended(Cx<Boss>& cx, int number, Reply<StopCause> cause) {
    Books::answered(number);
    Boundary::pass();
    if ((!cause || *cause == StopCause::failed) && --restarts_left_ > 0) attempt([&] { hire(cx); });
  }
  void tick(const std::string&, int) { Boundary::pass(); }

 private:
  void hire(Cx<Boss>& cx) {
    Boundary::pass();
    auto notice = Books::keep(ret_to<&Boss::worker_ended>(cx, Books::next()), true);
    worker_ = make_actor<Worker>(cx, std::move(notice));
  }
  void start(Cx<Boss>& cx, int i) {
    auto slow =
        make_actor_prep<&Slow::connect>(cx, end(cx), i % 4, i % 2 ? small(cx) : large_body());
    call<&Slow::query>(slow, long_text, large(cx));
    call<&Slow::query>(slow, std::string(), body());
    starting_.push_back(std::move(slow));
  }
  static Ret<int> small(Cx<Boss>& cx) {
    return Books::keep(ret_to<&Boss::got>(cx, Books::next()), true);
  }
  static Ret<int> large(Cx<Boss>& cx) {
    return Books::keep(ret_to<&Boss::got_large>(cx, long_text, Books::next()), true);
  }
  static Ret<int> some(Cx<Boss>& cx) { return ret_some_to<&Boss::got_some>(cx); }
  static Ret<StopCause> end(Cx<Boss>& cx) {
    return Books::keep(ret_to<&Boss::ended>(cx, Books::next()), true);
  }
  static Ret<int> body() {
    return Books::keep(ret_do<int>(
                           [](int number, Reply<int>) {
                             Books::answered(number);
                             Boundary::pass();
                           },
                           Books::next()),
                       false);
  }
  static Ret<int> large_body() {
    return Books::keep(ret_do<int>(
                           [](int number, const std::string&, Reply<int>) {
                             Books::answered(number);
                             Boundary::pass();
                           },
                           Books::next(), long_text),
                       false);
  }
  int restarts_left_ = 20;  // without memory every new one fails at once
  ActorOwn<Worker> worker_;
  ActorSlab<Child> children_;
  std::vector<ActorOwn<Slow>> starting_;
  FwdSet<int> set_;
  MaxTimerKey max_;
  MinTimerKey min_;
};

/// One run of the scenario. What breaks it is set up by the caller.
class Scenario {
 public:
  Scenario() : boss_(make_actor<Boss>(rt, ret_nop)) {
    rt.core().anymap_set(long_text);
    rt.set_failure_hook([](Core&, const FailureReport&) { ++failures; });
    rt.set_logger({}, nullptr);  // they come by the thousand
    for (int i = 0; i < 4; ++i) call<&Boss::go>(boss_, i);
    for (int i = 4; i < 8; ++i) after<&Boss::go>(boss_, 10ms + 1ms * i, i);
  }
  /// Runs for `steps` times 10 ms.
  void run(int steps) {
    for (int i = 0; i < steps; ++i) step(rt.now() + 10ms);
  }
  /// Whether there was a record to run.
  bool run_one() {
    try {
      return rt.run_one();
    } catch (const std::exception&) {
      return true;
    }
  }
  /// Lets go of all that waits, and runs until nothing is left.
  void finish() {
    call<&Boss::finish>(boss_);
    for (int i = 0; i < 100; ++i) step(rt.now() + 1s);
    EXPECT_EQ(rt.live_timers(), 0u);
    boss_lives = !boss_.is_zombie();
  }
  void kill_boss() { boss_.kill(long_text); }

  Runtime rt;
  static inline int failures = 0;
  static inline bool boss_lives = false;

 private:
  void step(Instant to) {
    for (bool again = true; again;) {
      again = false;
      try {
        again = rt.run(to, true);
      } catch (const std::exception&) {  // out of a body
        again = true;
      }
    }
  }
  ActorOwn<Boss> boss_;
};

class FaultSweep : public ::testing::Test {
 protected:
  void SetUp() override {
    Boundary::throw_at = -1;
    begin();
  }
  void begin() {
    Books::clear();
    Boundary::count = 0;
    Scenario::failures = 0;
    Scenario::boss_lives = false;
    live_ = Allocations::live;
    rets_ = Ledger::here().live();
  }
  /// When all is over.
  void check() {
    EXPECT_EQ(Allocations::live, live_) << "leak";
    EXPECT_EQ(Ledger::here().live(), rets_);
    int wrong = 0;
    for (int i = 0; i < Books::made; ++i) {
      const auto& row = Books::rows[static_cast<std::size_t>(i)];
      const bool must = !row.for_boss || Scenario::boss_lives;
      if (row.answers > 1 || (must && row.answers != 1)) ++wrong;
    }
    EXPECT_EQ(wrong, 0) << "Rets not answered, or twice, of " << Books::made;
  }
  /// The undisturbed run; how many allocations it makes.
  std::int64_t undisturbed() {
    const std::int64_t before = Allocations::made;
    {
      Scenario all;
      all.run(30);
      all.finish();
    }
    EXPECT_TRUE(Scenario::boss_lives);
    EXPECT_GT(Books::made, 100);
    EXPECT_EQ(Scenario::failures, 4) << "two crashed workers, two failed starters";
    check();
    return Allocations::made - before;
  }
  void sweep_allocations(bool all, bool to_the_end) {
    const std::int64_t last = undisturbed();
    for (std::int64_t n = 0; n < last && !HasFailure(); ++n) {
      SCOPED_TRACE("allocation " + std::to_string(n) + " of " + std::to_string(last));
      begin();
      FailAllocation fail(n, all);
      try {
        Scenario some;
        some.run(30);
        if (!to_the_end) {
          fail.stop();
          some.finish();
        }
      } catch (const std::bad_alloc&) {  // the scenario's own
      }
      fail.stop();
      check();
    }
  }

 private:
  std::int64_t live_ = 0;
  std::uint64_t rets_ = 0;
};

TEST_F(FaultSweep, OneAllocationFails) { sweep_allocations(false, false); }
TEST_F(FaultSweep, AllAllocationsFailFromOneOn) { sweep_allocations(true, false); }
TEST_F(FaultSweep, AllAllocationsFailFromOneOnUntilTheRuntimeHasEnded) {
  sweep_allocations(true, true);
}

TEST_F(FaultSweep, OneHandlerThrows) {
  undisturbed();
  const long last = Boundary::count;
  ASSERT_GT(last, 100);
  for (long n = 0; n < last && !HasFailure(); ++n) {
    SCOPED_TRACE("boundary " + std::to_string(n) + " of " + std::to_string(last));
    begin();
    Boundary::throw_at = n;
    {
      Scenario some;
      some.run(30);
      some.finish();
    }
    Boundary::throw_at = -1;
    check();
  }
}

TEST_F(FaultSweep, TheBossIsKilledBehindOneRecord) {
  for (int n = 0; n < 400 && !HasFailure(); ++n) {
    SCOPED_TRACE("record " + std::to_string(n));
    begin();
    {
      Scenario some;
      for (int i = 0; i < n; ++i)
        if (!some.run_one()) some.run(1);
      some.kill_boss();
      some.run(30);
      some.finish();
    }
    EXPECT_FALSE(Scenario::boss_lives);
    check();
  }
}

TEST_F(FaultSweep, TheRuntimeEndsBehindOneRecord) {
  for (int n = 0; n < 400 && !HasFailure(); ++n) {
    SCOPED_TRACE("record " + std::to_string(n));
    begin();
    {
      Scenario some;
      for (int i = 0; i < n; ++i)
        if (!some.run_one()) some.run(1);
    }
    check();
  }
}

TEST_F(FaultSweep, TheQueueIsAtItsBound) {
  for (std::size_t bound = 0; bound < 40000 && !HasFailure(); bound += 1000) {
    SCOPED_TRACE("bytes " + std::to_string(bound));
    begin();
    {
      Scenario some;
      some.rt.set_max_queued(bound);
      some.run(30);
      some.rt.set_max_queued(SIZE_MAX);
      some.finish();
    }
    check();
  }
}

TEST_F(FaultSweep, ThePoolIsAtItsBound) {
  for (std::size_t bound = 0; bound < 40 * detail::Block::size && !HasFailure();
       bound += detail::Block::size) {
    SCOPED_TRACE("bytes " + std::to_string(bound));
    begin();
    {
      Scenario some;
      some.rt.set_max_pool(bound);
      some.run(30);
      some.finish();
    }
    check();
  }
}

}  // namespace fault_sweep_test
}  // namespace troupe
#endif
