// core/fwd_cell.hpp: where the values of a Fwd go: the part of its cell that does not know their
// types. (internal)
#pragma once
#include <cstdint>
#include <troupe/core/box.hpp>

namespace troupe::detail {

struct FwdCell {
  std::uint32_t count = 1;
  std::uint16_t bytes = 0;
  bool runs_in_place = false;  // a value runs a function at once
  Box* to = nullptr;           // counted; null where no actor receives
  union {
    bool (*is_wanted)(const FwdCell&) = nullptr;  // for receivers that are no actors; null: always
    FwdCell* next_dead;                           // of those that have no Fwd any more
  };
  void (*destroy)(FwdCell&) = nullptr;  // also gives the cell back
  bool is_heard() const noexcept;       // whether the receiver is still there
};

inline bool FwdCell::is_heard() const noexcept {
  return to ? !to->has_ended() : !is_wanted || is_wanted(*this);
}

}  // namespace troupe::detail
