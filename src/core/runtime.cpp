// core/runtime.cpp: the turn of the loop, and the end of everything.
#include <troupe/core/runtime.hpp>

#include <algorithm>
#include <cstdio>
#include <troupe/core/make_actor.hpp>

#include "extras.hpp"

namespace troupe {
namespace {

constexpr std::size_t items_between_looks = 64;  // at the clock, where a run has an `until`
constexpr Duration longest_virtual_step = std::chrono::hours(24 * 365);
thread_local int runtimes_here = 0;

}  // namespace

struct Runtime::Turn {  // while it lives, this runtime is the one that runs on this thread
  explicit Turn(Core& c) noexcept : core(c), before(std::exchange(Access::current(), std::addressof(c))) {}
  ~Turn() {
    core.running_ = nullptr;
    Access::current() = before;
  }
  Core& core;
  Core* before;
};

Runtime::Runtime(Instant now) : core_(new Core(now)), rets_before_(Ledger::here().live()) { ++runtimes_here; }

bool Runtime::run(Instant now, bool idle) { return turn(now, RunLimit{}, idle).idle; }
RunResult Runtime::run(Instant now, RunLimit limit, bool idle) { return turn(now, limit, idle); }

RunResult Runtime::turn(Instant now, const RunLimit& limit, bool idle) {
  Core& c = *core_;
  if (c.running_) panic("run() was called from inside run()", "Runtime::run");
  Turn turn(c);
  std::size_t items = limit.items;
  c.running_ = &c.idle_;
  c.inbox_->poll();
  if (idle) c.idle_.run_until(core_, c.idle_.tail(), c.idle_.empty() ? 0 : 1);
  if (now > c.now_) {
    c.now_ = now;
    c.timers_.advance(now, c);
  }
  bool stopped = false;
  do {
    items = run_main(limit, items);
    stopped = !c.main_.empty();
    if (stopped) break;
    if (c.sweep_) [[unlikely]] {
      Access::sweep(c);
      continue;
    }
    c.running_ = &c.lazy_;
    if (!c.lazy_end_ && !c.lazy_.empty()) c.lazy_end_ = c.lazy_.tail();
    if (c.lazy_end_) {
      const std::size_t left = c.lazy_.run_until(core_, c.lazy_end_, items);
      items_run_ += items - left;
      if (items != SIZE_MAX) items = left;
      stopped = !c.lazy_.empty() && items == 0 && !c.lazy_.is_at(c.lazy_end_);
      if (!stopped) c.lazy_end_ = nullptr;
    }
  } while (!stopped && (!c.main_.empty() || !c.lazy_.empty()));
  if (c.pending_) [[unlikely]] {
#if TROUPE_EXCEPTIONS
    std::rethrow_exception(std::exchange(c.pending_, nullptr));
#endif
  }
  return {stopped, !c.idle_.empty()};
}

// Until it is empty or the limit is reached; how many items are left of it.
std::size_t Runtime::run_main(const RunLimit& limit, std::size_t items) {
  Core& c = *core_;
  c.running_ = &c.main_;
  if (limit.until == Instant::max()) {
    if (items == SIZE_MAX) {
      c.main_.run_all(core_, items_run_);
      return items;
    }
    const std::size_t left = c.main_.run(core_, items);
    items_run_ += items - left;
    return left;
  }
  while (items && !c.main_.empty()) {
    const std::size_t slice = std::min(items, items_between_looks);
    const std::size_t ran = slice - c.main_.run(core_, slice);
    items_run_ += ran;
    items -= ran;
    if (limit.clock() >= limit.until) break;
  }
  return items;
}

bool Runtime::run_one() {
  Core& c = *core_;
  if (c.main_.empty() && c.lazy_.empty()) return false;
  const std::uint64_t before = items_run_;
  turn(c.now_, RunLimit{.items = 1}, false);
  return items_run_ != before;
}

// ---- what a host asks
std::optional<Instant> Runtime::next_expiry() const noexcept { return core_->timers_.next_expiry(); }

std::optional<Duration> Runtime::next_wait(Instant now) const noexcept {
  if (!core_->main_.empty() || !core_->lazy_.empty() || core_->inbox_->pending()) return Duration::zero();
  const auto expiry = next_expiry();
  if (!expiry) return std::nullopt;
  return std::max(*expiry > now ? *expiry - now : Duration::zero(), Duration::zero());
}

Duration Runtime::next_wait_max(Instant now, Duration max, bool pending) const noexcept {
  if (pending) return Duration::zero();
  const auto wait = next_wait(now);
  return wait ? std::min(*wait, max) : max;
}

void Runtime::poll_wake() noexcept { core_->inbox_->poll(); }
void Runtime::set_poll_waker(Callback<void()> waker) { core_->inbox_->set_waker(std::move(waker)); }
void Runtime::set_failure_hook(Callback<void(Core&, const FailureReport&)> hook) {
  core_->extras().failure_hook = std::move(hook);
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
  core_->pool_.trim();
}

std::size_t Runtime::live_rets() const noexcept { return core_->main_.reserved() / detail::fail_size; }

std::vector<ActorInfo> Runtime::actors() const {
  std::vector<ActorInfo> all;
  Access::each_actor(*core_, [&](CxBase& b) {
    all.push_back({b.id(), Access::kind(b).name, Access::name_of(b), Access::state(b), Access::owners(b)});
  });
  std::ranges::sort(all, {}, &ActorInfo::id);
  return all;
}

void run_virtual(Runtime& rt, Instant until) {
  bool idle = rt.run(rt.now());
  while (rt.not_shutdown()) {
    const auto wait = rt.next_wait(rt.now());
    if (!wait && !idle) return;
    if (!wait || (idle && *wait > Duration::zero())) {
      idle = rt.run(rt.now(), true);
      continue;
    }
    const Instant next = rt.now() + std::min(*wait, longest_virtual_step);
    if (next > until) return;
    idle = rt.run(next);
  }
}

// ---- the end
Runtime::~Runtime() {
  Core& c = *core_;
  if (c.running_) panic("a Runtime was destroyed from inside its run()", "Runtime::~Runtime");
  {
    Turn turn(c);
    DropScope why{Why::ended};
    const ActorFail ended = DropScope::reason();
    c.main_.close();
    c.lazy_.close();
    c.idle_.close();
    while (c.tasks_.owned) c.tasks_.owned->drop(c.tasks_.owned, ended);
    c.main_.clear();
    c.lazy_.clear();
    c.idle_.clear();
    c.timers_.clear();
    Access::each_actor(c, [](CxBase& b) { Access::end(b, StopCause(StopCause::dropped)); });
    c.anymap_clear();
    if (c.tasks_.end) c.tasks_.end(c);
    c.main_.clear();  // opens the last graves
  }
  c.inbox_->close();
  c.ended_ = true;
  c.keepers_ += static_cast<std::uint32_t>(c.pool_.retire());
  --runtimes_here;
  if constexpr (Ledger::enabled) {
    if (runtimes_here == 0 && Ledger::here().live() > rets_before_)
      Ledger::here().each([](const Ledger::Row& row) {
        if (row.live())
          std::fprintf(stderr, "troupe: %llu Ret(s) outlive their runtime: %.*s\n",
                       static_cast<unsigned long long>(row.live()), static_cast<int>(row.name.size()),
                       row.name.data());
      });
  }
  Access::unkeep(c);
}

}  // namespace troupe
