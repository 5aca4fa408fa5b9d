// core/throw_later.cpp: exceptions out of the functions of Rets, Fwds and hooks.
#include <troupe/core/throw_later.hpp>

#include <troupe/base/panic.hpp>
#include <troupe/core/core.hpp>
#include <troupe/core/drop_scope.hpp>
#include <troupe/core/log.hpp>
#include <troupe/core/put_off.hpp>
#include <troupe/core/record.hpp>

namespace troupe::detail {

void unheard(Core& core, const std::exception_ptr& what, std::string_view where) noexcept {
  error(core, Error(what).text(), kv("where", where));
}

namespace {
constexpr std::string_view in_a_body = "the function of a Ret, a Fwd or a hook";

struct ThrowsLater {  // out of the run; where it does not come to that, the log hears
  ThrowsLater(Core& c, std::exception_ptr e) noexcept : core(c), what(std::move(e)) {}
  ThrowsLater(const ThrowsLater&) = delete;
  ~ThrowsLater() {
    if (what) unheard(core, what, in_a_body);
  }
  void operator()(Core&) { std::rethrow_exception(std::exchange(what, nullptr)); }
  Core& core;
  std::exception_ptr what;
};
}  // namespace

void throw_later([[maybe_unused]] Core& c, [[maybe_unused]] std::exception_ptr e) noexcept {
#if TROUPE_EXCEPTIONS
  Kernel& k = kernel_of(c);
  k.main.push<record_size<ThrowsLater>>(
      [&](void* p) { ::new (p) Record<ThrowsLater>{&Record<ThrowsLater>::run, {c, std::move(e)}}; },
      [&] {
        if (k.pending || k.is_ending()) return unheard(c, e, in_a_body);
        k.pending = std::move(e);
      });
#endif
}

void tell_pending(Core& c) noexcept {
  if (kernel_of(c).pending) unheard(c, std::exchange(kernel_of(c).pending, nullptr), in_a_body);
}

void body_threw(bool dropped) {
  if (Kernel* k = Kernel::current) {
    throw_later(k->core, std::current_exception());
    if (!k->put_off || std::uncaught_exceptions() != 0)
      return;                                  // they may be of the exception that is on its way
    const DropScope no_failure(Why::dropped);  // of the actor or task that answers
    return answer_put_off(k->core, k->item());
  }
  if (dropped) panic("a body threw where a Ret was dropped outside of any run", "ret_do");
  TROUPE_RETHROW;
}

}  // namespace troupe::detail
