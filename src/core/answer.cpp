// core/answer.cpp: the record of a failure.
#include <troupe/core/answer.hpp>

namespace troupe::detail {

HeldCalls FailAnswer::operator()(Core&) noexcept {
  const ActorState wanted = prep ? ActorState::prep : ActorState::ready;
  if (to->state != wanted) {
    if (!prep && to->state == ActorState::prep) {
      hold(*to, std::move(*this), true);
      return {};
    }
    DropScope gone{to->why_missed(), to};
    [[maybe_unused]] const FailAnswer dies_here = std::move(*this);
    return {};
  }
  Core& core = to->core();
  [[maybe_unused]] const Turn mark(core, *to);
  const Deliver d = std::exchange(deliver, nullptr);
  TROUPE_TRY { d(to, bound, &why); }
  TROUPE_CATCH_ALL { return thrown(*to), HeldCalls(); }
  if (prep) return go_on_with_flush(*to, core);
  end_if_leaving(*to);
  return {};
}

void fail_answer(FailAnswer::Deliver deliver, Box* to, Words bound, const ActorFail& why,
                 bool prep) noexcept {
  CallQueue& q = to->kernel().here().main;
  if (why.actor() == 0 && why.actor_type().empty() && !why.error()) {
    using R = Record<ShortFailAnswer>;
    q.unreserve(fail_size - short_fail_size);
    q.push_reserved<short_fail_size>(
        [&](void* p) { ::new (p) R{&R::run, {deliver, to, bound, why.why(), prep}}; },
        [&] { deliver(to, bound, nullptr); });
    return;
  }
  q.push_reserved<fail_size>(
      [&](void* p) {
        ::new (p)
            Record<FailAnswer>{&Record<FailAnswer>::run, FailAnswer(deliver, to, bound, why, prep)};
      },
      [&] { deliver(to, bound, nullptr); });
}

}  // namespace troupe::detail
