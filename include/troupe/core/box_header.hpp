// core/box_header.hpp: what every actor's box begins with, and where an actor is in its life.
// (internal)
//
// A box is one cell of the pool: the header, 32 bytes; the actor's state; its id. So the header and
// a small state lie in at most two adjacent cache lines, both prefetched when a call is queued. The
// header is plain data, which the queue and the pool may read; what is done with it stands in
// core/box.hpp.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <troupe/base/platform.hpp>

namespace troupe {

class Core;

/// Where an actor is in its life. `prep` holds calls; `ready` runs them; from `dying` on they are
/// dropped.
enum class ActorState : std::uint8_t {
  prep,          // no state yet
  ready,         // lives
  leaving_prep,  // said stop() or fail() while in prep
  leaving,       // said stop() or fail(): ends when control returns to the runtime
  dying,         // zombie for everyone; its tasks are being dropped
  parked,        // its state waits until foreign code has let go of its tasks
  zombie,        // has ended; a cell of the pool that holds no actor says so too
};

namespace detail {
struct Box;
struct OwnedTask;
struct Notice;

struct ActorType {  // one for each class of actors
  std::string_view name;
  std::uint32_t pool_class;  // of the box
  std::uint32_t id_at;       // where the id stands, from the box's start
  void (*destroy)(Box&);     // the state only
  std::byte* (*end)(
      Core*, std::byte*);  // the step of the record that ends it when its last owner has gone
};

struct BoxHeader {
  explicit BoxHeader(const ActorType& t) noexcept : type(&t) {}
  BoxHeader(const BoxHeader&) = delete;
  std::uint64_t id() const noexcept {
    std::uint64_t id;
    std::memcpy(&id, reinterpret_cast<const char*>(this) + type->id_at, sizeof(id));
    return id;
  }
  std::uint32_t refs = 2;  // handles, and one for being alive
  std::uint16_t owners =
      1;  // saturates: an actor with 65535 owners at once lives until it stops itself
  ActorState state = ActorState::prep;
  bool named : 1 = false;
  bool last_task_stops : 1 = false;
  bool has_parked : 1 =
      false;  // a task of it, dropped before, waits until foreign code lets go: so does its state
  // Its start found no room in the queue (1) or no memory for it (2): it fails, unless it is
  // started otherwise.
  std::uint8_t refused : 2 = 0;
  bool watches : 1 = false;       // others: it leaves them when it ends
  bool closed : 1 = false;        // the log has heard of its end, while its state waits
  std::uint8_t no_flags : 1 = 0;  // so that all flags are read as one byte
  const ActorType* type;
  Notice* notice = nullptr;    // who hears of the end; null when nobody asked
  OwnedTask* tasks = nullptr;  // emptied from its head, never iterated
};
static_assert(sizeof(BoxHeader) == 32);

// A dead box links on where its state was.
inline BoxHeader* grave_link(const BoxHeader* box) noexcept {
  BoxHeader* next;
  std::memcpy(&next, box + 1, sizeof(next));
  return next;
}
TROUPE_INLINE void set_grave_link(BoxHeader* box, BoxHeader* next) noexcept {
  std::memcpy(static_cast<void*>(box + 1), &next, sizeof(next));
}
}  // namespace detail

}  // namespace troupe
