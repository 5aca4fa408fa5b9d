// core/ret.cpp: the compiled parts of Rets and Fwds.
#include <troupe/core/ret_do.hpp>

#include <new>
#include <troupe/core/fwd.hpp>

namespace troupe {
namespace detail {

void answered_twice(std::string_view type) noexcept {
  panic("a Ret was answered twice, or after it was moved from", type);
}

namespace {
void answer_list(PutOff* latest_first) noexcept {
  PutOff* in_order = nullptr;
  while (PutOff* ret = latest_first) latest_first = std::exchange(ret->next, std::exchange(in_order, ret));
  while (PutOff* ret = in_order) {
    const PutOff now = *ret;
    in_order = now.next;
    Access::give(ret, sizeof(PutOff));
    now.fail(now, DropScope::reason());
  }
}

struct AnswersPutOff {  // the record that answers what nobody else has
  AnswersPutOff(Core& c) noexcept : core(std::addressof(c)) {}
  AnswersPutOff(const AnswersPutOff&) = delete;
  ~AnswersPutOff() { answer_list(std::exchange(Access::put_off(*core), nullptr)); }
  void operator()(Core&) noexcept {}
  Core* core;
};
}  // namespace

bool put_off(const PutOff& ret) noexcept {
  Core* core = Core::current();
  if (!core || std::uncaught_exceptions() == 0 || DropScope::any()) return false;
  PutOff*& list = Access::put_off(*core);
  void* cell = Access::take(*core, sizeof(PutOff));
  if (!cell) return false;
  bool queued = true;
  if (!list) {
    using R = Record<AnswersPutOff>;
    Access::main(*core).push<record_size<AnswersPutOff>>([&](void* p) { ::new (p) R{&R::run, {*core}}; },
                                                         [&] { queued = false; });
  }
  if (!queued) return Access::give(cell, sizeof(PutOff)), false;
  list = ::new (cell) PutOff{list, ret.fail, ret.fn, ret.to, ret.bound, Access::item(*core)};
  return true;
}

void answer_put_off(Core& core, std::uint64_t item) noexcept {
  PutOff*& list = Access::put_off(core);
  PutOff** earlier = &list;  // the latest come first: those of this item stand before the others
  while (*earlier && (*earlier)->item == item) earlier = &(*earlier)->next;
  PutOff* const mine = earlier == &list ? nullptr : std::exchange(list, std::exchange(*earlier, nullptr));
  answer_list(mine);
}

bool is_alive(const CxBase& box) noexcept { return Access::state(box) < ActorState::dying; }

bool fwd_is_wanted(const FwdCell& cell) noexcept {
  if (cell.to) return is_alive(*cell.to);
  return !cell.is_wanted || cell.is_wanted(cell);
}

void* take_anywhere(std::size_t bytes) {
  if (Core* core = Core::current())
    if (void* cell = Access::take(*core, bytes)) return cell;
  return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(::operator new(bytes)) | 1u);
}

void* take_for(Core* core, std::size_t bytes) {
  if (!core || Access::ended(*core)) return take_anywhere(bytes);  // a handle may outlive its runtime
  void* cell = Access::take(*core, bytes);
  if (!cell) TROUPE_THROW(std::bad_alloc{});
  return cell;
}

void give_anywhere(void* cell, std::size_t bytes) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(cell);
  if (address & 1u)
    ::operator delete(reinterpret_cast<void*>(address & ~std::uintptr_t{1}));
  else
    Access::give(cell, bytes);
}

// ---- the record of a failure
Held* FailAnswer::operator()(Core&) noexcept {
  const ActorState wanted = prep ? ActorState::prep : ActorState::ready;
  if (Access::state(*to) != wanted) {
    if (!prep && Access::state(*to) == ActorState::prep) {
      Access::hold(to, std::move(*this), true);
      return nullptr;
    }
    DropScope gone{Access::why_missed(*to), to};
    [[maybe_unused]] const FailAnswer dies_here = std::move(*this);
    return nullptr;
  }
  Core& core = Access::core_of(to);
  [[maybe_unused]] const Access::Turn mark(core, to);
  const Deliver d = std::exchange(deliver, nullptr);
  TROUPE_TRY { d(to, bound, &why); }
  TROUPE_CATCH_ALL { return Access::thrown(*to), nullptr; }
  if (prep) return Access::settle(to, Access::take_flush(core));
  Access::left(*to);
  return nullptr;
}

void fail_answer(FailAnswer::Deliver deliver, CxBase* to, Words bound, const ActorFail& why, bool prep) noexcept {
  CallQueue& q = Access::main(Access::core_of(to));
  if (why.actor() == 0 && why.actor_type().empty() && !why.error()) {
    using R = Record<ShortFailAnswer>;
    q.unreserve(fail_size - short_fail_size);
    q.push_reserved<short_fail_size>([&](void* p) { ::new (p) R{&R::run, {deliver, to, bound, why.why(), prep}}; },
                                     [&] { deliver(to, bound, nullptr); });
    return;
  }
  q.push_reserved<fail_size>(
      [&](void* p) {
        ::new (p) Record<FailAnswer>{&Record<FailAnswer>::run, FailAnswer(deliver, to, bound, why, prep)};
      },
      [&] { deliver(to, bound, nullptr); });
}

void body_threw(bool dropped) {
  if (Core* core = Core::current()) return Access::throw_later(*core, std::current_exception());
  if (dropped) panic("a body threw where a Ret was dropped outside of any run", "ret_do");
  TROUPE_RETHROW;
}

// ---- ret_fail, ret_failthru
namespace {

void reserve_failure(CxBase* box) {
  if (!Access::main(Access::core_of(box)).reserve(fail_size)) TROUPE_THROW(std::bad_alloc{});
  Access::ref(box);
}

void fail_actor(CxBase* to, Words w, ActorFail* why) {  // the bound words hold an Error
  Error error;
  std::memcpy(static_cast<void*>(&error), w.raw, sizeof(error));
  if (why) to->fail(std::move(error));
}

void fail_through(CxBase* to, Words, ActorFail* why) {
  if (why) to->fail(why->error());
}

void child_ended(CxBase* to, Words w, const ActorFail* why, StopCause* cause) {
  if (is_query(why)) return;
  if (!why && (*cause == StopCause::failed || *cause == StopCause::lost))
    fail_answer(&fail_through, to, w, ActorFail(Why::failed, cause->error()), false);
  else
    Access::main(Access::core_of(to)).unreserve(fail_size);
  Access::unref(to);
}

void end_runtime(CxBase*, Words w, const ActorFail* why, StopCause* cause) {
  if (is_query(why)) return;
  Core* core;
  std::memcpy(&core, w.raw, sizeof(core));
  if (!Access::ended(*core)) {
    using D = Deferred<void (*)(Core&, StopCause), Pack<StopCause>>;
    using R = Record<D>;
    StopCause told = why ? StopCause(StopCause::dropped) : std::move(*cause);
    Access::main(*core).push<record_size<D>>(
        [&](void* p) {
          ::new (p)
              R{&R::run, {[](Core& c, StopCause reason) { c.shutdown(std::move(reason)); }, pack(std::move(told))}};
        },
        [&] { core->shutdown(std::move(told)); });  // no room: at once, rather than never
  }
  Access::unkeep(*core);
}

}  // namespace

Words RetFail::prepare(CxBase* box, Error error) {
  reserve_failure(box);
  Words w{};
  ::new (static_cast<void*>(w.raw)) Error(std::move(error));
  return w;
}

void RetFail::fire(CxBase* to, Words w) noexcept {
  fail_answer(&fail_actor, to, w, ActorFail(Why::failed), false);
  Access::unref(to);
}

}  // namespace detail

Ret<StopCause> ret_failthru(CxBase& cx) {
  CxBase* box = std::addressof(cx);
  detail::reserve_failure(box);
  return Ret<StopCause>(&detail::child_ended, box, {}, "ret_failthru");
}

Ret<StopCause> ret_shutdown(Core& core) {
  detail::Access::keep(core);
  return Ret<StopCause>(&detail::end_runtime, nullptr, detail::words_of(std::addressof(core)), "ret_shutdown");
}

}  // namespace troupe
