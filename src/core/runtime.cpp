// core/runtime.cpp: the turn of the loop, and the end of everything.
#include <troupe/core/runtime.hpp>

#include <algorithm>
#include <cstdio>
#include <troupe/base/borrow.hpp>
#include <troupe/core/answer.hpp>
#include <troupe/core/feed.hpp>
#include <troupe/core/held.hpp>
#include <troupe/core/job_wait.hpp>
#include <troupe/core/ledger.hpp>
#include <troupe/core/life.hpp>
#include <troupe/core/probe.hpp>
#include <troupe/core/throw_later.hpp>

#include "extras.hpp"
#include "list_alive.hpp"
#include "parked.hpp"

namespace troupe {
namespace {

constexpr std::size_t items_between_looks = 64;  // at the clock, where a run has an `until`
constexpr Duration longest_virtual_step = std::chrono::hours(24 * 365);
constexpr int most_losses =
    100;  // of foreign code that begins again whenever it is told that the runtime ends
thread_local int runtimes_here = 0;

}  // namespace

struct Runtime::Turn {  // while it lives, this runtime is the one that runs on this thread
  explicit Turn(detail::Kernel& k) noexcept
      : kernel(k), before(std::exchange(detail::Kernel::current, &k)) {
    kernel.rouse();
  }
  ~Turn() {
    kernel.running = nullptr;
    kernel.rest();
    detail::Kernel::current = before;
    if (kernel.feed) kernel.feed->end_run();
    if (!stays_awake) kernel.let_host_sleep();
  }
  detail::Kernel& kernel;
  detail::Kernel* before;
  bool stays_awake = false;  // not where something is thrown: the host may never come back
};

Runtime::Runtime(AnyInstant now)
    : kernel_(detail::kernel_of(*new Core(now))), rets_before_(Ledger::here().live_of_runtimes()) {
  ++runtimes_here;
}

bool Runtime::run(AnyInstant now, bool idle) { return turn(now, RunLimit{}, idle).idle; }
RunResult Runtime::run(AnyInstant now, RunLimit limit, bool idle) { return turn(now, limit, idle); }

struct Runtime::Budget {
  explicit Budget(const RunLimit& l) noexcept : limit(l), until(l.until), items(l.items) {}
  bool is_spent() const noexcept { return items == 0 || late; }
  bool is_timed() const noexcept { return until != Instant::max(); }
  bool is_unlimited() const noexcept { return items == SIZE_MAX && !is_timed(); }
  // So many records at most before charge() is told of them.
  std::size_t slice() const noexcept { return is_timed() ? std::min(items, to_look) : items; }
  // The clock is looked at every so many records, however many slices they came in: a look takes
  // as long as some ten calls do.
  void charge(std::size_t ran) noexcept {
    if (items != SIZE_MAX) items -= ran;
    if (!is_timed() || (to_look -= std::min(ran, to_look)) != 0) return;
    to_look = items_between_looks;
    late = limit.clock() >= until;
  }
  const RunLimit& limit;
  Instant until;
  std::size_t items;
  std::size_t to_look = items_between_looks;
  bool late = false;
};

RunResult Runtime::turn(Instant now, const RunLimit& limit, bool idle) {
  detail::Kernel& k = kernel_;
  if (k.running) panic("run() was called from inside run()", "Runtime::run");
  detail::expect_no_borrow("Runtime::run");
#if TROUPE_DEBUG
  if (!k.inbox->here())
    panic("a runtime was run on another thread than the one that made it", "Runtime::run");
#endif
  Turn turn(k);
  k.running = &k.idle;
  if (limit.stays_awake) k.inbox->rouse();
  k.inbox->poll();
  if (k.feed) k.feed->look();
  const auto run_idle_item = [&](auto watch) {
    if (idle)
      k.idle.run_until(std::addressof(k.core), k.idle.tail(), k.idle.empty() ? 0 : 1, watch);
  };
  k.probe ? run_idle_item(detail::Watched{*k.probe}) : run_idle_item(detail::Unwatched{});
  if (now > k.now || has_late_timers()) {
    k.now = std::max(now, k.now);
    k.timers.advance(k.now, k.core);
  }
  Budget budget(limit);
  const bool stopped = !(k.probe ? run_queues(budget, detail::Watched{*k.probe})
                                 : run_queues(budget, detail::Unwatched{}));
  if (k.pending) [[unlikely]] {
#if TROUPE_EXCEPTIONS
    std::rethrow_exception(std::exchange(k.pending, nullptr));
#endif
  }
  turn.stays_awake = limit.stays_awake && !k.shutdown;
  return {stopped, !k.idle.empty()};
}

// Timers that were due and found no room in the queue.
bool Runtime::has_late_timers() const noexcept {
  const auto expiry = kernel_.timers.next_expiry();
  return expiry && *expiry <= kernel_.now;
}

// Main and lazy queue in turn, until both are empty (true) or the budget is spent. A lazy batch
// that was interrupted goes on before what it called.
template <class Watch> bool Runtime::run_queues(Budget& budget, Watch watch) {
  detail::Kernel& k = kernel_;
  for (;;) {
    if (!k.lazy_end) {
      run_main(budget, watch);
      if (!k.main.empty() || (k.feed && k.feed->has_more())) return false;
      if (k.sweep || k.stopping_actor) [[unlikely]] {
        if (budget.is_spent()) return false;
        sweep(budget);
        continue;
      }
      if (k.lazy.empty()) return true;
      if (budget.is_spent()) return false;
      k.lazy_end = k.lazy.tail();
    }
    k.running = &k.lazy;
    run_some(k.lazy, k.lazy_end, budget, watch);
    if (!k.lazy.empty() && !k.lazy.is_at(k.lazy_end)) return false;
    k.lazy_end = nullptr;
  }
}

template <class Watch> void Runtime::run_main(Budget& budget, Watch watch) {
  detail::Kernel& k = kernel_;
  k.running = &k.main;
  if (k.feed)
    run_fed(budget, watch);
  else if (budget.is_unlimited())
    k.main.run_all(std::addressof(k.core), watch);
  else
    run_some(k.main, nullptr, budget, watch);
}

// A slice of what other runtimes have sent, a slice of the queue, and again. With the queue empty
// it does not look for more: the host's next run does. Calls that were held for an actor come
// before what follows them, wherever that stands: a slice that ends among them goes on with them.
template <class Watch> void Runtime::run_fed(Budget& budget, Watch watch) {
  detail::CallQueue& q = kernel_.main;
  detail::Feed& feed = *kernel_.feed;
  while (!budget.is_spent()) {
    const bool among_held = !q.empty() && detail::Held::is_one(q.next_step());
    if (feed.has_more() && !among_held)
      budget.charge(feed.run(std::min(budget.slice(), feed.slice)));
    if (budget.is_spent()) return;
    if (!q.empty()) {
      const std::size_t most = std::min(budget.slice(), feed.slice);
      budget.charge(most - q.run(std::addressof(kernel_.core), most, watch));
      feed.flush();
    }
    if (!q.empty())
      feed.look();
    else if (!feed.has_more())
      return;
  }
}

// What found no room in the queue counts as records do.
void Runtime::sweep(Budget& budget) {
  const std::size_t ran = detail::sweep(kernel_, budget.slice());
  kernel_.main.count(ran);
  budget.charge(ran);
}

// Up to `end` (null: until it is empty), or until the budget is spent.
template <class Watch>
void Runtime::run_some(detail::CallQueue& q, std::byte* end, Budget& budget, Watch watch) {
  Core* const core = std::addressof(kernel_.core);
  while (!budget.is_spent() && !q.empty() && !q.is_at(end)) {
    const std::size_t most = budget.slice();
    budget.charge(most - (end ? q.run_until(core, end, most, watch) : q.run(core, most, watch)));
  }
}

bool Runtime::run_one() {
  detail::Kernel& k = kernel_;
  if (k.main.empty() && k.lazy.empty() && !k.sweep && !k.stopping_actor &&
      !(k.feed && k.feed->has_news()))
    return false;
  const std::uint64_t before = items_run();
  turn(k.now, RunLimit{.items = 1}, false);
  return items_run() != before;
}

// ---- what a host asks
std::optional<Instant> Runtime::next_expiry() const noexcept {
  return kernel_.timers.next_expiry();
}

std::optional<Duration> Runtime::next_wait(AnyInstant now) const noexcept {
  const detail::Kernel& k = kernel_;
  if (!k.main.empty() || !k.lazy.empty() || k.inbox->pending()) return Duration::zero();
  if (k.shutdown || k.sweep || k.stopping_actor || k.pending) return Duration::zero();
  if (k.feed && k.feed->has_news()) return Duration::zero();
  const auto expiry = next_expiry();
  if (!expiry) return std::nullopt;
  return detail::until(now, *expiry);
}

Duration Runtime::next_wait_max(AnyInstant now, AnyDuration max, bool pending) const noexcept {
  if (pending) return Duration::zero();
  const auto wait = next_wait(now);
  const Duration most = max;
  return wait ? std::min(*wait, most) : most;
}

bool Runtime::may_sleep() noexcept {
  kernel_.inbox->rest();
  if (kernel_.feed) kernel_.feed->rest();
  return next_wait(now()) != Duration::zero();
}

// A wake-up that came late finds nothing for a run, and takes the host for awake: outside of a run
// the others hear that it still may sleep.
void Runtime::poll_wake() noexcept {
  detail::Kernel& k = kernel_;
  if (!k.inbox->poll() || k.running || !k.feed || !k.inbox->is_resting()) return;
  k.feed->rest();
  if (k.feed->has_news()) k.feed->wake_host();
}
void Runtime::set_poll_waker(Callback<void()> waker) {
  kernel_.inbox->set_waker(std::move(waker));
  kernel_.hosted = true;
  if (!kernel_.running) kernel_.rest();
}
void Runtime::set_failure_hook(Callback<void(Core&, const FailureReport&)> hook) {
  kernel_.make_extras().failure_hook =
      hook ? std::make_shared<Callback<void(Core&, const FailureReport&)>>(std::move(hook))
           : nullptr;
}
void Runtime::set_max_queued(std::size_t bytes) noexcept {
  kernel_.main.set_bound(bytes);
  kernel_.lazy.set_bound(bytes);
  kernel_.idle.set_bound(bytes);
}
void Runtime::set_max_pool(std::size_t bytes) noexcept { kernel_.pool.set_bound(bytes); }

void Runtime::trim() noexcept {
  kernel_.main.trim();
  kernel_.lazy.trim();
  kernel_.idle.trim();
  kernel_.timers.trim();
  kernel_.spares.trim_all();
  TROUPE_TRY {
    if (kernel_.extras) {
      kernel_.extras->names.rehash(0);
      kernel_.extras->watches.rehash(0);
    }
  }
  TROUPE_CATCH_ALL {}  // a smaller table takes memory, too
  kernel_.pool.trim();
}

std::size_t Runtime::live_rets() const noexcept {
  return kernel_.main.reserved() / detail::fail_size;
}

std::vector<ActorInfo> Runtime::actors() const { return detail::list_actors(kernel_, false); }

WhyAlive Runtime::why_alive() const {
  WhyAlive why = detail::list_alive(kernel_);
  why.live_rets = live_rets();
  return why;
}

void run_virtual(Runtime& rt, AnyInstant until_when) {
  detail::Kernel* const alone[] = {&detail::kernel_of(rt.core())};
  const Instant until = until_when;
  bool idle = rt.run(rt.now());
  while (rt.not_shutdown()) {
    const auto wait = rt.next_wait(rt.now());
    if (idle && (!wait || *wait > Duration::zero())) {
      idle = rt.run(rt.now(), true);
      continue;
    }
    if (detail::has_jobs_out(alone) && (!wait || *wait > Duration::zero())) {
      detail::wait_for_jobs(alone);
      idle = rt.run(rt.now());
      continue;
    }
    if (!wait && until == Instant::max()) return;
    const Duration step = wait ? std::min(*wait, longest_virtual_step) : Duration::max();
    const Instant next = std::min(detail::later(rt.now(), step), until);
    if (next < rt.now() || (next == rt.now() && step > Duration::zero())) return;
    idle = rt.run(next);
  }
}

// ---- the end
Runtime::~Runtime() {
  detail::Kernel& k = kernel_;
  if (k.running) panic("a Runtime was destroyed from inside its run()", "Runtime::~Runtime");
  Callback<void()> waker;  // goes when no turn goes on any more
  {
    Turn turn(k);
    turn.stays_awake = true;  // there is nothing to wake it for
    k.running = &k.main;      // what dies here may call, but not run
    detail::DropScope why{Why::ended};
    const ActorFail ended = detail::DropScope::reason();
    detail::tell_pending(k.core);
    if (k.feed) k.feed->ending();
    k.main.close();
    k.lazy.close();
    k.idle.close();
    const auto end_all = [&] {
      for (bool more = true; more;) {  // what destructors make ends as well
        while (k.tasks.owned) k.tasks.owned->hooks().drop(k.tasks.owned, ended);
        k.main.clear();
        k.lazy.clear();
        k.idle.clear();
        k.timers.clear();
        more = false;
        detail::each_actor(k, [&more](detail::Box& b) {
          more = true;
          detail::end_actor(b, StopCause(StopCause::dropped));
        });
        k.environment.clear();
        more |= k.tasks.owned != nullptr;
      }
    };
    end_all();
    const auto foreign_waits = [&k] { return k.tasks.lost || k.tasks.awaiting; };
    for (int n = 0; k.tasks.parked && foreign_waits() && n < most_losses;
         ++n) {  // each may wait for ours once more
      k.tasks.resume_lost(k.core, true);
      end_all();
    }
    if (k.tasks.parked) {
      k.tasks.parked->hooks().end(k.core, k.tasks.end_wait);
      detail::abandon_parked(k);
      end_all();
    }
    k.timers.clear();  // what room `task` still slept for
    if (foreign_waits()) k.tasks.resume_lost(k.core, false);
    // What the host gave may hold handles, which would keep the core that keeps it.
    k.logger.set(LogFilter(), nullptr);
    if (k.extras) k.extras->failure_hook = nullptr;
    waker = k.inbox->close();
    if (k.at_end) {
      while (detail::AtEnd* const side = k.at_end) {
        side->unlink();
        side->end(*side);
      }
      end_all();
    }
    k.main.clear();  // frees the boxes that died last
  }
  k.hosted = false;
  k.ended = true;
  k.keepers += static_cast<std::uint32_t>(
      k.pool.retire([](Core& core) noexcept { detail::kernel_of(core).release(); }));
  waker = {};
  --runtimes_here;
  if constexpr (Ledger::enabled) {
    Ledger::here().on_end(k);
    if (runtimes_here == 0 && Ledger::here().live_of_runtimes() > rets_before_)
      Ledger::here().each([](const Ledger::Row& row) {
        if (row.live() && !row.any_runtime)
          std::fprintf(stderr, "troupe: %llu Ret(s) outlive their runtime: %.*s\n",
                       static_cast<unsigned long long>(row.live()),
                       static_cast<int>(row.name.size()), row.name.data());
      });
  }
  k.release();
}

}  // namespace troupe
