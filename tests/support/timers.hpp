// support/timers.hpp: a timer queue on its own: who is stepped, what its inside can be made to do,
// and a plain model.
#pragma once
#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <troupe/base/platform.hpp>
#include <troupe/core/timer_queue.hpp>
#include <utility>
#include <vector>

#include "support/require.hpp"

namespace troupe {

struct TimerQueueProbe {
  static detail::TimerId id(FixedTimerKey key) { return std::bit_cast<detail::TimerId>(key); }
  static void set_generation(TimerQueue& queue, FixedTimerKey key, std::uint32_t generation) {
    queue.groups_[slot(key) / 64].chunk->slots[slot(key) % 64].generation = generation;
  }
  static std::uint32_t generation(FixedTimerKey key) { return id(key).generation(); }
  static std::uint32_t slot(FixedTimerKey key) { return id(key).slot(); }
  static FixedTimerKey key(std::uint32_t slot, std::uint32_t generation) {
    return std::bit_cast<FixedTimerKey>(detail::TimerId(slot, generation));
  }
  static void refuse_memory(TimerQueue& queue, std::size_t beyond = 0) {
    queue.max_memory_ = queue.memory_ + beyond;
  }
  static void grant_memory(TimerQueue& queue) {
    queue.max_memory_ = std::numeric_limits<std::size_t>::max();
  }
};

}  // namespace troupe

namespace troupe_test {

using troupe::Duration;
using troupe::Instant;

/// What the queue is told is a core: it notes who was stepped. The queue never looks at it.
struct TimerHost {
  using Ids = std::vector<std::uint64_t>;
  static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  Ids fired;
  Ids dropped;
  std::size_t room = all;
  std::function<void(std::uint64_t)> on_fire;
  std::function<void(std::uint64_t)> on_drop;
  troupe::Core& core() { return *reinterpret_cast<troupe::Core*>(this); }
  Ids take() { return std::exchange(fired, {}); }
};

struct TimerPayload {
  TimerHost* host;
  std::uint64_t id;
  std::unique_ptr<int> owned =
      std::make_unique<int>(1);  // so that a leak or a double destruction is seen
};
static_assert(sizeof(TimerPayload) == troupe::TimerCall::room);

inline bool step_timer(troupe::Core* core, std::byte* memory) noexcept {
  auto* const payload = std::launder(reinterpret_cast<TimerPayload*>(memory));
  TimerHost& host = *payload->host;
  const std::uint64_t id = payload->id;
  if (core == nullptr) {
    payload->~TimerPayload();
    host.dropped.push_back(id);
    if (host.on_drop) host.on_drop(id);
    return true;
  }
  require(reinterpret_cast<TimerHost*>(core) == &host, "the core that was given arrives");
  if (host.room == 0) {
    if (host.on_fire) host.on_fire(id);
    return false;
  }
  --host.room;
  payload->~TimerPayload();
  host.fired.push_back(id);
  if (host.on_fire) host.on_fire(id);
  return true;
}

inline auto fill(TimerHost& host, std::uint64_t id) {
  return [&host, id](troupe::TimerCall& call) noexcept {
    call.step = step_timer;
    new (call.payload) TimerPayload{&host, id};
  };
}

/// All live timers by (expiry, number of creation), as plainly as can be, beside the queue: one
/// operation after the other as Chance (Dice or Bytes) wants it, all of them also out of steps and
/// destructors of payloads.
template <class Chance> class TimerModel {
 public:
  using Kind = troupe::TimerKind;
  TimerModel(Chance& chance, Instant begin) : chance_(chance), now_(begin), queue_(begin) {
    host_.on_fire = [this](std::uint64_t id) { was_fired(id) ? fired(id) : refused(id); };
    host_.on_drop = [this](std::uint64_t id) { gone(id); };
  }
  TimerModel(const TimerModel&) = delete;
  ~TimerModel() {
    chance_left_ = 0;
    queue_.clear();
    require(timers_.empty(), "no timer outlives clear()");
  }

  /// One operation, and what must hold then. False at the end of time.
  bool step() {
    chance_left_ = 4;
    if (now_ == Instant::max()) return false;
    const std::uint64_t what = chance_.below(100);
    if (what < 45) {
      add();
    } else if (what < 55) {
      erase();
    } else if (what < 75) {
      update();
    } else if (what < 95) {
      advance();
    } else if (what < 97) {
      stale();
    } else if (what < 98) {
      queue_.trim();
    } else if (what < 99) {
      if (chance_.below(20) == 0) clear();
    } else {
      bounds();
    }
    check();
    return true;
  }

 private:
  struct Timer {
    Kind kind;
    Instant expiry;
    Instant armed;  // when it is looked at next
    bool unsettled =
        false;  // by an advance that has not come to its end, it may have been looked at or not
    bool vague = false;  // and it was moved then: from now on, `armed` is the queue's affair
    troupe::FixedTimerKey fixed{};
    troupe::MaxTimerKey max{};
    troupe::MinTimerKey min{};
  };
  using At = typename std::map<std::uint64_t, Timer>::iterator;
  static constexpr std::size_t most = 3000, most_old = 100, exact_up_to = 64;

  // Few distinct values, so that times coincide; all magnitudes.
  Duration span() {
    const unsigned bits =
        static_cast<unsigned>(chance_.below(4) == 0 ? chance_.below(63) : chance_.below(40));
    const std::uint64_t value =
        chance_.below(3) == 0 ? chance_.next() : (chance_.below(4) << 60 | std::uint64_t{1} << 62);
    return Duration(static_cast<Duration::rep>((value & ~(std::uint64_t{1} << 63)) >>
                                               (62 - std::min(bits, 62u))));
  }
  Instant later() {
    const std::uint64_t how = chance_.below(16);
    if (how == 1) return chance_.below(2) ? Instant::max() : Instant::min();
    if (how == 2 && !timers_.empty()) return any()->second.expiry;
    const Duration by = span();
    if (how == 0) return now_ < Instant::min() + by ? Instant::min() : now_ - by;
    return now_ > Instant::max() - by ? Instant::max() : now_ + by;
  }
  static Instant clamped(Instant at, Instant now) {
    return at > now ? at : now == Instant::max() ? now : now + Duration(1);
  }
  // As the header says: at three quarters of what remains, rounded up to a grid, and none in the
  // last 537 ms.
  static Instant waypoint(Instant expiry, Instant now) {
    constexpr auto tick = [](Instant at) {
      return static_cast<std::uint64_t>(at.time_since_epoch().count()) ^ std::uint64_t{1} << 63;
    };
    const std::uint64_t gap = tick(expiry) - tick(now);
    if (expiry <= now || gap < std::uint64_t{1} << 29) return expiry;
    const std::uint64_t grid = std::uint64_t{1} << (std::bit_width(gap) - 4);
    const std::uint64_t at = (tick(expiry) - gap / 4 + (grid - 1)) & ~(grid - 1);
    return Instant(Duration(static_cast<Duration::rep>(at ^ std::uint64_t{1} << 63)));
  }
  void set_expiry(At it, Instant at) {
    order_.erase({it->second.expiry, it->first});
    it->second.expiry = at;
    order_.insert({at, it->first});
  }

  void add() {
    std::uint64_t n = chance_.below(50) == 1 && !in_step_ ? 200 : 1;
    for (const bool at_once = chance_.below(2) == 0; n != 0 && timers_.size() < most; --n) {
      if (n == 1 || at_once) at_ = later();
      const std::uint64_t id = next_;
      Timer timer{
          .kind = static_cast<Kind>(chance_.below(3)), .expiry = clamped(at_, now_), .armed = {}};
      timer.armed = timer.kind == Kind::min ? waypoint(timer.expiry, now_) : timer.expiry;
      if (!add_to_queue(timer, id)) return;
      ++next_;
      order_.insert({timer.expiry, id});
      timers_.emplace(id, timer);
    }
  }
  bool add_to_queue(Timer& timer, std::uint64_t id) {
    const bool full = timers_.size() >= max_timers_;
    if (full && !TROUPE_EXCEPTIONS) return false;
    const std::optional<Instant> before = queue_.next_expiry();
    TROUPE_TRY {
      if (timer.kind == Kind::fixed) timer.fixed = queue_.add_fixed(at_, now_, fill(host_, id));
      if (timer.kind == Kind::max) timer.max = queue_.add_max(at_, now_, fill(host_, id));
      if (timer.kind == Kind::min) timer.min = queue_.add_min(at_, now_, fill(host_, id));
    }
    TROUPE_CATCH_ALL {
      require(full || short_of_memory_,
              "only at its bound or without memory does it refuse a timer");
      require(queue_.next_expiry() == before, "a timer that is refused changes nothing");
      return false;
    }
    require(!full, "the bound holds");
    return true;
  }
  At any() {
    auto it = timers_.lower_bound(chance_.below(next_));
    return it == timers_.end() ? timers_.begin() : it;
  }
  bool erase_in_queue(const Timer& timer) {
    if (timer.kind == Kind::fixed) return queue_.erase(timer.fixed);
    return timer.kind == Kind::max ? queue_.erase(timer.max) : queue_.erase(timer.min);
  }
  bool is_active(const Timer& timer) const {
    if (timer.kind == Kind::fixed) return queue_.is_active(timer.fixed);
    return timer.kind == Kind::max ? queue_.is_active(timer.max) : queue_.is_active(timer.min);
  }
  void erase() {
    if (timers_.empty()) return;
    const At it = any();
    const Timer timer = it->second;
    require(is_active(timer), "a live timer is active");
    const std::size_t before = host_.dropped.size();
    require(erase_in_queue(timer), "a live timer can be erased");
    require(host_.dropped.size() > before, "its payload is destroyed before erase() returns");
  }
  void update() {
    if (timers_.empty()) return;
    const At it = any();
    Timer& timer = it->second;
    Instant at = chance_.below(3) != 0 ? later() : timers_.begin()->second.expiry;
    // Out of a step also among those that are due with it.
    if (in_step_ && chance_.below(2)) at = any()->second.expiry;
    timer.vague |= timer.unsettled;
    if (timer.kind == Kind::max) {
      require(queue_.update_max(timer.max, at), "a live timer can be updated");
      if (at > timer.expiry) set_expiry(it, at);
    } else if (timer.kind == Kind::min) {
      require(queue_.update_min(timer.min, at, now_), "a live timer can be updated");
      if (const Instant to = clamped(at, now_); to < timer.expiry) {
        set_expiry(it, to);
        if (to < timer.armed) timer.armed = waypoint(to, now_);
      }
    }
  }
  void advance() {
    const auto next = queue_.next_expiry();
    const std::uint64_t how = chance_.below(8);
    Instant to = now_;
    if (next && how < 4) {
      to = how == 0 ? *next - Duration(1) : *next;
    } else if (how == 7 && chance_.below(64) == 1) {
      to = chance_.below(2) ? Instant::max() : Instant::max() - Duration(1);
    } else if (const Duration by = span(); now_ < Instant::max() - std::chrono::hours(1) - by) {
      to = now_ + by;
      if (how == 6 && now_ > Instant{}) to = now_ - by % std::chrono::hours(1);
    }
    now_ = std::max(now_, to);
    for (std::uint64_t tries = chance_.below(8) == 1 ? chance_.below(4) : 0; tries != 0; --tries) {
      host_.room = chance_.below(100);
      turn(to);
      if (chance_.below(2) && late_) erase();
      if (chance_.below(2) && late_) update();
      if (chance_.below(2) && late_) add();
    }
    host_.room = TimerHost::all;
    turn(to);
    require(!late_, "with memory, all that is due fires");
  }
  void turn(Instant to) {
    for (auto& [id, timer] : timers_) {
      timer.unsettled |= timer.armed <= now_;
      if (timer.armed > now_ || timer.expiry <= now_) continue;
      timer.armed = timer.kind == Kind::min ? waypoint(timer.expiry, now_) : timer.expiry;
    }
    late_ = false;
    queue_.advance(to, host_.core());
    for (auto& [id, timer] : timers_) timer.unsettled &= late_;
    require(late_ || order_.empty() || order_.begin()->first > now_, "nothing that is due is left");
  }
  bool was_fired(std::uint64_t id) const {
    return !host_.fired.empty() && host_.fired.back() == id;
  }
  // A step that has room: the earliest of all, and the first made of those.
  void fired(std::uint64_t id) {
    require(!order_.empty() && order_.begin()->second == id,
            "timers fire in the order of expiry and creation");
    require(order_.begin()->first <= now_, "no timer is early");
    forget(id);
    from_inside();
  }
  void refused(std::uint64_t id) {
    require(order_.begin()->second == id, "a step without memory is that of the next timer");
    late_ = true;
  }
  void gone(std::uint64_t id) {
    forget(id);
    from_inside();
  }
  void forget(std::uint64_t id) {
    const At it = timers_.find(id);
    require(it != timers_.end(), "a payload ends once");
    require(!is_active(it->second), "a timer that fires or is erased is no longer active");
    if (old_.size() == most_old) old_.erase(old_.begin());
    old_.push_back(it->second);
    order_.erase({it->second.expiry, id});
    timers_.erase(it);
  }
  // What steps and destructors do to the queue.
  void from_inside() {
    if (chance_left_ == 0 || now_ == Instant::max() || chance_.below(8) != 1) return;
    --chance_left_;
    const bool outer = std::exchange(in_step_, true);
    const std::uint64_t what = chance_.below(9);
    what < 3   ? add()
    : what < 5 ? erase()
    : what < 7 ? update()
    : what < 8 ? stale()
               : queue_.trim();
    if (what == 8 && chance_.below(16) == 1) clear();
    in_step_ = outer;
  }
  void stale() {
    if (old_.empty()) return;
    const Timer timer = old_[chance_.below(old_.size())];
    require(!is_active(timer), "an old key is of no active timer");
    require(!erase_in_queue(timer), "an old key erases nothing");
    require(!queue_.update_max(timer.max, Instant::max()), "an old key updates nothing");
    require(!queue_.update_min(timer.min, now_, now_), "an old key updates nothing");
  }
  void clear() {
    queue_.clear();
    require(timers_.empty() && queue_.size() == 0, "clear() leaves nothing");
  }
  void bounds() {
    switch (chance_.below(4)) {
      case 0:
        queue_.set_max_timers(max_timers_ = chance_.below(100));
        break;
      case 1:
        troupe::TimerQueueProbe::refuse_memory(queue_, chance_.below(20'000));
        short_of_memory_ = TROUPE_EXCEPTIONS;
        if (!TROUPE_EXCEPTIONS) troupe::TimerQueueProbe::grant_memory(queue_);
        break;
      default:
        queue_.set_max_timers(max_timers_ = TimerHost::all);
        troupe::TimerQueueProbe::grant_memory(queue_);
        short_of_memory_ = false;
    }
  }
  void check() {
    host_.fired.clear();
    host_.dropped.clear();
    require(queue_.size() == timers_.size(), "the size is that of the model");
    const auto next = queue_.next_expiry();
    require(next.has_value() == !timers_.empty(), "there is a next expiry while there are timers");
    if (!next) return;
    require(*next > now_ || now_ == Instant::max(), "all that is due has fired");
    require(*next <= order_.begin()->first, "the next expiry is not behind that of any timer");
    Instant first = Instant::max();
    for (const auto& [id, timer] : timers_) {
      if (timer.vague) return;
      first = std::min(first, timer.armed);
    }
    require(timers_.size() > exact_up_to || *next == first,
            "the next expiry is the first that there is to look at");
  }

  Chance& chance_;
  Instant now_;
  TimerHost host_;
  std::map<std::uint64_t, Timer> timers_;
  std::set<std::pair<Instant, std::uint64_t>> order_;  // of the same timers
  std::vector<Timer> old_;
  std::uint64_t next_ = 1;
  std::size_t max_timers_ = TimerHost::all;
  Instant at_{};
  int chance_left_ = 0;  // for what comes from inside
  bool in_step_ = false, late_ = false, short_of_memory_ = false;
  troupe::TimerQueue queue_;  // last: the first to go, and its payloads tell the rest
};

}  // namespace troupe_test
