// thread/remote_call.cpp: what cannot be called, and handles.
#include <troupe/thread/remote_call.hpp>

namespace troupe::detail {

void called_from_nowhere(std::string_view type) noexcept {
  if (type.empty()) panic("an empty Remote was called", "Remote");
  if (const Kernel* const k = Kernel::current; k && !k->feed && k->main.is_closed()) return;
  panic(
      "a Remote was called where no runtime of its ensemble is (give the runtime of this thread a "
      "seat, or send through a channel or a sendable Fwd)",
      type);
}

Export& export_of(Box* box) {
  if (!box) panic("remote() of an empty handle", "remote");
  Node* const home = Node::of(box->kernel().here());
  if (!home) panic("remote() of an actor whose runtime has no seat in an Ensemble", "remote");
  return home->make_export(*box);
}

}  // namespace troupe::detail
