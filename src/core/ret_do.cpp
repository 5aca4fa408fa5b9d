// core/ret_do.cpp: Rets that fail an actor, or end the runtime.
#include <troupe/core/ret_do.hpp>

namespace troupe {
namespace detail {
namespace {

void reserve_failure(Box* box) {
  if (!box->kernel().here().main.reserve(fail_size)) TROUPE_THROW(std::bad_alloc{});
  box->ref();
}

void fail_actor(Box* to, Words w, ActorFail* why) {  // the bound words hold an Error
  Error error;
  std::memcpy(static_cast<void*>(&error), w.raw, sizeof(error));
  if (why) say_end(*to, StopCause(StopCause::failed, std::move(error)));
}

void fail_through(Box* to, Words, ActorFail* why) {
  if (why) say_end(*to, StopCause(StopCause::failed, why->error()));
}

void child_ended(Box* to, Words w, const ActorFail* why, StopCause* cause) {
  if (is_query(why)) return;
  if (!why && (*cause == StopCause::failed || *cause == StopCause::lost))
    fail_answer(&fail_through, to, w, ActorFail(Why::failed, cause->error()), false);
  else
    to->kernel().here().main.unreserve(fail_size);
  to->unref();
}

void end_runtime(Box*, Words w, const ActorFail* why, StopCause* cause) {
  Core* core;
  std::memcpy(&core, w.raw, sizeof(core));
  if (is_query(why)) {
    static_cast<const WantedQuery*>(why)->whose = core;
    return;
  }
  if (!kernel_of(*core).ended) {
    using D = Deferred<void (*)(Core&, StopCause), Pack<StopCause>>;
    using R = Record<D>;
    StopCause told = why ? StopCause(StopCause::dropped) : std::move(*cause);
    kernel_here(*core).main.push<record_size<D>>(
        [&](void* p) {
          ::new (p) R{&R::run,
                      {[](Core& c, StopCause reason) { c.shutdown(std::move(reason)); },
                       pack(std::move(told))}};
        },
        [&] { core->shutdown(std::move(told)); });  // no room: at once, rather than never
  }
  kernel_of(*core).release();
}

}  // namespace

Words RetFail::prepare(Box* box, Error error) {
  reserve_failure(box);
  Words w{};
  ::new (static_cast<void*>(w.raw)) Error(std::move(error));
  return w;
}

void RetFail::fire(Box* to, Words w) noexcept {
  fail_answer(&fail_actor, to, w, ActorFail(Why::failed), false);
  to->unref();
}

}  // namespace detail

Ret<StopCause> ret_failthru(CxBase& cx) {
  detail::Box* box = detail::box_of(cx);
  detail::reserve_failure(box);
  return Ret<StopCause>(&detail::child_ended, box, {}, "ret_failthru");
}

Ret<StopCause> ret_shutdown(Core& core) {
  detail::kernel_of(core).retain();
  return Ret<StopCause>(&detail::end_runtime, nullptr, detail::words_of(std::addressof(core)),
                        "ret_shutdown");
}

}  // namespace troupe
