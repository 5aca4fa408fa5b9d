// core/deferred.hpp: functions in the queue, with what is bound to them. (internal)
#pragma once
#include <troupe/base/pack.hpp>
#include <troupe/core/drop_scope.hpp>
#include <troupe/core/record.hpp>

namespace troupe::detail {

// fn(bound...), with the core in front where fn takes it.
template <class F, class Args> struct Deferred {
  [[no_unique_address]] F fn;
  [[no_unique_address]] Args bound;
  void operator()(Core& core) {
    bound([&](auto&... b) {
      if constexpr (std::is_invocable_v<F&, Core&, decltype(std::move(b))...>)
        fn(core, std::move(b)...);
      else
        fn(std::move(b)...);
    });
  }
};

// What was refused dies here, and the Rets inside hear why.
template <class... X> TROUPE_COLD void refuse(Why why, X&&... x) {
  DropScope scope{why};
  [[maybe_unused]] auto dies_here = detail::pack(std::forward<X>(x)...);
}

template <class F, class... B> void enqueue_function(CallQueue& q, F fn, B... bound) {
  using D = Deferred<F, Pack<B...>>;
  using R = Record<D>;
  q.push<record_size<D>>(
      [&](void* p) { ::new (p) R{&R::run, {std::move(fn), detail::pack(std::move(bound)...)}}; },
      [&] { detail::refuse(q.refusal(), std::move(bound)...); });
}
template <class F, class... B> auto deferred(F fn, B... bound) {
  return Deferred<F, Pack<B...>>{std::move(fn), detail::pack(std::move(bound)...)};
}

}  // namespace troupe::detail
