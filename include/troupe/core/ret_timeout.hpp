// core/ret_timeout.hpp: a limit in time for an answer: what `Ret::with_timeout` does. (internal)
//
// A cell of the pool stands between two Rets: the outer one, which is given away, and the inner
// one, which was there. The cell is held by the outer Ret (`outer`) and by a timer (`timer`), and
// goes with the last of them. Whoever of the two comes first answers the inner Ret (`done`); the
// timer's end is a record of the queue, so both may still exist then.
#pragma once
#include <troupe/base/type_name.hpp>
#include <troupe/core/deferred.hpp>
#include <troupe/core/due.hpp>
#include <troupe/core/nesting.hpp>
#include <troupe/core/wanted_query.hpp>
#include <troupe/core/words.hpp>

namespace troupe {

template <class... T> class Ret;

namespace detail {
// Shared by the outer Ret and the timer; the first of them answers the inner Ret.
template <class... T> struct with_timeout;  // the name of its Ret in the books
template <class... T> struct TimedRet {
  explicit TimedRet(Ret<T...>&& r) noexcept : inner(std::move(r)) {}
  Ret<T...> inner;
  Core* core = nullptr;
  FixedTimerKey key;
  bool done = false, timer = true, outer = true;
  void release() noexcept {
    if (timer || outer) return;
    Core* c = core;
    Pool::destroy(*this);
    kernel_of(*c).release();
  }
};
template <class... T> struct TimedRef {  // the timer's end of it
  using troupe_relocatable = void;
  explicit TimedRef(TimedRet<T...>* s) noexcept : shared(s) {}
  TimedRef(TimedRef&& o) noexcept : shared(std::exchange(o.shared, nullptr)) {}
  TimedRef& operator=(TimedRef&&) = delete;
  ~TimedRef() {
    if (!shared) return;
    shared->timer = false;
    shared->release();
  }
  TimedRet<T...>* shared;
};
template <class... T> void answer_in_time(Words w, const ActorFail* why, T*... value) {
  TimedRet<T...>* s;
  std::memcpy(&s, w.raw, sizeof(s));
  struct Gone {  // also when the inner one's body throws
    TimedRet<T...>* s;
    ~Gone() {
      if (Kernel& k = kernel_here(*s->core); !k.ended)
        k.timers.erase(s->key);  // drops the timer's end of it
      s->outer = false;
      s->release();
    }
  } const gone{s};
  if (std::exchange(s->done, true)) return;
  Ret<T...> inner = std::move(s->inner);
  if (why)
    inner.fail(*why);
  else
    inner.answer_with(value...);
}
template <class... T> void timed_answer(Box*, Words w, const ActorFail* why, T*... value) {
  if (is_query(why)) [[unlikely]] {
    TimedRet<T...>* s;
    std::memcpy(&s, w.raw, sizeof(s));
    const auto& query = *static_cast<const WantedQuery*>(why);
    query.whose = s->core;
    if (query.asks_whose) return;
    query.wanted = !s->done && s->inner.is_wanted();
    query.tells_failure = s->inner.tells_failure();
    query.runs_in_place = s->inner.runs_in_place();
    return;
  }
  nest<&answer_in_time<T...>, T...>(w, why, value...);
}
// What a Ret gives as the outer one. Throws bad_alloc; the receiver hears `no_memory` then.
template <class... T> Ret<T...> answered_within(Core& core, Duration limit, Ret<T...>& ret) {
  using S = TimedRet<T...>;
  Kernel& kernel = kernel_here(core);
  void* cell = kernel.pool.take(
      sizeof(S));  // not try_make: Clang's -Wconsumed would take the Ret for used up
  if (!cell) {
    ret.fail(ActorFail(Why::no_memory));
    TROUPE_THROW(std::bad_alloc{});
  }
  auto* s = ::new (cell) S(std::move(ret));
  s->core = std::addressof(core);
  kernel.retain();
  Ret<T...> outer(&timed_answer<T...>, nullptr, detail::words_of(s),
                  signature_with<with_timeout<T...>>());
  TROUPE_TRY {
    s->key = detail::add_fixed(core, later(core.now(), limit),
                               detail::deferred(
                                   [](TimedRef<T...> ref) {
                                     S* timed = ref.shared;
                                     if (std::exchange(timed->done, true)) return;
                                     Ret<T...> inner = std::move(timed->inner);
                                     Core& of = *timed->core;
                                     inner.fail(ActorFail(Why::timed_out));
                                     if (const auto tell = kernel_of(of).asker_left) tell(of);
                                   },
                                   TimedRef<T...>(s)));
  }
  TROUPE_CATCH_ALL {
    outer.fail(ActorFail(Why::no_memory));
    TROUPE_RETHROW;
  }
  return outer;
}
}  // namespace detail

}  // namespace troupe
