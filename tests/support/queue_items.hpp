// support/queue_items.hpp: records for a call queue on its own: of all sizes, numbered, noted when
// they run or die.
#pragma once
#include <cstddef>
#include <cstring>
#include <new>
#include <troupe/core/call_queue.hpp>
#include <vector>

#include "support/require.hpp"

namespace troupe_test {

using troupe::detail::CallQueue;

struct ItemLog {
  static inline std::vector<int> ran, died;
  static inline void (*on_step)(bool runs,
                                int number) = nullptr;  ///< may push, and throw where it runs
  static void clear() { ran.clear(), died.clear(); }
};

template <std::size_t Extra> struct Item {
  troupe::detail::RecordStep step = &run;
  int number;
  int check;
  std::byte extra[Extra + 1];
  static constexpr std::size_t size = (16 + Extra + 1 + 7) / 8 * 8;

  static std::byte* run(troupe::Core* core, std::byte* at) {
    auto& item = *reinterpret_cast<Item*>(at);
    const int number = item.number;
    require(item.check == ~number, "a record stays as it was made");
    if (Extra > 0)
      require(item.extra[Extra - 1] == static_cast<std::byte>(number), "up to its last byte");
    item.check = 0;  // so that a second run is seen
    (core ? ItemLog::ran : ItemLog::died).push_back(number);
    if (ItemLog::on_step) {
      TROUPE_TRY { ItemLog::on_step(core != nullptr, number); }
      TROUPE_CATCH_ALL {
        troupe::detail::CallQueue::consumed(at + size);
        TROUPE_RETHROW;
      }
    }
    return at + size;
  }
  static void make(void* at, int number) {
    auto* item = ::new (at) Item{.number = number, .check = ~number, .extra = {}};
    if (Extra > 0) item->extra[Extra - 1] = static_cast<std::byte>(number);
  }
};

template <std::size_t Extra> bool push(troupe::detail::CallQueue& q, int number) {
  bool taken = true;
  q.push<Item<Extra>::size>([&](void* p) { Item<Extra>::make(p, number); }, [&] { taken = false; });
  return taken;
}
using PushItem = bool (*)(troupe::detail::CallQueue&, int);
inline constexpr PushItem pushes[] = {&push<0>,    &push<8>,     &push<16>,   &push<24>,
                                      &push<40>,   &push<100>,   &push<500>,  &push<2000>,
                                      &push<5000>, &push<20000>, &push<70000>};
inline constexpr std::size_t push_sizes[] = {Item<0>::size,     Item<8>::size,    Item<16>::size,
                                             Item<24>::size,    Item<40>::size,   Item<100>::size,
                                             Item<500>::size,   Item<2000>::size, Item<5000>::size,
                                             Item<20000>::size, Item<70000>::size};

inline constexpr std::size_t reserved_size = Item<100>::size;
static_assert(reserved_size <= troupe::detail::CallQueue::fail_room);
inline bool push_reserved(troupe::detail::CallQueue& q, int number) {
  bool taken = true;
  q.push_reserved<reserved_size>([&](void* p) { Item<100>::make(p, number); },
                                 [&] { taken = false; });
  return taken;
}

/// No record looks at it; it only must not be null.
inline troupe::Core* some_core() {
  alignas(std::max_align_t) static std::byte room[1];
  return reinterpret_cast<troupe::Core*>(room);
}

}  // namespace troupe_test
