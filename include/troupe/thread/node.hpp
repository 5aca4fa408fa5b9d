// thread/node.hpp: one runtime among those that call each other: its lanes, its exports, and its
// end. (internal)
//
// What makes a bare box pointer in a record safe: an Export holds one count of the box for all
// Remotes, whose copies count in one atomic. The last Remote that dies, on any thread, sends the
// Export home. Home lets the box go when every other runtime has passed a quiet point (it has
// published all that it wrote), and each lane has been emptied twice since: no record names the box
// then.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <troupe/core/at_end.hpp>
#include <troupe/core/feed.hpp>
#include <troupe/core/runtime.hpp>
#include <troupe/thread/lane.hpp>
#include <vector>

namespace troupe::detail {

// What all runtimes of an ensemble share: a seat each, and a lane for each ordered pair. All lanes
// exist from the start: one made later would be missed by a reader that is ending. Their chunks
// come with the first record.
//
// A runtime calls its own actors by its queue. The lane from a runtime to itself is for threads
// that run none of the ensemble: they write it one after the other, under a lock.
struct Outside {
  std::mutex lock;                   // of the writer's side of that lane
  std::atomic<bool> refused{false};  // calls, which the runtime tells of
};
struct Lanes {
  Lanes(unsigned n, unsigned spare, const LaneSizes& sizes);
  /// The number of a spare seat that nobody has had, or `size`. Any thread.
  unsigned take_spare() noexcept {
    const unsigned n = spares_taken.fetch_add(1, std::memory_order_relaxed);
    return n < spares ? size - spares + n : size;
  }
  static Export* closed() noexcept { return reinterpret_cast<Export*>(std::uintptr_t{1}); }
  Seat& seat(unsigned number) const noexcept { return *seats[number]; }
  Lane& lane(unsigned from, unsigned to) const noexcept { return *lanes[from * size + to]; }
  const unsigned size, spares;  // with the spares, which come last
  std::atomic<unsigned> spares_taken{0};
  std::vector<std::unique_ptr<Seat>> seats;
  std::vector<std::unique_ptr<Outside>> outsides;
  std::vector<std::unique_ptr<Lane>> lanes;
};

struct Export {
  std::atomic<std::uint32_t> remotes{1};
  unsigned home;
  Box* box;  // counted once; what it points at is touched at home only
  const ActorType* type;
  std::uint64_t id;
  std::shared_ptr<Lanes> all;  // null: made when its runtime had left already
  Export* next = nullptr;      // home's list of all, or of those that have come back
  Export** place = nullptr;
  Export* released = nullptr;  // the next in Seat::released
};
// The last Remote has gone. Any thread. Rings nobody: its memory may wait.
void release_export(Export& e) noexcept;

class Node final : public Feed, public AtEnd, public LaneWriter {
 public:
  static constexpr unsigned most_runtimes = 64;  // of one ensemble: a bit each
  Node(std::shared_ptr<Lanes> all, unsigned number, Runtime& rt);
  ~Node() = default;

  /// The node of the runtime that runs here, else of the one that took its seat last on this
  /// thread; or null.
  static Node* here() noexcept {
    if (Kernel* const running = Kernel::current) [[likely]]
      return of(*running);
    return here_;
  }
  static Node* of(Kernel& kernel) noexcept { return static_cast<Node*>(kernel.feed); }
  unsigned number() const noexcept { return number_; }
  bool is_of(const Lanes& all) const noexcept { return all_.get() == std::addressof(all); }
  bool is_of(const std::shared_ptr<Lanes>& all) const noexcept { return all_ == all; }
  bool is_ending() const noexcept { return ending_; }
  Runtime& runtime() noexcept { return rt_; }
  Lane& out(unsigned to) noexcept { return *out_[to]; }
  Lane& in(unsigned from) noexcept { return all_->lane(from, number_); }
  Export& make_export(Box& box);  // throws bad_alloc
  /// A call found no room.
  TROUPE_COLD void tell_refused(Lane& lane, bool has_ret) noexcept;
  /// For who would wait for room: whether it need not, since there is some, or never will be.
  bool has_room_at_once(unsigned to) noexcept;
  /// Tells the next one in that lane's line, if there is room, or all of them that none will come.
  void serve_room(unsigned to) noexcept;
  /// That runtime has ended, or this one does.
  bool is_over(unsigned to) const noexcept {
    return ending_ || out_[to]->is_dead() || all_->seat(to).has_ended();
  }
  /// How often a runtime of this thread has taken a seat, or left it.
  static std::uint64_t changes_here() noexcept { return changes_here_; }
  /// Calls f(Node&) for each runtime of this thread, the one that took its seat last first.
  template <class F> static void each_here(F&& f) {
    for (Node* n = here_; n; n = n->next_here_) f(*n);
  }

  // ---- Feed
  void look() noexcept override;
  std::size_t run(std::size_t most) noexcept override;
  bool has_more() const noexcept override { return more_; }
  void flush() noexcept override;
  void end_run() noexcept override;
  void rest() noexcept override;
  void wake_host() noexcept override { seat_.ring(); }
  bool has_news() const noexcept override;
  void describe(WhyAlive& why) const override;
  void ending() noexcept override;

 private:
  static void over(AtEnd& self) noexcept;
  template <class Watch> std::size_t run_lanes(std::size_t most, Watch watch) noexcept;
  std::size_t settle(unsigned from) noexcept;
  void peer_ended(unsigned number) noexcept;
  static void fail_all(PendingList& list, Why why) noexcept;
  void look_for_room() noexcept;
  void ask_for_room() noexcept;  // before it rests
  bool has_room_news() const noexcept;
  void end_refusals(unsigned to) noexcept;
  void look_outside(bool ends) noexcept;
  void retire() noexcept;
  void free_export(Export& e) noexcept;
  bool is_told(unsigned from) const noexcept { return told_ended_ >> from & 1; }

  static inline constinit thread_local Node* here_ = nullptr;
  static inline constinit thread_local std::uint64_t changes_here_ = 0;
  Node* next_here_;
  std::shared_ptr<Lanes> all_;
  const std::unique_ptr<Lane>* out_;  // of the lanes, those that it writes
  Runtime& rt_;
  Kernel& kernel_;
  Seat& seat_;
  const unsigned number_;
  unsigned turn_ = 0;        // whose lane comes first
  std::uint64_t ended_ = 0;  // runtimes whose end the latest look saw
  std::uint64_t told_ended_ = 0;
  std::uint64_t wants_ = 0;  // lanes for whose room somebody waits, or that have refused calls
  bool more_ = false, ending_ = false, told_outside_ = false;
  Export *exports_ = nullptr, *retiring_ = nullptr;
  bool waits_for_rounds_ = false;
  std::vector<std::uint64_t> marks_;  // of quiet points, then of rounds; one a runtime
};

}  // namespace troupe::detail
