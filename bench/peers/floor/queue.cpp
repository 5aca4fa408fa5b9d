// floor/queue.cpp: growing and running the flat queue.
#include "queue.hpp"

namespace floor_peer {
namespace {

// A full buffer, run as one record of the buffer that took its place.
struct Nested {
  Buffer buffer;
  void operator()() {
    for (char* at = buffer.begin; at != buffer.tail;) at = (*reinterpret_cast<Step*>(at))(at, true);
    buffer.tail = buffer.begin;
  }
  ~Nested() {
    for (char* at = buffer.begin; at != buffer.tail;)
      at = (*reinterpret_cast<Step*>(at))(at, false);
    ::operator delete(buffer.begin);
  }
};

}  // namespace

char* grow_queue() {
  const Buffer full = filling;
  const auto old_size = static_cast<std::size_t>(full.limit - full.begin);
  const std::size_t size = old_size == 0 ? first_buffer : old_size * 2;
  char* begin = static_cast<char*>(::operator new(size));
  filling = {begin, begin, begin + size};
  if (full.tail == full.begin) {
    ::operator delete(full.begin);
  } else {
    filling.tail += sizeof(Record<Nested>);
    new (begin) Record<Nested>{&step<Nested>, Nested{full}};
  }
  return filling.tail;
}

// The spare buffer stays in locals and moves word by word: swapping the structs makes the compiler
// load 16 bytes that were just stored as 8, which stalls store forwarding for 4 ns a turn.
void run_queue() {
  char* spare_begin = spare.begin;
  char* spare_limit = spare.limit;
  for (;;) {
    char* at = filling.begin;
    char* const end = filling.tail;
    char* const limit = filling.limit;
    if (at == end) break;
    filling.begin = spare_begin;
    filling.tail = spare_begin;
    filling.limit = spare_limit;
    spare_begin = at;
    spare_limit = limit;
    do at = (*reinterpret_cast<Step*>(at))(at, true);
    while (at != end);
  }
  spare = {spare_begin, spare_begin, spare_limit};
}

}  // namespace floor_peer
