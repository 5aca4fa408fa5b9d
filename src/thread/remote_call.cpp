// thread/remote_call.cpp: what cannot be called, calls from elsewhere, and handles.
#include <troupe/thread/remote_call.hpp>

namespace troupe::detail {
namespace {

constinit thread_local bool writes_outside = false;

// Whether the runtime that runs here ends, and has left its seat already.
bool has_left_its_seat() noexcept {
  const Kernel* const k = Kernel::current;
  return k && !k->feed && k->main.is_closed();
}

}  // namespace

void called_from_nowhere(const Export* to, std::string_view type) noexcept {
  if (!to) panic("an empty Remote was called", "Remote");
  if (!to->all || has_left_its_seat()) return;
  panic(
      "a Remote was asked, watched or waited for where no runtime of its ensemble is (give the "
      "runtime of this thread a seat; a thread without one may call, and give along what "
      "sendable() "
      "makes of a Ret)",
      type);
}

Lane* lane_from_outside(const Export* to, bool carries, std::string_view type, Why& why) noexcept {
  if (!to) panic("an empty Remote was called", "Remote");
  why = to->all ? Why::ended : Why::lost;
  if (!to->all || has_left_its_seat()) return nullptr;
  if (const Node* const me = Node::here(); me && me->is_of(to->all)) return nullptr;  // it ends
  if (carries)
    panic(
        "a Ret or Fwd went along with a call where no runtime of the ensemble is (give the runtime "
        "of this thread a seat, or give along what sendable() makes of the Ret)",
        type);
  if (writes_outside)
    panic("a value that is moved into a call from a thread without a runtime called a Remote",
          type);
  return &to->all->lane(to->home, to->home);
}

WriteFromOutside::WriteFromOutside(const Export& to) : hold_(to.all->outsides[to.home]->lock) {
  writes_outside = true;
}
WriteFromOutside::~WriteFromOutside() { writes_outside = false; }

void count_refused_outside(const Export& to, Lane& lane) noexcept {
  if (lane.refusal() != Why::overloaded) return;
  lane.count_refused();
  to.all->outsides[to.home]->refused.store(true, std::memory_order_relaxed);
}

std::uint64_t refused_outside(const Export& to) noexcept {
  if (!to.all) return 0;
  const std::lock_guard hold(to.all->outsides[to.home]->lock);
  return to.all->lane(to.home, to.home).all_refused();
}

Export& export_of(Box* box) {
  if (!box) panic("remote() of an empty handle", "remote");
  Kernel& kernel = box->kernel().here();
  if (Node* const home = Node::of(kernel)) return home->make_export(*box);
  if (!kernel.is_ending())
    panic("remote() of an actor whose runtime has no seat in an Ensemble", "remote");
  return *new Export{.home = 0, .box = nullptr, .type = box->type, .id = box->id(), .all = nullptr};
}

}  // namespace troupe::detail
