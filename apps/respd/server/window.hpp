// apps/respd/server/window.hpp: the requests of one connection that are on their way to several
// stores: their answers become one stream again, in the order of the requests.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "redis/joining.hpp"
#include "server/batch.hpp"

namespace respd {

/// One window. The store of the own runtime answers at once, the others when their batches come
/// back.
class Window {
 public:
  /// Requests, and bytes of their words, behind which a window takes no more.
  static constexpr std::size_t most_requests = 1024;
  static constexpr std::size_t most_bytes = 512 * 1024;

  /// @param client the number of the connection's client
  /// @param stores how many there are
  /// @param own the number of the store of this runtime
  Window(std::uint64_t client, std::size_t stores, std::size_t own);

  /// Whether nothing waits here.
  [[nodiscard]] bool is_empty() const noexcept { return next_ == slots_.size(); }
  [[nodiscard]] bool is_full() const noexcept {
    return slots_.size() >= most_requests || bytes_ >= most_bytes;
  }
  /// Whether requests wait that others have to run.
  [[nodiscard]] bool awaits_others() const noexcept;
  /// Whether all that others have to run are PUBLISH.
  [[nodiscard]] bool awaits_messages_only() const noexcept { return !awaits_data_; }

  /// The answers of the own store.
  [[nodiscard]] Answers& own() noexcept { return own_; }
  /// What goes to another store; null while it is there.
  [[nodiscard]] OwnedBatch& batch(std::size_t store) noexcept { return batches_[store]; }
  [[nodiscard]] std::size_t stores() const noexcept { return batches_.size(); }
  /// Gives a request to another store.
  void ask(std::size_t store, const Asked& asked, Args words);

  /// The next request has its answer from one store.
  void expect(std::size_t store);
  /// The next request has parts, the next one of each of these stores: a bit each.
  /// @param protocol that the answer is written in
  void expect(std::uint64_t stores, std::uint8_t protocol, Joining joining);

  /// Appends the answers to the oldest requests to `out`, until one has not come.
  /// @param join writes one answer of several: `join(joining, protocol, parts, out)`
  template <class Join> void collect(std::string& out, Join join) {
    while (next_ != slots_.size() && has_come(slots_[next_])) {
      Slot& slot = slots_[next_++];
      if (slot.joining == single) {
        out.append(answers(slot.store).next());
        continue;
      }
      parts_.clear();
      for (std::size_t store = 0; store < stores(); ++store)
        if ((slot.stores >> store & 1) != 0) parts_.push_back(answers(store).next());
      join(joinings_[slot.joining], slot.protocol, parts_, out);
    }
    if (is_empty()) clear();
  }
  /// Forgets the answers that have been collected: room for more of those requests that a store has
  /// not run.
  void make_room();

 private:
  static constexpr std::uint32_t single = ~std::uint32_t{0};
  struct Slot {
    std::uint64_t stores;   // of which it has parts
    std::uint32_t joining;  // or `single`
    std::uint8_t store;     // the one, with `single`
    std::uint8_t protocol;
  };

  [[nodiscard]] Answers& answers(std::size_t store) noexcept {
    return store == own_store_ ? own_ : batches_[store]->answers;
  }
  [[nodiscard]] bool has_come(const Slot& slot) noexcept;
  void clear();

  const std::uint64_t client_;
  const std::size_t own_store_;
  Answers own_;
  std::vector<OwnedBatch> batches_;  // by store; the own one has none
  std::vector<Slot> slots_;          // by request
  std::size_t next_ = 0;             // the first whose answer has not been collected
  std::vector<Joining> joinings_;
  std::vector<std::string_view> parts_;
  std::size_t bytes_ = 0;  // of the words that others are given
  bool awaits_data_ = false;
};

}  // namespace respd
