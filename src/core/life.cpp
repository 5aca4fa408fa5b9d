// core/life.cpp: the life of an actor's box, from its cell to its grave.
#include <troupe/core/life.hpp>

#include <troupe/core/log.hpp>
#include <troupe/core/make_actor.hpp>
#include <troupe/core/timer.hpp>

#include "extras.hpp"

namespace troupe::detail {

std::uint64_t Access::maker_of([[maybe_unused]] const CxBase& b) noexcept {
  std::uint64_t maker = 0;
#if TROUPE_DEBUG
  std::memcpy(&maker, reinterpret_cast<const char*>(std::addressof(b)) + b.kind_->id_at + sizeof(maker), sizeof(maker));
#endif
  return maker;
}

// The first cause wins; ignored while ending. A cause waits in the core for the end of its actor's turn. Where this may
// be inside the turn of another one (a destructor of a task that is dropped, a function that hears of a stop), or in
// none (a coroutine of a foreign type that the host resumes), it waits in a record of its own.
void Access::say_end(CxBase& b, StopCause&& cause) noexcept {
  if (!can_fail(b)) return;
  check_lent(b);
  Core& c = core_of(std::addressof(b));
  b.state_ = b.state_ == ActorState::prep ? ActorState::leaving_prep : ActorState::leaving;
  if (c.leaver_ || DropScope::any() || current() != std::addressof(c)) {
    if (!end_later(b, std::move(cause))) c.sweep_ = true;
    return;
  }
  c.cause_ = std::move(cause);
  c.leaver_ = std::addressof(b);
  c.leaver_item_ = item(c);
}

Notice* Access::make_notice(Core& core, Ret<StopCause>&& notify) {
  void* cell = take(core, sizeof(Notice));
  if (!cell) {
    notify.fail(ActorFail(Why::no_memory));
    TROUPE_THROW(std::bad_alloc{});
  }
  return ::new (cell) Notice(std::move(notify));
}

void Access::no_box(Core&, Notice* notice) {
  if (notice) {
    notice->ret.fail(ActorFail(Why::no_memory));
    notice->~Notice();
    give(notice, sizeof(Notice));
  }
  TROUPE_THROW(std::bad_alloc{});
}

void Access::opened(Core& core, CxBase& b, std::uint64_t parent) noexcept {
  log_span_open(core.logger_, core, core.now_, b.id(), b.kind_->name, parent);
}

// ---- memory and names
void* Access::take_large(std::size_t bytes) noexcept { return ::operator new(bytes, std::nothrow); }
void Access::give_large(void* p) noexcept { ::operator delete(p); }

void Access::give_orphan(void* p) noexcept {
  Core& c = *Block::of(p)->core;
  if (Pool::release_orphan(p)) unkeep(c);
}

void Access::free_core(Core& c) noexcept { delete std::addressof(c); }

void Access::last_name(CxBase* b) noexcept {
  Core& c = core_of(b);
  if (c.ended_)
    free_box(b);
  else
    c.main_.bury(b);
}

// Never at once: what was called before the last owner went still runs.
void Access::last_owner(CxBase* b) noexcept {
  b->owners_ = 0;
  if (b->state_ >= ActorState::dying) return unref(b);
  --b->refs_;  // not the last: it lives
  void* p = core_of(b).main_.room<sizeof(Ending)>();
  if (!p) [[unlikely]]
    return last_owner_late(b);
  ::new (p) Ending{b->kind_->end, b};
}

TROUPE_COLD void Access::last_owner_late(CxBase* b) noexcept {
  Core& c = core_of(b);
  c.main_.push<sizeof(Ending)>([&](void* p) { ::new (p) Ending{b->kind_->end, b}; }, [&] { c.sweep_ = true; });
}

void Access::end_dropped(CxBase& b) noexcept { end(b, StopCause(StopCause::dropped)); }

struct Access::EndLater {
  EndLater(CxBase& b, StopCause&& c) noexcept : box(b), cause(std::move(c)) { own(std::addressof(b)); }
  EndLater(const EndLater&) = delete;
  ~EndLater() { disown(std::addressof(box)); }
  void operator()(Core&) noexcept { end(box, std::move(cause)); }
  CxBase& box;
  StopCause cause;
};

// Beyond the queue's bound too: an end relieves a busy runtime.
bool Access::end_later(CxBase& b, StopCause&& cause) noexcept {
  using R = Record<EndLater>;
  constexpr std::size_t size = record_size<EndLater>;
  CallQueue& q = core_of(std::addressof(b)).main_;
  if (!q.reserve(size)) return false;
  q.push_reserved<size>([&](void* p) { ::new (p) R{&R::run, {b, std::move(cause)}}; }, [] {});
  return true;
}

void Access::kill(CxBase* b, Error&& error) {
  if (!end_later(*b, StopCause(StopCause::killed, std::move(error)))) TROUPE_THROW(std::bad_alloc{});
}

std::size_t Access::sweep(Core& c, std::size_t most) noexcept {
  std::size_t left = most;
  if (c.leaver_) leave_late(c), --left;
  if (!std::exchange(c.sweep_, false)) return most - left;
  if (c.tasks_.late) left -= c.tasks_.hooks->resume_late(c, left);
  each_actor(c, [&](CxBase& b) {
    const bool idles = b.last_task_stops_ && !b.tasks_;
    const bool refused = b.refused_ != 0 && b.state_ == ActorState::prep;
    if (b.owners_ != 0 && !idles && !refused && can_fail(b)) return;
    if (left == 0) {
      c.sweep_ = true;
      return;
    }
    --left;
    if (!can_fail(b))
      end(b, StopCause(StopCause::failed, Error("out of memory")));  // its own cause found none
    else if (b.owners_ == 0)
      end(b, StopCause(StopCause::dropped));
    else if (refused)
      end(b, StopCause(StopCause::failed, Error(to_string(b.refused_ == 1 ? Why::overloaded : Why::no_memory))));
    else
      end(b, StopCause(StopCause::stopped));
  });
  if (c.tasks_.late) c.sweep_ = true;
  return most - left;
}

// ---- the end
void Access::end(CxBase& b, StopCause&& cause) noexcept {
  const ActorState was = b.state_;
  if (was >= ActorState::dying) return;
  b.state_ = ActorState::dying;
  if (Core& c = core_of(std::addressof(b)); c.leaver_ == std::addressof(b)) [[unlikely]]
    cause = take_cause(c);
  if (b.watches_) [[unlikely]]
    forget_watches(b);
  if (b.tasks_ || b.has_parked_) [[unlikely]] {
    ref(std::addressof(b));
    {
      DropScope why{cause.has_error() ? Why::failed : DropScope::why_or(Why::lost), std::addressof(b), &cause.error_};
      const ActorFail fail = DropScope::reason();
      while (b.tasks_) core_of(std::addressof(b)).tasks_.hooks->drop(b.tasks_, fail);
    }
    if (b.has_parked_) {
      wait_for_parked(b, std::move(cause));
      return unref(std::addressof(b));
    }
    finish(b, std::move(cause), was);
    return unref(std::addressof(b));
  }
  finish(b, std::move(cause), was);
}

void Access::finish(CxBase& b, StopCause&& cause, ActorState was) noexcept {
  Core& core = core_of(std::addressof(b));
  b.state_ = ActorState::zombie;
  const bool had_state = was == ActorState::ready || was == ActorState::leaving || was == ActorState::parked;
  {
    const Why otherwise = had_state ? Why::dropped : Why::lost;  // its own Rets; calls that it never took
    DropScope why{cause.has_error() ? Why::failed : DropScope::why_or(otherwise), std::addressof(b), &cause.error_};
    if (had_state) [[likely]]
      b.kind_->destroy(b);
    else
      drop_held(std::exchange(held(std::addressof(b)), nullptr));
  }
  if (core.logger_.allows(LogLevel::close) || cause.has_error() || b.named_) [[unlikely]] {
    if (was != ActorState::parked) report_failure(core, b, cause);
    if (!b.closed_) report_close(core, b, cause);
  }
  if (b.notice_) {
    tell_end(b, cause);
    free_notice(b);
  }
  unref(std::addressof(b));
}

void Access::leave(CxBase& b) noexcept {
  Core& c = core_of(std::addressof(b));
  if (c.leaver_ != std::addressof(b)) return;  // a record of the queue ends it
  if (c.put_off_) [[unlikely]] {
    const ActorFail why = fail_of_leaver(c);
    const DropScope scope(why);
    answer_put_off(c, c.leaver_item_);
  }
  end(b, take_cause(c));
}

StopCause Access::take_cause(Core& c) noexcept {
  c.leaver_ = nullptr;
  return std::exchange(c.cause_, StopCause());
}

void Access::thrown(CxBase& b) noexcept { const Thrown ends(b); }

Access::Thrown::Thrown(CxBase& b) noexcept
    : ends{b, Error(std::current_exception())}, why(Why::failed, std::addressof(b), &ends.error) {
  Core& c = core_of(std::addressof(b));
  answer_put_off(c, item(c));
  drop_held(take_flush(c));  // a preparing handler threw behind ready()
}

// The first cause wins; the log hears of what was thrown behind it.
void Access::end_thrown(CxBase& b, const Error& what) noexcept {
  if (can_fail(b)) return end(b, StopCause(StopCause::failed, what));
  if (b.state_ < ActorState::dying) error(b, what.text(), kv("actor", b.kind_->name));
  left(b);
}

// Every failure is told to the log, at Error, and to the hook: also when nobody asked to hear of the end.
void Access::report_failure(Core& core, CxBase& b, const StopCause& cause) noexcept {
  if (cause != StopCause::failed) return;
  const std::string_view name = name_of(b);
  error(b, cause.error().text(), kv("actor", b.kind_->name),
        kv("name", name.empty() ? std::optional<std::string_view>{} : name));
  if (core.extras_ && core.extras_->failure_hook) {
    const auto hook = core.extras_->failure_hook;
    TROUPE_TRY { (*hook)(core, FailureReport{b.id(), b.kind_->name, name, cause.error()}); }
    TROUPE_CATCH_ALL { throw_later(core, std::current_exception()); }
  }
}

void Access::report_close(Core& core, CxBase& b, const StopCause& cause) noexcept {
  const std::uint64_t id = b.id();
  static_assert(static_cast<int>(SpanEnd::lost) == static_cast<int>(StopCause::lost));
  log_span_close(core.logger_, core, core.now_, id, static_cast<SpanEnd>(cause.kind()), cause.error().text());
  if (b.named_) core.extras_->names.erase(id);
  b.named_ = false;
}

std::string_view Access::name_of(CxBase& b) noexcept {
  Core& c = core_of(std::addressof(b));
  return b.named_ ? std::string_view(c.extras_->names.find(b.id())->second) : std::string_view{};
}

// ---- calls held in Prep: a circular list that is known by its tail, so that one word is enough
Held* Access::add_held(CxBase* b, std::size_t bytes) noexcept {
  auto* h = static_cast<Held*>(take(core_of(b), bytes));
  if (!h) return nullptr;
  auto* const at = reinterpret_cast<std::byte*>(h);
  Held*& tail = held(b);
  std::byte* const first = tail ? std::exchange(tail->next, at) : at;
  tail = ::new (static_cast<void*>(h)) Held{&Held::run, first, static_cast<unsigned>(bytes)};
  return h;
}

// An answer that cannot be held may not be lost in silence: the actor fails.
void Access::cannot_hold(CxBase* b, bool must_arrive) noexcept {
  if (must_arrive) end(*b, StopCause(StopCause::failed, Error("an answer could not be held: no memory")));
}

std::byte* Held::run(Core* core, std::byte* at) {
  auto* h = reinterpret_cast<Held*>(at);
  std::byte* const next = h->next;
  h->kept()(core, reinterpret_cast<std::byte*>(h + 1));
  Access::give(h, h->bytes);
  return next;
}

// The list becomes part of the queue that runs. An idle item is one a run, so what it brings about goes to the main
// queue.
std::byte* Access::before_next(Core& core, Held* tail, std::byte* next) noexcept {
  std::byte* const first = tail->next;
  if (!core.main_.is_used()) {  // nothing would keep the box until they have run
    tail->next = nullptr;
    for (std::byte* at = first; at;) at = Held::run(std::addressof(core), at);
    return next;
  }
  if (core.running_ == std::addressof(core.idle_)) return core.main_.put_first(first, tail->next), next;
  tail->next = next;
  return first;
}

void Access::drop_held(Held* tail) noexcept {
  if (!tail) return;
  std::byte* at = std::exchange(tail->next, nullptr);
  while (at) at = Held::run(nullptr, at);
}

void Access::unheard(Core& core, const std::exception_ptr& what, std::string_view where) noexcept {
  error(core, Error(what).text(), kv("where", where));
}

namespace {
constexpr std::string_view in_a_body = "the function of a Ret, a Fwd or a hook";

struct ThrowsLater {  // out of the run; where it does not come to that, the log hears
  ThrowsLater(Core& c, std::exception_ptr e) noexcept : core(c), what(std::move(e)) {}
  ThrowsLater(const ThrowsLater&) = delete;
  ~ThrowsLater() {
    if (what) Access::unheard(core, what, in_a_body);
  }
  void operator()(Core&) { std::rethrow_exception(std::exchange(what, nullptr)); }
  Core& core;
  std::exception_ptr what;
};
}  // namespace

void Access::throw_later([[maybe_unused]] Core& c, [[maybe_unused]] std::exception_ptr e) noexcept {
#if TROUPE_EXCEPTIONS
  using R = Record<ThrowsLater>;
  c.main_.push<record_size<ThrowsLater>>([&](void* p) { ::new (p) R{&R::run, {c, std::move(e)}}; },
                                         [&] {
                                           if (c.pending_ || ending(c)) return unheard(c, e, in_a_body);
                                           c.pending_ = std::move(e);
                                         });
#endif
}

void Access::tell_pending(Core& c) noexcept {
  if (c.pending_) unheard(c, std::exchange(c.pending_, nullptr), in_a_body);
}

void Access::never_constructed(CxBase& b, Why why) noexcept {
  end(b, StopCause(StopCause::failed, Error(to_string(why))));
}

// Something that starts it may be queued already: so that is decided when the queue is empty.
void Access::never_started(CxBase& b, Why why) noexcept {
  if (b.state_ != ActorState::prep || why == Why::ended) return;
  b.refused_ = why == Why::overloaded ? 1 : 2;
  core_of(std::addressof(b)).sweep_ = true;
}

}  // namespace troupe::detail

namespace troupe {

std::uint64_t CxBase::id() const noexcept {
  std::uint64_t id;
  std::memcpy(&id, reinterpret_cast<const char*>(this) + kind_->id_at, sizeof(id));
  return id;
}

void CxBase::stop() noexcept { detail::Access::say_end(*this, StopCause(StopCause::stopped)); }
void CxBase::fail(Error error) noexcept {
  detail::Access::say_end(*this, StopCause(StopCause::failed, std::move(error)));
}

void CxBase::set_name(std::string_view name) {
  Core& c = core();
  c.extras().names[id()] = name;
  named_ = true;
}

}  // namespace troupe
