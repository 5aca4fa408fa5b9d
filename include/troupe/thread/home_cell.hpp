// thread/home_cell.hpp: what a runtime and a holder on any thread share, until both have let go.
// (internal)
//
// One word tells what has happened. The holder sets bits, and whoever sets the first one queues the
// cell in the inbox; the home side takes all bits at once. So a cell is in the inbox at most once,
// and no bit is lost: either the home side's exchange sees it, or its setter saw a zero and queues
// the cell again. The second one to let go, the holder by `away_gone` or the home side by
// `home_gone`, destroys the cell.
#pragma once
#include <atomic>
#include <troupe/base/step.hpp>
#include <troupe/core/at_end.hpp>
#include <troupe/core/core.hpp>

namespace troupe::detail {

class HomeCell : public Inbox::Node, public AtEnd {
 public:
  enum Bits : std::uint32_t { away_gone = 1, home_gone = 2, first_free = 4 };
  // What knows the type: `news` runs on the home thread with the bits that were set; `gone` drops
  // what the home side keeps, at the runtime's end.
  struct Ops {
    void (*news)(HomeCell&, std::uint32_t bits);
    void (*gone)(HomeCell&) noexcept;
    void (*destroy)(HomeCell&) noexcept;
  };
  // On the home thread.
  HomeCell(Core& core, const Ops& ops) noexcept
      : AtEnd(&end_of_runtime), inbox_(*kernel_of(core).inbox), ops_(&ops), core_(core) {
    this->Node::run = &take;
    AtEnd::link(kernel_here(core).at_end);
  }
  // Any thread: the holder.
  void set(std::uint32_t bit) noexcept {
    step();
    if (word_.fetch_or(bit, std::memory_order_acq_rel) == 0) inbox_->push(this);
  }
  bool home_has_gone() const noexcept { return word_.load(std::memory_order_acquire) & home_gone; }
  // The holder lets go.
  void leave() noexcept {
    const InboxRef keep(*inbox_);  // the home side may destroy this meanwhile
    step();
    const std::uint32_t before = word_.fetch_or(away_gone, std::memory_order_acq_rel);
    if (before & home_gone)
      ops_->destroy(*this);
    else if (before == 0)
      keep->push(this);
  }

 private:
  static void take(Node* node) noexcept;
  static void end_of_runtime(AtEnd& self) noexcept;
  InboxRef inbox_;
  const Ops* ops_;
  Core& core_;  // the home side's
  alignas(64) std::atomic<std::uint32_t> word_{0};
};

// The holder's end of a cell, on any thread.
template <class Cell> using AwayEnd = Handle<Cell, &HomeCell::leave>;

}  // namespace troupe::detail
