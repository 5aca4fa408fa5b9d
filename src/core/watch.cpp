// core/watch.cpp: the two lists that a watch is in: of the actor that is watched, and of the one that watches.
#include <troupe/core/watch.hpp>

#include <algorithm>
#include <troupe/core/notice.hpp>

#include "extras.hpp"

namespace troupe::detail {
namespace {

constinit thread_local std::uint64_t last_watch = 0;  // one for all runtimes: a key names nothing in another

}  // namespace

Watch::Watch(Notice& n, Ret<StopCause>&& r, std::uint64_t num) noexcept
    : of(n), ret(std::move(r)), place(n.end), number(num) {
  *place = this;
  n.end = &next;
  ++n.count;
}

Ret<StopCause> Access::take_watch(Watch& w) noexcept {
  *w.place = w.next;
  (w.next ? w.next->place : w.of.end) = w.place;
  --w.of.count;
  if (CxBase* by = w.watcher) {
    *w.own = w.next_own;
    if (w.next_own) w.next_own->own = w.own;
    auto& lists = core_of(by).extras_->watches;
    if (const auto list = lists.find(by); !list->second) {
      lists.erase(list);
      by->watches_ = false;
    }
  }
  Ret<StopCause> ret = std::move(w.ret);
  w.~Watch();
  give(std::addressof(w), sizeof(Watch));
  return ret;
}

std::uint64_t Access::add_watch(CxBase& b, Ret<StopCause>&& ret) {
  Core& c = core_of(std::addressof(b));
  CxBase* const by = ret.to_ && state(*ret.to_) < ActorState::dying ? ret.to_ : nullptr;
  Watch** own = nullptr;
  void* cell = nullptr;
  TROUPE_TRY {
    if (!b.notice_) b.notice_ = empty_notice(c);
    if (b.notice_) cell = take(c, sizeof(Watch));
    if (!cell) TROUPE_THROW(std::bad_alloc{});
    if (by) own = &core_of(by).extras().watches[by];
  }
  TROUPE_CATCH_ALL {
    if (cell) give(cell, sizeof(Watch));
    ret.fail(ActorFail(Why::no_memory));
    TROUPE_RETHROW;
  }
  if (b.notice_->count >= b.notice_->look_at) forget_unwanted(*b.notice_);
  const std::uint64_t number = ++last_watch;
  auto* w = ::new (cell) Watch(*b.notice_, std::move(ret), number);
  if (by) {  // so that it finds them when it ends
    w->watcher = by;
    w->own = own;
    w->next_own = *own;
    if (*own) (*own)->own = &w->next_own;
    *own = w;
    by->watches_ = true;
  }
  return number;
}

// Those whose Rets nobody waits for. Looked for each time their number has doubled, so that adding costs the same.
void Access::forget_unwanted(Notice& n) noexcept {
  for (Watch* w = n.watches; w;) {
    Watch* next = w->next;
    if (!w->ret.is_wanted()) const Ret<StopCause> dies_here = take_watch(*w);
    w = next;
  }
  n.look_at = std::max(Notice::first_look, 2 * n.count);
}

void Access::forget_watches(CxBase& by) noexcept {
  while (by.watches_)
    const Ret<StopCause> dies_here = take_watch(*core_of(std::addressof(by)).extras_->watches[std::addressof(by)]);
}

bool Access::end_watch(CxBase& b, std::uint64_t number) noexcept {
  Watch* w = b.notice_ ? b.notice_->watches : nullptr;
  while (w && w->number != number) w = w->next;
  if (!w) return false;
  take_watch(*w).fail(ActorFail(Why::cancelled));
  return true;
}

Notice* Access::empty_notice(Core& c) noexcept {
  void* cell = take(c, sizeof(Notice));
  return cell ? ::new (cell) Notice(Ret<StopCause>(nullptr)) : nullptr;
}

// A function of its own: Clang 19's -Wconsumed crashes on a Ret that is tested and used in a function with a loop.
static void tell(Ret<StopCause> who, const StopCause& cause) {
  if (who) who(StopCause(cause));
}

// What is dropped by the functions of those who hear is no part of this end.
void Access::tell_end(CxBase& b, const StopCause& cause) {
  const DropScope apart(ending(core_of(std::addressof(b))) ? Why::ended : Why::dropped);
  tell(std::move(b.notice_->ret), cause);
  // A function may be the end of its last parked task, and of the notice.
  while (b.notice_ && b.notice_->watches) tell(take_watch(*b.notice_->watches), cause);
}

void Access::free_notice(CxBase& b) noexcept {
  Notice* n = std::exchange(b.notice_, nullptr);
  if (!n) return;
  n->~Notice();
  give(n, sizeof(Notice));
}

}  // namespace troupe::detail

namespace troupe {

WatchKey watch(const detail::ActorRef& actor, Ret<StopCause> ret) {
  if (actor.is_zombie())
    ret(StopCause(StopCause::lost));
  else if (!ret.take_nop())
    return WatchKey(detail::Access::add_watch(*detail::box_of(actor), std::move(ret)));
  return {};
}

bool unwatch(const detail::ActorRef& actor, WatchKey key) noexcept {
  return actor && key.number_ != 0 && detail::Access::end_watch(*detail::box_of(actor), key.number_);
}

}  // namespace troupe
