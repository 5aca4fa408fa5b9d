// core/ret_timeout.hpp: `Ret::with_timeout`: a limit in time for an answer.
#pragma once
#include <troupe/core/ret_do.hpp>
#include <troupe/core/timer.hpp>

namespace troupe {

namespace detail {
// Shared by the outer Ret and the timer; the first of them answers the inner Ret.
template <class... T> struct TimedRet {
  explicit TimedRet(Ret<T...>&& r) noexcept : inner(std::move(r)) {}
  Ret<T...> inner;
  Core* core = nullptr;
  FixedTimerKey key;
  bool done = false, timer = true, outer = true;
  void release() noexcept {
    if (timer || outer) return;
    Core* c = core;
    this->~TimedRet();
    Access::give(this, sizeof(TimedRet));
    Access::unkeep(*c);
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
      if (!Access::ended(*s->core)) Access::timers(*s->core).erase(s->key);  // drops the timer's end of it
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
template <class... T> void timed_answer(CxBase*, Words w, const ActorFail* why, T*... value) {
  if (is_query(why)) [[unlikely]] {
    TimedRet<T...>* s;
    std::memcpy(&s, w.raw, sizeof(s));
    const auto& query = *static_cast<const WantedQuery*>(why);
    query.wanted = !s->done && s->inner.is_wanted();
    query.tells_failure = s->inner.tells_failure();
    return;
  }
  nest<&answer_in_time<T...>, T...>(w, why, value...);
}
}  // namespace detail

template <class... T> Ret<T...> Ret<T...>::with_timeout(Core& core, AnyDuration limit) {
  using S = detail::TimedRet<T...>;
  if (!fn_) [[unlikely]]
    detail::answered_twice(type_name<Ret>);
  void* cell = detail::Access::take(core, sizeof(S));
  if (!cell) {
    fail(ActorFail(Why::no_memory));
    TROUPE_THROW(std::bad_alloc{});
  }
  auto* s = ::new (cell) S(std::move(*this));
  s->core = std::addressof(core);
  detail::Access::keep(core);
  Ret outer(&detail::timed_answer<T...>, nullptr, detail::words_of(s), detail::signature_with<S>());
  TROUPE_TRY {
    s->key = after(
        core, limit,
        [](detail::TimedRef<T...> ref) {
          S* timed = ref.shared;
          if (std::exchange(timed->done, true)) return;
          Ret<T...> inner = std::move(timed->inner);
          inner.fail(ActorFail(Why::timed_out));
        },
        detail::TimedRef<T...>(s));
  }
  TROUPE_CATCH_ALL {
    outer.fail(ActorFail(Why::no_memory));
    TROUPE_RETHROW;
  }
  return outer;
}

}  // namespace troupe
