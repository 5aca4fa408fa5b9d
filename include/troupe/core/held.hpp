// core/held.hpp: calls that wait for an actor in Prep. (internal)
//
// They are kept as cells of the pool, each with a record in it, in a circular list that is known by
// its tail: so one word, in the room of the state, is enough. When the actor is ready they run as
// records of the queue, before the next one: each tells where the following stands.
#pragma once
#include <troupe/core/box.hpp>
#include <troupe/core/record.hpp>

namespace troupe::detail {

struct Held {  // in front of the record
  RecordStep step;
  std::byte* next;
  unsigned bytes;
  static std::byte* run(Core* core, std::byte* at);
  static bool is_one(RecordStep step) noexcept { return step == &run; }
  RecordStep& kept() noexcept { return *reinterpret_cast<RecordStep*>(this + 1); }
};

// What a turn that has made an actor ready leaves to be run: a record's function returns it.
struct HeldCalls {
  Held* tail = nullptr;
  std::byte* before(Core& core, std::byte* next) const noexcept {
    return tail ? put_before(core, *tail, next) : next;
  }
  static std::byte* put_before(Core& core, Held& tail, std::byte* next) noexcept;
};

// Room behind a Held for a record of `bytes`, at the end of the list; null where there is no
// memory.
void* add_held(Box& box, std::size_t bytes) noexcept;
void drop_held(Held* tail) noexcept;

}  // namespace troupe::detail
