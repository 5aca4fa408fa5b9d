// floor/queue.hpp: the flat queue of the floors: one per process, records side by side in one
// growing buffer.
//
// A record is a function pointer and a body; running it returns the address of the next record, and
// the same function destroys it unrun. One indirect call a message. A record never moves: a full
// buffer becomes one record of the next.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace floor_peer {

using Step = char* (*)(char* record, bool run);

template <class Body> struct Record {
  Step step;
  Body body;
};

struct Buffer {
  char* begin = nullptr;
  char* tail = nullptr;
  char* limit = nullptr;
};

inline Buffer filling;  // where calls go
inline Buffer spare;    // what was run last

char* grow_queue();  // makes room for at least one more record; returns where it begins
void run_queue();    // until it is empty

template <class Body> char* step(char* at, bool run) {
  auto* record = reinterpret_cast<Record<Body>*>(at);
  if (run) [[likely]]
    record->body();
  record->body.~Body();
  return at + sizeof(Record<Body>);
}

inline constexpr std::size_t first_buffer = 4096;

/// Queues `Body{args...}`, built in place.
template <class Body, class... Args> [[gnu::always_inline]] inline void push(Args&&... args) {
  static_assert(sizeof(Record<Body>) <= first_buffer / 2 &&
                alignof(Record<Body>) <= alignof(void*));
  char* at = filling.tail;
  if (at + sizeof(Record<Body>) > filling.limit) [[unlikely]]
    at = grow_queue();
  filling.tail = at + sizeof(Record<Body>);
  new (at) Record<Body>{&step<Body>, Body{std::forward<Args>(args)...}};
}

}  // namespace floor_peer
