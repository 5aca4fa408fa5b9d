// core/held.cpp: the list of calls that wait for an actor in Prep, and how it becomes part of the
// queue.
#include <troupe/core/held.hpp>

namespace troupe::detail {

void* add_held(Box& box, std::size_t bytes) noexcept {
  bytes += sizeof(Held);
  void* const cell = box.kernel().pool.take(bytes);
  if (!cell) return nullptr;
  auto* const at = static_cast<std::byte*>(cell);
  Held*& tail = box.held();
  std::byte* const first = tail ? std::exchange(tail->next, at) : at;
  tail = ::new (cell) Held{&Held::run, first, static_cast<unsigned>(bytes)};
  return tail + 1;
}

std::byte* Held::run(Core* core, std::byte* at) {
  auto* h = reinterpret_cast<Held*>(at);
  std::byte* const next = h->next;
  h->kept()(core, reinterpret_cast<std::byte*>(h + 1));
  Pool::give_back(h, h->bytes);
  return next;
}

// An idle item is one a run, so what it brings about goes to the main queue.
std::byte* HeldCalls::put_before(Core& core, Held& tail, std::byte* next) noexcept {
  Kernel& k = kernel_of(core);
  std::byte* const first = tail.next;
  if (!k.main.is_used()) {  // nothing would keep the box until they have run
    tail.next = nullptr;
    for (std::byte* at = first; at; ++k.turns_outside) at = Held::run(std::addressof(core), at);
    return next;
  }
  if (k.running == &k.idle) return k.main.put_first(first, tail.next), next;
  tail.next = next;
  return first;
}

void drop_held(Held* tail) noexcept {
  if (!tail) return;
  std::byte* at = std::exchange(tail->next, nullptr);
  while (at) at = Held::run(nullptr, at);
}

}  // namespace troupe::detail
