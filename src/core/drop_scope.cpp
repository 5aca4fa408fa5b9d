// core/drop_scope.cpp: the reason that holds here and now.
#include <troupe/core/drop_scope.hpp>

#include <troupe/core/kernel.hpp>

namespace troupe::detail {

ActorFail DropScope::reason() noexcept {
  const DropScope* d = innermost;
  if (!d) {
    if (const Kernel* k = Kernel::current)
      if (const BoxHeader* stopping_actor = k->stopping_actor_here())
        return fail_of_stopping(*stopping_actor, k->cause);
    return {};
  }
  if (d->why_ == as_told) return *d->told_;
  return ActorFail(d->why_, d->error_ ? *d->error_ : Error{}, d->actor_ ? d->actor_->id() : 0,
                   d->actor_ ? &d->actor_->type->name : nullptr);
}

// A handler has said stop() or fail(), and what dies is of its turn.
ActorFail fail_of_stopping(const BoxHeader& stopping_actor, const StopCause& cause) noexcept {
  const DropScope of_it(cause.has_error() ? Why::failed : Why::dropped, &stopping_actor,
                        &cause.error());
  return DropScope::reason();
}

}  // namespace troupe::detail
