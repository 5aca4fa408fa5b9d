// core/life.hpp: the inside of boxes: how an actor is made, becomes ready, ends, and gives its box back.
//
// Everything that reaches past the private parts of the core goes through `Access`, so that the doors (call.hpp,
// ret.hpp, ...) stay short and one page shows every way in.
#pragma once
#include <memory>
#include <new>
#include <troupe/base/borrow.hpp>
#include <troupe/base/pack.hpp>
#include <troupe/core/core.hpp>

namespace troupe {

template <class... T> class Ret;
template <class A> class ActorOwn;

namespace detail {
template <class F> struct Floating {  // an F that needs more alignment than records have
  template <class... X> explicit(false) Floating(X&&... x) noexcept {
    ::new (static_cast<void*>(std::addressof(get()))) F{std::forward<X>(x)...};
  }
  F& get() noexcept {
    return *reinterpret_cast<F*>((reinterpret_cast<std::uintptr_t>(room) + alignof(F) - 1) & ~(alignof(F) - 1));
  }
  alignas(8) std::byte room[sizeof(F) + alignof(F) - 8];
};
template <class F> struct Record {  // F runs as f(core)
  RecordStep step;
  [[no_unique_address]] std::conditional_t<(alignof(F) > 8), Floating<F>, F> f;
  F& function() noexcept {
    if constexpr (alignof(F) > 8)
      return f.get();
    else
      return f;
  }
  static std::byte* run(Core* core, std::byte* at) noexcept(noexcept(std::declval<F&>()(*core)));
};
template <class F> inline constexpr std::size_t record_size = (sizeof(Record<F>) + 7) & ~std::size_t{7};

template <class A> inline constexpr std::size_t id_at = sizeof(CxBase) + ((sizeof(A) < 8 ? 8 : sizeof(A)) + 7) / 8 * 8;
inline constexpr std::size_t ids_size = TROUPE_DEBUG ? 16 : 8;  // its own, and in debug builds its maker's
template <class A>
inline constexpr std::size_t box_size = alignof(A) > 8 ? (id_at<A> + ids_size + 15) / 16 * 16 : id_at<A> + ids_size;
// A dead box links on where its state was.
static_assert(sizeof(CxBase) == Pool::box_link);
inline CxBase* grave_link(const CxBase* box) noexcept {
  CxBase* next;
  std::memcpy(&next, box + 1, sizeof(next));
  return next;
}
TROUPE_INLINE void set_grave_link(CxBase* box, CxBase* next) noexcept {
  std::memcpy(static_cast<void*>(box + 1), &next, sizeof(next));
}

struct Notice;
struct Watch;
struct Access {
  // ---- finding one's way
  TROUPE_INLINE static Core& core_of(const CxBase* b) noexcept { return *Block::of(b)->core; }
  static CallQueue& main(Core& c) noexcept { return check_thread(c), c.main_; }
  static CallQueue& lazy(Core& c) noexcept { return check_thread(c), c.lazy_; }
  static CallQueue& idle(Core& c) noexcept { return check_thread(c), c.idle_; }
  static CallQueue* running(Core& c) noexcept { return c.running_; }
  static TimerQueue& timers(Core& c) noexcept { return check_thread(c), c.timers_; }
  static Inbox& inbox(Core& c) noexcept { return *c.inbox_; }
  static bool ended(const Core& c) noexcept { return c.ended_; }
  static bool ending(const Core& c) noexcept { return c.main_.is_closed(); }           // or ended
  static void set_probe(Core& c, detail::Probe* probe) noexcept { c.probe_ = probe; }  // from the next run on
  // Debug builds: everything of a runtime is for its own thread, handles that outlived it aside.
  TROUPE_INLINE static void check_thread([[maybe_unused]] const Core& c) noexcept {
#if TROUPE_DEBUG
    if (!c.ended_ && !c.inbox_->here()) [[unlikely]]
      panic("a runtime was used on another thread than the one that made it", "Core");
#endif
  }
  // Debug builds: a Cx is lent for a turn of its actor, or for the life of its tasks.
  TROUPE_INLINE static void check_lent([[maybe_unused]] const CxBase& b) noexcept {
#if TROUPE_DEBUG
    const Core& c = core_of(std::addressof(b));
    if (c.turn_ != std::addressof(b) && !b.tasks_ && !b.has_parked_ && b.state_ < ActorState::dying &&
        c.tasks_.dying == 0) [[unlikely]]
      panic("a Cx was used beyond the turn that it was lent for: keep cx.this_actor() instead", b.kind_->name);
#endif
  }
  static TaskLists& tasks(Core& c) noexcept { return c.tasks_; }
  static OwnedTask*& tasks(CxBase& b) noexcept { return b.tasks_; }
  static void set_sweep(Core& c) noexcept { c.sweep_ = true; }
  // Names what is being run: no two records of the queues have the same number.
  static std::uint64_t item(const Core& c) noexcept {
    return c.main_.steps() + c.lazy_.steps() + c.idle_.steps() + c.turns_outside_;
  }
  static void turn_outside(Core& c) noexcept { ++c.turns_outside_; }  // begins: by the host, in no record
  static Core*& current() noexcept { return Core::current_; }
  static void keep(Core& c) noexcept { ++c.keepers_; }
  static void unkeep(Core& c) noexcept {
    if (--c.keepers_ == 0) free_core(c);
  }
  TROUPE_INLINE static ActorState state(const CxBase& b) noexcept { return b.state_; }
  static const detail::Kind& kind(const CxBase& b) noexcept { return *b.kind_; }
  static std::uint32_t refs(const CxBase& b) noexcept { return b.refs_; }
  static std::uint32_t owners(const CxBase& b) noexcept { return b.owners_; }
  template <class A> TROUPE_INLINE static A* state_of(CxBase* b) noexcept {
    return std::launder(reinterpret_cast<A*>(reinterpret_cast<char*>(b) + sizeof(CxBase)));
  }
  // The calls that an actor in Prep is held; in the room of the state.
  static detail::Held*& held(CxBase* b) noexcept {
    return *reinterpret_cast<detail::Held**>(reinterpret_cast<char*>(b) + sizeof(CxBase));
  }

  template <class Ref> TROUPE_INLINE static CxBase* box_of(const Ref& r) noexcept { return r.box_; }
  template <class A> static Actor<A> handle(CxBase* b) noexcept { return Actor<A>(b); }
  template <class A> static ActorOwn<A> first_owner(CxBase* b) noexcept { return ActorOwn<A>(b); }  // of make_box
  template <class A> static ActorOwn<A> owner(CxBase* b) noexcept {                                 // a further one
    own(b);
    return ActorOwn<A>(b);
  }

  // ---- memory
  TROUPE_INLINE static void* take(Core& c, std::size_t bytes) noexcept {
    return bytes > Pool::largest ? take_large(bytes) : c.pool_.take(c, Pool::class_of(bytes), false);
  }
  TROUPE_INLINE static void give(void* p, std::size_t bytes) noexcept {
    if (bytes > Pool::largest) return give_large(p);
    give_cell(p, Pool::class_of(bytes), false);
  }
  TROUPE_INLINE static void give_cell(void* p, unsigned pool_class, bool box) noexcept {
    Core& c = *Block::of(p)->core;
    if (c.ended_) [[unlikely]]
      return give_orphan(p);
    c.pool_.give(p, pool_class, box);
  }

  // ---- names
  TROUPE_INLINE static void ref(CxBase* b) noexcept { ++b->refs_; }
  TROUPE_INLINE static void unref(CxBase* b) noexcept {
    if (--b->refs_ == 0) [[unlikely]]
      last_name(b);
  }
  static void own(CxBase* b) noexcept {
    if (b->owners_ != UINT16_MAX) ++b->owners_;
    ++b->refs_;
  }
  TROUPE_INLINE static void disown(CxBase* b) noexcept {
    if (b->owners_ == 1) return last_owner(b);
    if (b->owners_ != UINT16_MAX) --b->owners_;
    unref(b);
  }

  // ---- life
  struct Turn {  // a handler of `b` runs; debug builds
#if TROUPE_DEBUG
    Turn(Core& c, CxBase* b) noexcept : core(c), before(std::exchange(c.turn_, b)), borrows(b->kind_->name) {}
    Turn(const Turn&) = delete;
    ~Turn() { core.turn_ = before; }
    Core& core;
    CxBase* before;
    BorrowsInTurn borrows;
#else
    Turn(Core&, CxBase*) noexcept {}
#endif
  };
  template <class A> static const detail::Kind& kind_of() noexcept {
    static constexpr detail::Kind kind{type_name<A>, Pool::class_of(detail::box_size<A>), detail::id_at<A>,
                                       [](CxBase& b) { state_of<A>(std::addressof(b))->~A(); }, &End<A>::run};
    return kind;
  }
  // With its first owner. Throws bad_alloc, having told the notice so.
  template <class A> static CxBase* make_box(Core& core, detail::Notice* notice, std::uint64_t parent);
  TROUPE_INLINE static detail::Notice* notice_for(Core& core, Ret<StopCause>&& notify);  // the same
  // After a step that may have made it ready or leaving: the calls held for it come next.
  TROUPE_INLINE static detail::Held* settle(CxBase* b, detail::Held* held) noexcept {
    if (b->state_ != ActorState::ready) [[unlikely]]
      left(*b);
    return held;
  }
  static std::byte* before_next(Core& core, detail::Held* tail, std::byte* next) noexcept;  // where the loop goes on
  template <class A, class... X> static detail::Held* become(CxBase* b, X&&... args);
  static Held* take_flush(Core& c) noexcept { return std::exchange(c.flush_, nullptr); }
  static void set_flush(Core& c, detail::Held* held) noexcept { c.flush_ = held; }
  template <class F> static void hold(CxBase* b, F&& call, bool must_arrive) noexcept;
  static void drop_held(detail::Held* tail) noexcept;
  TROUPE_COLD static void never_constructed(CxBase& b, Why why) noexcept;  // the queue was full or closed: it fails
  TROUPE_COLD static void never_started(CxBase& b, Why why) noexcept;      // the same, if nothing else starts it
  static void say_end(CxBase& b, StopCause&& cause) noexcept;  // stop() or fail(): when the handler has returned
  static void end(CxBase& b, StopCause&& cause) noexcept;      // tasks, state, notice: once
  static void kill(CxBase* b, Error&& error);                  // by an item of the queue, which owns it until then
  static void leave(CxBase& b) noexcept;                       // after a turn in which it said stop() or fail()
  static void left(CxBase& b) noexcept {                       // the same, if it is so
    if (b.state_ == ActorState::leaving || b.state_ == ActorState::leaving_prep) leave(b);
  }
  static void leave_late(Core& c) noexcept {  // an actor that said so in a turn which was not known as its own
    if (c.leaver_) [[unlikely]]
      leave(*c.leaver_);
  }
  struct Thrown {  // inside a catch: a handler threw; what dies meanwhile is told so, then the actor ends
    explicit Thrown(CxBase& b) noexcept;
    Thrown(const Thrown&) = delete;
    struct Ends {  // once nothing dies for it any more
      ~Ends() { end_thrown(box, error); }
      CxBase& box;
      Error error;
    } ends;
    DropScope why;
  };
  static void thrown(CxBase& b) noexcept;  // the same, where nothing else dies
  // Whether it can still fail: it has not said stop() or fail(), nor ended.
  static bool can_fail(const CxBase& b) noexcept {
    return b.state_ == ActorState::prep || b.state_ == ActorState::ready;
  }
  // Who has said stop() or fail() in the turn that goes on, or null.
  static CxBase* leaver(const Core& c) noexcept { return c.leaver_ && c.leaver_item_ == item(c) ? c.leaver_ : nullptr; }
  static ActorFail fail_of_leaver(Core& c) noexcept;
  static detail::PutOff*& put_off(Core& c) noexcept { return c.put_off_; }
  static void task_parked(CxBase& b) noexcept { b.has_parked_ = true; }
  static void task_gone(CxBase& b) noexcept;                     // a task of it has ended, perhaps the last
  static void leave_parked(Core& c) noexcept;                    // the runtime ends: notices wait no longer
  static std::size_t sweep(Core& c, std::size_t most) noexcept;  // what found no room in the queue; how many that were
  static void throw_later(Core& c, std::exception_ptr e) noexcept;  // out of the next run
  static void tell_pending(Core& c) noexcept;                       // what no next run throws, to the log
  static void unheard(Core& c, const std::exception_ptr& what, std::string_view where) noexcept;  // to the log

  template <class F>
  static void each_actor(Core& c, F&& f) {  // f(CxBase&) for all that live, in the order of their boxes
    c.pool_.each_box([&](CxBase* b) {
      if (b->state_ < ActorState::dying) f(*b);
    });
  }
  static std::string_view name_of(CxBase& b) noexcept;  // empty if it has none
  static std::uint64_t maker_of(const CxBase& b) noexcept;
  // Why a call that has come to an actor which does not take it is destroyed.
  static Why why_missed(const CxBase& b) noexcept { return can_fail(b) ? Why::dropped : Why::lost; }
  static std::uint64_t add_watch(CxBase& b, Ret<StopCause>&& ret);
  static bool end_watch(CxBase& b, std::uint64_t number) noexcept;

  static void free_box(CxBase* b) noexcept { give_cell(b, b->kind_->pool_class, true); }
  static void free_boxes(CxBase* first, CxBase* last) noexcept {  // linked graves of one type
    Core& c = core_of(first);
    if (!c.ended_) [[likely]]
      return c.pool_.give_boxes(first, last, first->kind_->pool_class);
    detail::set_grave_link(last, nullptr);
    while (first) free_box(std::exchange(first, detail::grave_link(first)));
  }

 private:
  static detail::Notice* make_notice(Core& core, Ret<StopCause>&& notify);
  static void no_box(Core& core, detail::Notice* notice);
  static void opened(Core& core, CxBase& b, std::uint64_t parent) noexcept;
  static std::uint32_t parked_tasks(const CxBase& b) noexcept;
  static void wait_for_parked(CxBase& b, StopCause&& cause) noexcept;
  static bool park_limit_reached(Core* core, std::byte* payload) noexcept;
  static void tell_end(CxBase& b, const StopCause& cause);
  static void tell_parked(CxBase& b) noexcept;
  static detail::Notice* empty_notice(Core& c) noexcept;
  static void free_notice(CxBase& b) noexcept;
  static Ret<StopCause> take_watch(detail::Watch& w) noexcept;
  static void forget_unwanted(detail::Notice& n) noexcept;
  static void forget_watches(CxBase& by) noexcept;
  static void finish(CxBase& b, StopCause&& cause, ActorState was) noexcept;
  static void report_failure(Core& core, CxBase& b, const StopCause& cause) noexcept;
  static void report_close(Core& core, CxBase& b, const StopCause& cause) noexcept;
  static void last_name(CxBase* b) noexcept;
  static void last_owner(CxBase* b) noexcept;
  static void give_orphan(void* p) noexcept;
  static void* take_large(std::size_t bytes) noexcept;
  static void give_large(void* p) noexcept;
  static void free_core(Core& c) noexcept;
  static detail::Held* add_held(CxBase* b, std::size_t bytes) noexcept;
  static void cannot_hold(CxBase* b, bool must_arrive) noexcept;
  static void stop_when_idle(CxBase& b) noexcept;
  friend class troupe::CxBase;
  struct LastTask;
  static void last_owner_late(CxBase* b) noexcept;
  static void end_dropped(CxBase& b) noexcept;
  // Ready, and no flag is set: two bytes that lie side by side, read as one.
  TROUPE_INLINE static bool is_plain(const CxBase& b) noexcept {
    constexpr std::size_t at = offsetof(CxBase, state_);
    static_assert(sizeof(ActorState) == 1 && offsetof(CxBase, kind_) == at + 2);
    constexpr unsigned char plain[2] = {static_cast<unsigned char>(ActorState::ready), 0};
    return std::memcmp(reinterpret_cast<const char*>(std::addressof(b)) + at, plain, 2) == 0;
  }
  struct Ending {  // the queue's record of an owner's end
    detail::RecordStep step;
    CxBase* box;
  };
  template <class A> struct End;                                 // how it runs
  struct EndLater;                                               // the record of an end with a cause
  static bool end_later(CxBase& b, StopCause&& cause) noexcept;  // false: no memory
  static void end_thrown(CxBase& b, const Error& error) noexcept;
  static StopCause take_cause(Core& c) noexcept;
};
}  // namespace detail

TROUPE_INLINE void detail::CallQueue::bury(CxBase* box) noexcept {
  if (std::addressof(detail::Access::kind(*box)) != grave_kind_) [[unlikely]]
    return bury_apart(box);
  detail::set_grave_link(box, last_->graves);
  last_->graves = box;
}

// The usual end is by this record, of an actor of whose end nobody asked to hear; the compiler sees its destructor.
template <class A> struct detail::Access::End {
  static std::byte* run(Core* core, std::byte* at) noexcept {
    CxBase& b = *reinterpret_cast<Ending*>(at)->box;
    if (core) [[likely]] {
      const bool unheard = !b.notice_ & !b.tasks_ & !core->logger_.allows(LogLevel::close);
      if (is_plain(b) && unheard) [[likely]] {
        b.state_ = ActorState::zombie;
        if constexpr (!std::is_trivially_destructible_v<A>) {
          detail::DropScope why{detail::DropScope::why_or(Why::dropped), std::addressof(b)};
          state_of<A>(std::addressof(b))->~A();
        }
        if (--b.refs_ == 0) core->main_.bury(std::addressof(b));
      } else {
        end_dropped(b);
      }
    }
    return at + sizeof(Ending);
  }
};

inline Core& CxBase::core() noexcept {
  detail::Access::check_lent(*this);
  return detail::Access::core_of(this);
}
inline Instant CxBase::now() noexcept { return core().now(); }

template <class A, class... X> detail::Held* detail::Access::become(CxBase* b, X&&... args) {
  detail::Held* waiting = std::exchange(held(b), nullptr);
  void* at = reinterpret_cast<char*>(b) + sizeof(CxBase);
  TROUPE_TRY {
    if constexpr (std::is_constructible_v<A, Cx<A>&, X&&...>)
      ::new (at) A(*static_cast<Cx<A>*>(b), std::forward<X>(args)...);
    else
      ::new (at) A(std::forward<X>(args)...);
  }
  TROUPE_CATCH_ALL {
    held(b) = waiting;  // its end drops what was held
    TROUPE_RETHROW;
  }
  b->state_ = b->state_ == ActorState::prep ? ActorState::ready : ActorState::leaving;
  return waiting;
}

}  // namespace troupe
