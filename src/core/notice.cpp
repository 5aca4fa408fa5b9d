// core/notice.cpp: the two lists that a watch is in: of the actor that is watched, and of the one
// that watches.
#include <troupe/core/notice.hpp>

#include <algorithm>

#include "extras.hpp"

namespace troupe::detail {

Notice* new_notice(Core& core, Ret<StopCause>&& notify) {
  void* cell = kernel_here(core).pool.take(
      sizeof(Notice));  // not try_make: Clang's -Wconsumed would take the Ret for used up
  if (!cell) {
    notify.fail(ActorFail(Why::no_memory));
    TROUPE_THROW(std::bad_alloc{});
  }
  return ::new (cell) Notice(std::move(notify));
}

namespace {

constinit thread_local std::uint64_t last_watch =
    0;  // one for all runtimes: a key names nothing in another

}  // namespace

static void forget_unwanted(Notice& n) noexcept;

Watch::Watch(Notice& n, Ret<StopCause>&& r, std::uint64_t num) noexcept
    : of(n), ret(std::move(r)), place(n.end), number(num) {
  *place = this;
  n.end = &next;
  ++n.count;
}

static Ret<StopCause> take_watch(Watch& w) noexcept {
  *w.place = w.next;
  (w.next ? w.next->place : w.of.end) = w.place;
  --w.of.count;
  if (Box* by = w.watcher) {
    *w.own = w.next_own;
    if (w.next_own) w.next_own->own = w.own;
    auto& lists = by->kernel().extras->watches;
    if (const auto list = lists.find(by); !list->second) {
      lists.erase(list);
      by->watches = false;
    }
  }
  Ret<StopCause> ret = std::move(w.ret);
  Pool::destroy(w);
  return ret;
}

std::uint64_t add_watch(Box& b, Ret<StopCause>&& ret) {
  Kernel& k = b.kernel().here();
  Box* const asker = asker_of(ret);
  Box* const by = asker && !asker->has_ended() ? asker : nullptr;
  Watch** own = nullptr;
  void* cell = nullptr;
  TROUPE_TRY {
    if (!b.notice) b.notice = empty_notice(k);
    if (b.notice) cell = k.pool.take(sizeof(Watch));
    if (!cell) TROUPE_THROW(std::bad_alloc{});
    if (by) own = &by->kernel().make_extras().watches[by];
  }
  TROUPE_CATCH_ALL {
    if (cell) Pool::give_back(cell, sizeof(Watch));
    ret.fail(ActorFail(Why::no_memory));
    TROUPE_RETHROW;
  }
  if (b.notice->count >= b.notice->look_at) forget_unwanted(*b.notice);
  const std::uint64_t number = ++last_watch;
  auto* w = ::new (cell) Watch(*b.notice, std::move(ret), number);
  if (by) {  // so that it finds them when it ends
    w->watcher = by;
    w->own = own;
    w->next_own = *own;
    if (*own) (*own)->own = &w->next_own;
    *own = w;
    by->watches = true;
  }
  return number;
}

// Those whose Rets nobody waits for. Looked for each time their number has doubled, so that adding
// costs the same.
static void forget_unwanted(Notice& n) noexcept {
  for (Watch* w = n.watches; w;) {
    Watch* next = w->next;
    if (!w->ret.is_wanted()) const Ret<StopCause> dies_here = take_watch(*w);
    w = next;
  }
  n.look_at = std::max(Notice::first_look, 2 * n.count);
}

void forget_watches(Box& by) noexcept {
  while (by.watches) const Ret<StopCause> dies_here = take_watch(*by.kernel().extras->watches[&by]);
}

bool end_watch(Box& b, std::uint64_t number) noexcept {
  Watch* w = b.notice ? b.notice->watches : nullptr;
  while (w && w->number != number) w = w->next;
  if (!w) return false;
  take_watch(*w).fail(ActorFail(Why::cancelled));
  return true;
}

Notice* empty_notice(Kernel& kernel) noexcept { return kernel.pool.try_make<Notice>(); }

// A function of its own: Clang 19's -Wconsumed crashes on a Ret that is tested and used in a
// function with a loop.
static void tell(Ret<StopCause> who, const StopCause& cause) {
  if (who) who(StopCause(cause));
}

// What is dropped by the functions of those who hear is no part of this end.
void tell_end(Box& b, const StopCause& cause) {
  const DropScope apart(b.kernel().is_ending() ? Why::ended : Why::dropped);
  tell(std::move(b.notice->ret), cause);
  // A function may be the end of its last parked task, and of the notice.
  while (b.notice && b.notice->watches) tell(take_watch(*b.notice->watches), cause);
}

void free_notice(Box& b) noexcept {
  if (Notice* n = std::exchange(b.notice, nullptr)) Pool::destroy(*n);
}

}  // namespace troupe::detail
