// core/put_off.cpp: the list of Rets that wait for their reason.
#include <troupe/core/put_off.hpp>

#include <troupe/core/core.hpp>
#include <troupe/core/drop_scope.hpp>
#include <troupe/core/record.hpp>

namespace troupe::detail {

namespace {
void answer_list(PutOff* latest_first) noexcept {
  PutOff* in_order = nullptr;
  while (PutOff* ret = latest_first)
    latest_first = std::exchange(ret->next, std::exchange(in_order, ret));
  while (PutOff* ret = in_order) {
    const PutOff now = *ret;
    in_order = now.next;
    Pool::give_back(ret, sizeof(PutOff));
    now.fail(now, DropScope::reason());
  }
}

struct AnswersPutOff {  // the record that answers what nobody else has
  AnswersPutOff(Core& c) noexcept : core(std::addressof(c)) {}
  AnswersPutOff(const AnswersPutOff&) = delete;
  ~AnswersPutOff() { answer_list(std::exchange(kernel_of(*core).put_off, nullptr)); }
  void operator()(Core&) noexcept {}
  Core* core;
};
}  // namespace

bool put_off(const PutOff& ret) noexcept {
  Kernel* const running = Kernel::current;
  if (!running || std::uncaught_exceptions() == 0 || DropScope::any()) return false;
  Kernel& kernel = running->here();
  PutOff*& list = kernel.put_off;
  void* cell = kernel.pool.take(sizeof(PutOff));
  if (!cell) return false;
  bool queued = true;
  if (!list) push_record<AnswersPutOff>(kernel.main, [&] { queued = false; }, kernel.core);
  if (!queued) return Pool::give_back(cell, sizeof(PutOff)), false;
  list = ::new (cell) PutOff{list, ret.fail, ret.fn, ret.to, ret.bound, kernel.item()};
  return true;
}

void answer_put_off(Core& core, std::uint64_t item) noexcept {
  PutOff*& list = kernel_of(core).put_off;
  PutOff** earlier = &list;  // the latest come first: those of this item stand before the others
  while (*earlier && (*earlier)->item == item) earlier = &(*earlier)->next;
  PutOff* const mine =
      earlier == &list ? nullptr : std::exchange(list, std::exchange(*earlier, nullptr));
  answer_list(mine);
}

}  // namespace troupe::detail
