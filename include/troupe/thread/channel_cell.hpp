// thread/channel_cell.hpp: a channel of one type: what a sender puts in, and what the home side
// hands on. (internal)
#pragma once
#include <memory>
#include <optional>
#include <troupe/core/fwd.hpp>
#include <troupe/task/weight.hpp>
#include <troupe/thread/channel_head.hpp>
#include <utility>

namespace troupe::detail {

template <class T, class W> class ChannelCell final : public ChannelHead {
  using Scale = detail::Scale<T, W>;
  using Slot = typename Scale::Slot;

 public:
  using To = Fwd<std::optional<T>>;
  ChannelCell(Core& core, To&& to, std::size_t bound, bool on_demand) noexcept
      : ChannelHead(core, bound, sizeof(Slot), on_demand, ops), to_(std::move(to)) {}

  // The home thread, once, before it is read.
  void read_by(To&& to) noexcept { to_ = std::move(to); }
  // Any thread. Moves as many of the items as there is room for; how many. `gone`: the receiver is.
  std::size_t send(T* items, std::size_t n, bool& gone) {
    std::size_t sent = 0;
    Chunk* fresh = nullptr;
    for (;;) {
      bool tells = false;
      std::size_t wants = 0;  // bytes of a chunk
      {
        const std::lock_guard hold(lock_);
        gone = receiver_gone_;
        while (!gone && sent != n) {
          const auto weight = Scale::weigh(items[sent]);
          if (!fits(number(weight))) break;
          if (!has_room() && !open_chunk(fresh)) [[unlikely]] {
            wants = next_chunk_bytes();
            break;
          }
          ::new (static_cast<void*>(tail_->data() + sizeof(Slot) * tail_->used++))
              Slot(Scale::slot(std::move(items[sent++]), weight));
          if (bound_ != unbounded) waiting_ += number(weight);
        }
        if (sent != 0) tells = std::exchange(idle_, false);
      }
      if (tells) [[unlikely]]
        told();
      if (wants == 0) break;
      fresh = make_chunk(wants);
    }
    if (fresh) [[unlikely]]
      free_chunks(fresh);
    return sent;
  }

 private:
  static ChannelCell& of(ChannelHead& self) noexcept { return static_cast<ChannelCell&>(self); }
  static std::size_t number(std::size_t weight) noexcept { return weight; }
  static std::size_t number(OfOne) noexcept { return 1; }
  static Slot* slot(Chunk* chunk, std::uint32_t at) noexcept {
    return std::launder(reinterpret_cast<Slot*>(chunk->data() + sizeof(Slot) * at));
  }
  // The receiver may close the channel by what it does.
  void deliver() {
    const To to = to_;
    std::size_t n = 0, weight = 0;
    while (n != slice && (batch_ || take_all())) {
      Slot* from = slot(batch_, at_);
      weight += number(Scale::weight_of(*from));
      std::optional<T> value(std::move(Scale::item_of(*from)));
      from->~Slot();
      if (++at_ == batch_->used) next_chunk();
      ++n;
      to(std::move(value));
      if (over_) return;
    }
    delivered(weight);
    if (n != 0) wanted_ = false;
    if (n == slice && !on_demand_) return drain_again();
    if (!ended_ || batch_) return;
    to(std::nullopt);
    close();
  }
  static void drop(ChannelHead&, Chunk* list, std::uint32_t from) noexcept {
    for (Chunk* chunk = list; chunk; chunk = chunk->next, from = 0)
      for (std::uint32_t i = from; i != chunk->used; ++i) slot(chunk, i)->~Slot();
    free_chunks(list);
  }
  static constexpr Ops ops{[](ChannelHead& self) { of(self).deliver(); }, &drop,
                           [](ChannelHead& self) noexcept { of(self).to_ = {}; },
                           [](ChannelHead& self) noexcept { delete &of(self); }};
  To to_;
};

// One of a channel's senders.
template <class T, class W> class SenderEnd {
 public:
  SenderEnd() noexcept = default;
  explicit SenderEnd(ChannelCell<T, W>* cell) noexcept : cell_(cell) {}
  SenderEnd(const SenderEnd& other) noexcept : cell_(other.cell_) {
    if (cell_) cell_->add_sender();
  }
  SenderEnd(SenderEnd&& other) noexcept
      : cell_(std::exchange(other.cell_, nullptr)), id_(std::exchange(other.id_, 0)) {}
  SenderEnd& operator=(SenderEnd other) noexcept {
    std::swap(cell_, other.cell_);
    std::swap(id_, other.id_);
    return *this;
  }
  ~SenderEnd() {
    if (!cell_) return;
    if (id_ != 0) cell_->forget_room(id_);
    cell_->drop_sender();
  }
  void tell_room(SendableRet<> ret, std::size_t weight) const {
    cell_->tell_room(std::move(ret), weight, id_);
  }
  ChannelCell<T, W>* operator->() const noexcept { return cell_; }
  explicit operator bool() const noexcept { return cell_ != nullptr; }

 private:
  ChannelCell<T, W>* cell_ = nullptr;
  mutable std::uint64_t id_ = 0;  // once it has wanted to be told of room
};

}  // namespace troupe::detail
