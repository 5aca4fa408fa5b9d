// core/runtime.cpp: the turn of the loop, and the end of everything.
#include <troupe/core/runtime.hpp>

#include <algorithm>
#include <cstdio>
#include <troupe/base/borrow.hpp>
#include <troupe/core/make_actor.hpp>
#include <troupe/core/probe.hpp>
#include <troupe/core/timer.hpp>

#include "extras.hpp"

namespace troupe {
namespace {

constexpr std::size_t items_between_looks = 64;  // at the clock, where a run has an `until`
constexpr Duration longest_virtual_step = std::chrono::hours(24 * 365);
constexpr int most_losses = 100;  // of foreign code that begins again whenever it is told that the runtime ends
thread_local int runtimes_here = 0;

}  // namespace

struct Runtime::Turn {  // while it lives, this runtime is the one that runs on this thread
  explicit Turn(Core& c) noexcept : core(c), before(std::exchange(detail::Access::current(), std::addressof(c))) {
    core.rouse();
  }
  ~Turn() {
    core.running_ = nullptr;
    core.rest();
    detail::Access::current() = before;
  }
  Core& core;
  Core* before;
};

Runtime::Runtime(AnyInstant now) : core_(new Core(now)), rets_before_(Ledger::here().live_of_runtimes()) {
  ++runtimes_here;
}

bool Runtime::run(AnyInstant now, bool idle) { return turn(now, RunLimit{}, idle).idle; }
RunResult Runtime::run(AnyInstant now, RunLimit limit, bool idle) { return turn(now, limit, idle); }

struct Runtime::Budget {
  explicit Budget(const RunLimit& l) noexcept : limit(l), until(l.until), items(l.items) {}
  bool is_spent() const noexcept { return items == 0 || late; }
  bool is_unlimited() const noexcept { return items == SIZE_MAX && until == Instant::max(); }
  const RunLimit& limit;
  Instant until;
  std::size_t items;
  bool late = false;
};

RunResult Runtime::turn(Instant now, const RunLimit& limit, bool idle) {
  Core& c = *core_;
  if (c.running_) panic("run() was called from inside run()", "Runtime::run");
  detail::expect_no_borrow("Runtime::run");
#if TROUPE_DEBUG
  if (!c.inbox_->here()) panic("a runtime was run on another thread than the one that made it", "Runtime::run");
#endif
  Turn turn(c);
  c.running_ = &c.idle_;
  c.inbox_->poll();
  const auto run_idle_item = [&](auto watch) {
    if (idle) c.idle_.run_until(core_, c.idle_.tail(), c.idle_.empty() ? 0 : 1, watch);
  };
  c.probe_ ? run_idle_item(detail::Watched{*c.probe_}) : run_idle_item(detail::Unwatched{});
  if (now > c.now_ || has_late_timers()) {
    c.now_ = std::max(now, c.now_);
    c.timers_.advance(c.now_, c);
  }
  Budget budget(limit);
  const bool stopped =
      !(c.probe_ ? run_queues(budget, detail::Watched{*c.probe_}) : run_queues(budget, detail::Unwatched{}));
  if (c.pending_) [[unlikely]] {
#if TROUPE_EXCEPTIONS
    std::rethrow_exception(std::exchange(c.pending_, nullptr));
#endif
  }
  return {stopped, !c.idle_.empty()};
}

// Timers that were due and found no room in the queue.
bool Runtime::has_late_timers() const noexcept {
  const auto expiry = core_->timers_.next_expiry();
  return expiry && *expiry <= core_->now_;
}

// Main and lazy queue in turn, until both are empty (true) or the budget is spent. A lazy batch that was interrupted
// goes on before what it called.
template <class Watch> bool Runtime::run_queues(Budget& budget, Watch watch) {
  Core& c = *core_;
  for (;;) {
    if (!c.lazy_end_) {
      run_main(budget, watch);
      if (!c.main_.empty()) return false;
      if (c.sweep_ || c.leaver_) [[unlikely]] {
        if (budget.is_spent()) return false;
        sweep(budget);
        continue;
      }
      if (c.lazy_.empty()) return true;
      if (budget.is_spent()) return false;
      c.lazy_end_ = c.lazy_.tail();
    }
    c.running_ = &c.lazy_;
    run_some(c.lazy_, c.lazy_end_, budget, watch);
    if (!c.lazy_.empty() && !c.lazy_.is_at(c.lazy_end_)) return false;
    c.lazy_end_ = nullptr;
  }
}

template <class Watch> void Runtime::run_main(Budget& budget, Watch watch) {
  Core& c = *core_;
  c.running_ = &c.main_;
  if (budget.is_unlimited())
    c.main_.run_all(core_, watch);
  else
    run_some(c.main_, nullptr, budget, watch);
}

// What found no room in the queue counts as records do.
void Runtime::sweep(Budget& budget) {
  const bool timed = budget.until != Instant::max();
  const std::size_t ran =
      detail::Access::sweep(*core_, timed ? std::min(budget.items, items_between_looks) : budget.items);
  core_->main_.count(ran);
  if (budget.items != SIZE_MAX) budget.items -= ran;
  if (timed) budget.late = budget.limit.clock() >= budget.until;
}

// Up to `end` (null: until it is empty), or until the budget is spent.
template <class Watch> void Runtime::run_some(detail::CallQueue& q, std::byte* end, Budget& budget, Watch watch) {
  const bool timed = budget.until != Instant::max();
  while (!budget.is_spent() && !q.empty() && !q.is_at(end)) {
    const std::size_t slice = timed ? std::min(budget.items, items_between_looks) : budget.items;
    const std::size_t ran = slice - (end ? q.run_until(core_, end, slice, watch) : q.run(core_, slice, watch));
    if (budget.items != SIZE_MAX) budget.items -= ran;
    if (timed) budget.late = budget.limit.clock() >= budget.until;
  }
}

bool Runtime::run_one() {
  Core& c = *core_;
  if (c.main_.empty() && c.lazy_.empty() && !c.sweep_ && !c.leaver_) return false;
  const std::uint64_t before = items_run();
  turn(c.now_, RunLimit{.items = 1}, false);
  return items_run() != before;
}

// ---- what a host asks
std::optional<Instant> Runtime::next_expiry() const noexcept { return core_->timers_.next_expiry(); }

std::optional<Duration> Runtime::next_wait(AnyInstant now) const noexcept {
  const Core& c = *core_;
  if (!c.main_.empty() || !c.lazy_.empty() || c.inbox_->pending()) return Duration::zero();
  if (c.shutdown_ || c.sweep_ || c.leaver_ || c.pending_) return Duration::zero();
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

void Runtime::poll_wake() noexcept { core_->inbox_->poll(); }
void Runtime::set_poll_waker(Callback<void()> waker) {
  core_->inbox_->set_waker(std::move(waker));
  core_->hosted_ = true;
  if (!core_->running_) core_->rest();
}
void Runtime::set_failure_hook(Callback<void(Core&, const FailureReport&)> hook) {
  core_->extras().failure_hook =
      hook ? std::make_shared<Callback<void(Core&, const FailureReport&)>>(std::move(hook)) : nullptr;
}
void Runtime::set_max_queued(std::size_t bytes) noexcept {
  core_->main_.set_bound(bytes);
  core_->lazy_.set_bound(bytes);
  core_->idle_.set_bound(bytes);
}
void Runtime::set_max_pool(std::size_t bytes) noexcept { core_->pool_.set_bound(bytes); }

void Runtime::trim() noexcept {
  core_->main_.trim();
  core_->lazy_.trim();
  core_->idle_.trim();
  core_->timers_.trim();
  core_->spares_.trim_all();
  TROUPE_TRY {
    if (core_->extras_) {
      core_->extras_->names.rehash(0);
      core_->extras_->watches.rehash(0);
    }
  }
  TROUPE_CATCH_ALL {}  // a smaller table takes memory, too
  core_->pool_.trim();
}

std::size_t Runtime::live_rets() const noexcept { return core_->main_.reserved() / detail::fail_size; }

std::vector<ActorInfo> Runtime::actors() const {
  std::vector<ActorInfo> all;
  detail::Access::each_actor(*core_, [&](CxBase& b) {
    all.push_back({b.id(), detail::Access::kind(b).name, detail::Access::name_of(b), detail::Access::state(b),
                   detail::Access::owners(b), detail::Access::maker_of(b)});
  });
  std::ranges::sort(all, {}, &ActorInfo::id);
  return all;
}

void run_virtual(Runtime& rt, AnyInstant until_when) {
  const Instant until = until_when;
  bool idle = rt.run(rt.now());
  while (rt.not_shutdown()) {
    const auto wait = rt.next_wait(rt.now());
    if (idle && (!wait || *wait > Duration::zero())) {
      idle = rt.run(rt.now(), true);
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
  Core& c = *core_;
  if (c.running_) panic("a Runtime was destroyed from inside its run()", "Runtime::~Runtime");
  {
    Turn turn(c);
    c.running_ = &c.main_;  // what dies here may call, but not run
    detail::DropScope why{Why::ended};
    const ActorFail ended = detail::DropScope::reason();
    detail::Access::tell_pending(c);
    c.main_.close();
    c.lazy_.close();
    c.idle_.close();
    const auto end_all = [&] {
      for (bool more = true; more;) {  // what destructors make ends as well
        while (c.tasks_.owned) c.tasks_.hooks->drop(c.tasks_.owned, ended);
        c.main_.clear();
        c.lazy_.clear();
        c.idle_.clear();
        c.timers_.clear();
        more = false;
        detail::Access::each_actor(c, [&more](CxBase& b) {
          more = true;
          detail::Access::end(b, StopCause(StopCause::dropped));
        });
        c.anymap_clear();
        more |= c.tasks_.owned != nullptr;
      }
    };
    end_all();
    const auto foreign_waits = [&c] { return c.tasks_.lost || c.tasks_.awaiting; };
    for (int n = 0; c.tasks_.parked && foreign_waits() && n < most_losses; ++n) {  // each may wait for ours once more
      c.tasks_.hooks->resume_lost(c, true);
      end_all();
    }
    if (c.tasks_.parked) {
      c.tasks_.hooks->end(c, c.tasks_.end_wait);
      detail::Access::leave_parked(c);
      end_all();
    }
    c.timers_.clear();  // what room `task` still slept for
    if (foreign_waits()) c.tasks_.hooks->resume_lost(c, false);
    // What the host gave may hold handles, which would keep the core that keeps it.
    c.logger_.set(LogFilter(), nullptr);
    if (c.extras_) c.extras_->failure_hook = nullptr;
    c.main_.clear();  // opens the last graves
  }
  {
    const Callback<void()> waker = c.inbox_->close();
    c.hosted_ = false;
    c.ended_ = true;
    c.keepers_ += static_cast<std::uint32_t>(c.pool_.retire());
  }
  --runtimes_here;
  if constexpr (Ledger::enabled) {
    if (runtimes_here == 0 && Ledger::here().live_of_runtimes() > rets_before_)
      Ledger::here().each([](const Ledger::Row& row) {
        if (row.live() && !row.any_runtime)
          std::fprintf(stderr, "troupe: %llu Ret(s) outlive their runtime: %.*s\n",
                       static_cast<unsigned long long>(row.live()), static_cast<int>(row.name.size()), row.name.data());
      });
  }
  detail::Access::unkeep(c);
}

}  // namespace troupe
