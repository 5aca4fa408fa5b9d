// floor/timers.hpp: a hierarchical timing wheel: 7 levels of 64 slots, ticks of 1 ms, nodes linked
// by index in a slab.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace floor_peer {

class Wheel {
 public:
  using Index = std::uint32_t;
  using u64 = std::uint64_t;

  Wheel() { heads_.fill(none); }

  [[nodiscard]] u64 now() const noexcept { return now_; }
  Index add(u64 tick, u64 value);
  void remove(Index index);

  /// Moves on by one tick and hands the value of each timer that is due to `fire`.
  template <class Fire> void tick(Fire fire) {
    ++now_;
    cascade();
    for (Index i = take(static_cast<unsigned>(now_ % slots)); i != none;) {
      const Index next = nodes_[i].next;
      fire(nodes_[i].value);
      give(i);
      i = next;
    }
  }

 private:
  static constexpr Index none = ~Index{0};
  static constexpr unsigned bits = 6;
  static constexpr unsigned slots = 1U << bits;
  static constexpr unsigned levels = 7;

  struct Node {
    Index next = none;
    Index previous = none;
    u64 tick = 0;
    u64 value = 0;
    std::uint16_t slot = 0;
    std::uint16_t generation = 0;
  };

  void link(Index index);
  void cascade();
  Index take(unsigned slot);
  void give(Index index);

  std::vector<Node> nodes_;
  std::array<Index, levels * slots> heads_;
  Index free_ = none;
  u64 now_ = 0;
};

}  // namespace floor_peer
