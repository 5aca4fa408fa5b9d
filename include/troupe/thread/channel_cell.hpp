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

// What senders of a channel hold: it knows the items, and not where they go.
template <class T, class W> class ChannelItems : public ChannelHead {
 protected:
  using Scale = detail::Scale<T, W>;
  using Slot = typename Scale::Slot;

 public:
  // Any thread. Moves the item, if there is room for it; whether there was. `gone`: the receiver
  // is. Nearly always the chunk that is written has a slot left: that is in line.
  TROUPE_INLINE bool send_one(T& item, bool& gone) {
    bool sent = false, tells = false;
    {
      const std::lock_guard hold(lock_);
      gone = refuses_;
      if (const auto weight = Scale::weigh(item); !gone && has_slot() && fits(number(weight))) {
        put(item, weight);
        sent = true;
        if (idle_) tells = std::exchange(idle_, false);
      }
    }
    if (tells) [[unlikely]]
      told();
    return sent || (!gone && send(std::addressof(item), 1, gone) == 1);
  }

  // Any thread. Moves as many of the items as there is room for; how many. `gone`: the receiver is.
  std::size_t send(T* items, std::size_t n, bool& gone) {
    std::size_t sent = 0;
    Chunk* fresh = nullptr;
    for (;;) {
      bool tells = false;
      std::size_t wants = 0;  // bytes of a chunk
      {
        const std::lock_guard hold(lock_);
        gone = refuses_;
        while (!gone && sent != n) {
          const auto weight = Scale::weigh(items[sent]);
          if (!fits(number(weight))) break;
          if (!has_slot() && !open_chunk(fresh)) [[unlikely]] {
            wants = next_chunk_bytes();
            break;
          }
          put(items[sent++], weight);
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

 protected:
  ChannelItems(Core* core, std::size_t bound, bool on_demand, const Ops& ops) noexcept
      : ChannelHead(core, bound, sizeof(Slot), on_demand, ops) {}
  // Under the lock, where there is room.
  template <class Weight> void put(T& item, Weight weight) {
    ::new (static_cast<void*>(tail_->data() + sizeof(Slot) * tail_->used++))
        Slot(Scale::slot(std::move(item), weight));
    if (bound_ != unbounded) waiting_ += number(weight);
  }
  // Of the items that were taken, of which there is one.
  std::optional<T> take_item(std::size_t& weight) noexcept {
    Slot* from = slot(batch_, at_);
    weight += number(Scale::weight_of(*from));
    std::optional<T> value(std::move(Scale::item_of(*from)));
    from->~Slot();
    if (++at_ == batch_->used) next_chunk();
    return value;
  }
  static void drop(ChannelHead&, Chunk* list, std::uint32_t from) noexcept {
    for (Chunk* chunk = list; chunk; chunk = chunk->next, from = 0)
      for (std::uint32_t i = from; i != chunk->used; ++i) slot(chunk, i)->~Slot();
    free_chunks(list);
  }

 private:
  static std::size_t number(std::size_t weight) noexcept { return weight; }
  static std::size_t number(OfOne) noexcept { return 1; }
  static Slot* slot(Chunk* chunk, std::uint32_t at) noexcept {
    return std::launder(reinterpret_cast<Slot*>(chunk->data() + sizeof(Slot) * at));
  }
};

// A channel into a runtime.
template <class T, class W> class ChannelCell final : public ChannelItems<T, W> {
  using Head = ChannelHead;

 public:
  using To = Fwd<std::optional<T>>;
  ChannelCell(Core& core, To&& to, std::size_t bound, bool on_demand) noexcept
      : ChannelItems<T, W>(std::addressof(core), bound, on_demand, ops), to_(std::move(to)) {}

  // The home thread, once, before it is read.
  void read_by(To&& to) noexcept { to_ = std::move(to); }

 private:
  static ChannelCell& of(Head& self) noexcept { return static_cast<ChannelCell&>(self); }
  // The receiver may close the channel by what it does.
  void deliver() {
    const To to = to_;
    std::size_t n = 0, weight = 0;
    while (n != Head::slice && (this->batch_ || this->take_all())) {
      std::optional<T> value = this->take_item(weight);
      ++n;
      to(std::move(value));
      if (this->over_) return;
    }
    this->delivered(weight);
    if (n != 0) this->wanted_ = false;
    if (n == Head::slice && !this->on_demand_) return this->drain_again();
    if (!this->ended_ || this->batch_) return;
    to(std::nullopt);
    this->close();
  }
  static constexpr Head::Ops ops{[](Head& self) { of(self).deliver(); }, &ChannelItems<T, W>::drop,
                                 &Head::push_in_inbox,
                                 [](Head& self) noexcept { of(self).to_ = {}; },
                                 [](Head& self) noexcept { delete &of(self); }};
  To to_;
};

// One of a channel's senders.
template <class T, class W> class SenderEnd {
 public:
  SenderEnd() noexcept = default;
  explicit SenderEnd(ChannelItems<T, W>* cell) noexcept : cell_(cell) {}
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
  ChannelItems<T, W>* operator->() const noexcept { return cell_; }
  explicit operator bool() const noexcept { return cell_ != nullptr; }

 private:
  ChannelItems<T, W>* cell_ = nullptr;
  mutable std::uint64_t id_ = 0;  // once it has wanted to be told of room
};

}  // namespace troupe::detail
