// thread/channel.hpp: channels: values from any thread to an actor or a task.
//
// Any number of senders on any threads, one receiver on its runtime's thread. Order holds for each
// sender. The receiver hears when the last sender has gone; senders hear that the receiver has.
#pragma once
#include <span>
#include <troupe/task/reply.hpp>
#include <troupe/task/stream_pipe.hpp>
#include <troupe/task/weight.hpp>
#include <troupe/thread/channel_cell.hpp>
#include <utility>

namespace troupe {

/// What became of an item that was to be sent.
enum class [[nodiscard("what was not sent stays with the sender")]] Sent : std::uint8_t {
  sent,  ///< it is on its way: it arrives, unless the receiver goes first
  full,  ///< the channel is at its bound: the item stays with who wanted to send it
  gone,  ///< the receiver has gone, or its runtime: the item stays with who wanted to send it
};

/// The sending end of an unbounded channel. Copies are senders of their own; the receiver hears
/// when the last one has gone. 16 bytes. Thread: each is used by one thread at a time, any number
/// of them side by side. What is sent after the receiver has gone is destroyed by the sender. The
/// move constructor of `T` runs under the channel's lock: it must not send to the same channel.
template <class T> class Sender {
 public:
  /// One without a channel: its receiver has gone. So is one that was moved from.
  Sender() noexcept = default;
  explicit Sender(detail::ChannelItems<T, ByCount>* cell) noexcept : end_(cell) {}
  /// Sends. Does not block but for the few instructions of another sender.
  /// @returns whether the receiver is still there; where not, `item` is destroyed
  /// @throws std::bad_alloc when there is no memory: nothing is sent
  [[nodiscard("false: the receiver has gone")]]
  bool send(T item) const {
    bool gone = true;
    return end_ && end_->send_one(item, gone);
  }
  /// Sends all of them by one visit of the lock: moves them out of the span, in order.
  /// @returns whether the receiver is still there; where not, the items are as they were
  /// @throws std::bad_alloc when there is no memory: the first of the items may have been sent
  [[nodiscard("false: the receiver has gone")]]
  bool send(std::span<T> items) const {
    bool gone = true;
    if (end_) end_->send(items.data(), items.size(), gone);
    return !gone;
  }

 private:
  detail::SenderEnd<T, ByCount> end_;
};

/// The sending end of a channel that holds so many items at most, or so much of them as `W` weighs
/// (task/weight.hpp). In all else it is a `Sender`. `W`, too, runs under the channel's lock.
template <class T, class W = ByCount> class BoundedSender {
 public:
  /// One without a channel: its receiver has gone.
  BoundedSender() noexcept = default;
  explicit BoundedSender(detail::ChannelItems<T, W>* cell) noexcept : end_(cell) {}
  /// Sends, if there is room. Does not block.
  /// @param item is moved from where the result is `Sent::sent`, and as it was otherwise
  /// @throws std::bad_alloc when there is no memory: nothing is sent
  Sent try_send(T&& item) const {
    bool gone = true;
    if (end_ && end_->send_one(item, gone)) return Sent::sent;
    return gone ? Sent::gone : Sent::full;
  }
  /// Sends as many as there is room for, by one visit of the lock: moves them out of the span, the
  /// first ones first.
  /// @returns how many were sent; where the receiver has gone, none
  [[nodiscard("what was not sent stays with the sender")]]
  std::size_t try_send(std::span<T> items) const {
    bool gone = true;
    return end_ ? end_->send(items.data(), items.size(), gone) : 0;
  }
  /// Tells when there is room, or the receiver has gone: at once, if that is so. Another sender may
  /// take the room first, with lighter items too: try again then. One notice at a time for each
  /// sender: a new one takes the place of the one before, which hears `Why::lost`.
  /// @param ret of any runtime: `sendable(cx, ret_to<&A::room>(cx))`
  /// @param weight of what is to be sent; by count, how many items
  /// @throws std::bad_alloc when there is no memory; `ret` hears `Why::lost` then
  void tell_room(SendableRet<> ret, std::size_t weight = 1) const {
    if (end_)
      end_.tell_room(std::move(ret), weight);
    else
      ret();
  }
  /// Sends from a thread that runs no runtime: blocks while there is no room. Not for the
  /// receiver's own thread, which would wait for itself.
  /// @returns whether the receiver is still there; where not, `item` is destroyed
  /// @throws std::bad_alloc when there is no memory: nothing is sent
  [[nodiscard("false: the receiver has gone")]]
  bool send_blocking(T item) const {
    for (;;) {
      const Sent how = try_send(std::move(item));
      if (how != Sent::full) return how == Sent::sent;
      end_->block_until_room(weigh(item));
    }
  }
  /// Sends from a task: waits while there is no room. Dropped while it waits, `item` dies with the
  /// task. Several tasks that wait at one sender take turns to hold its notice: give each a copy.
  /// The step borrows this sender: keep it, in the task or in what outlives the task, and do not
  /// move it, until the step has ended.
  /// @returns whether the receiver is still there; where not, `item` is destroyed
  Step<bool> send(T item) const
    requires(!detail::dies_twice<T>)
  {
    return send_when_there_is_room(std::move(item));
  }
  /// For aggregates under GCC 12: sends a copy of one that has a name.
  Step<bool> send(const T& item) const
    requires(detail::dies_twice<T> && std::copy_constructible<T>)
  {
    T copy = item;
    return send_when_there_is_room(std::move(copy));
  }
  template <
      class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
    requires(detail::dies_twice<T>)
  detail::Refused send(T&&) const = delete;  // see Mistake

 private:
  Step<bool> send_when_there_is_room(T item) const {
    Sent how = try_send(std::move(item));
    while (how == Sent::full) {
      Core& core = *Core::current();
      auto pipe = push_pipe<>(core);
      tell_room(sendable(core, std::move(pipe.ret)), weigh(item));
      const auto told = co_await std::move(pipe.value).reply();
      (void)told;
      how = try_send(std::move(item));
    }
    co_return how == Sent::sent;
  }
  static std::size_t weigh(const T& item) noexcept {
    return std::clamp<std::size_t>(W()(item), 1, largest_weight);
  }
  detail::SenderEnd<T, W> end_;
};

/// The receiving end: while it lives, items come to its Fwd. Destroying it drops what is on its
/// way, and tells the senders. Belongs to its runtime's thread; may outlive the runtime.
class Receiver {
 public:
  using troupe_of_one_runtime = void;
  Receiver() noexcept = default;
  explicit Receiver(detail::ChannelHead* channel) noexcept : channel_(channel) {
    channel->retain();
  }
  // For channel_stream(): the reader waits, and has nothing.
  void want() const noexcept { channel_->want(); }

 private:
  detail::Handle<detail::ChannelHead, &detail::ChannelHead::close_counted> channel_;
};

/// What channel() makes: `auto [sender, receiver] = channel<T>(core, fwd)`. The receiver is kept as
/// long as items are wanted, as a member of the actor that they go to.
template <class S> struct [[nodiscard("without its Receiver a channel is closed")]] Channel {
  S sender;
  Receiver receiver;
};
/// What channel_stream() makes: `auto [sender, stream] = channel_stream<T>(core)`.
template <class S, class T> struct ChannelStream {
  S sender;
  PipeStream<T> stream;
};

/// Makes an unbounded channel to whoever `fwd` reaches. Items arrive in the next turn, up to 256 by
/// one record of the queue, and count as calls do; `std::nullopt` tells that the last sender has
/// gone, behind all items. Thread: the runtime's. Cost of an item: a lock that is nearly always
/// free, no allocation in steady state.
/// @param fwd of this runtime
/// @throws std::bad_alloc when there is no memory
template <class T>
  requires Sendable<T>
Channel<Sender<T>> channel(Core& core, Fwd<std::optional<T>> fwd) {
  auto* cell = new detail::ChannelCell<T, ByCount>(core, std::move(fwd),
                                                   detail::ChannelHead::unbounded, false);
  return {Sender<T>(cell), Receiver(cell)};
}
/// Makes a channel of `bound` items at most. An item counts until it is handed to `fwd`.
/// @tparam W what an item weighs (task/weight.hpp): where it is not given, each weighs 1, and the
/// bound is a number of items; by `BySize` it is a number of bytes where items are strings
/// @param bound the most that the items which wait weigh together; 0 counts as 1. An item is sent
/// if the sum stays within that; one that is heavier than the bound is sent while nothing waits, so
/// that it gets through, alone
/// @throws std::bad_alloc when there is no memory
template <class T, class W = ByCount>
  requires Sendable<T> && Weighs<W, T>
Channel<BoundedSender<T, W>> channel(Core& core, Fwd<std::optional<T>> fwd, std::size_t bound) {
  auto* cell = new detail::ChannelCell<T, W>(core, std::move(fwd), bound, false);
  return {BoundedSender<T, W>(cell), Receiver(cell)};
}
template <class T, class Mistake = detail::SendingMistake<T>, class... X>
  requires(!Sendable<T>)
detail::Refused channel(Core&, X&&...) = delete;  // see Mistake
template <class T, class W, class Mistake = detail::WeightMistake<T, W>, class... X>
  requires(Sendable<T> && !Weighs<W, T>)
detail::Refused channel(Core&, X&&...) = delete;  // see Mistake
template <class T,
          class Mistake =
              detail::the_receiver_of_a_channel_takes_a_std_optional_of_T_and_no_value_is_the_end,
          class... U, class... X>
  requires(Sendable<T> && !std::is_same_v<Fwd<U...>, Fwd<std::optional<T>>>)
detail::Refused channel(Core&, Fwd<U...>, X&&...) = delete;  // see Mistake

namespace detail {
template <class S, class T, class W = ByCount>
ChannelStream<S, T> make_channel_stream(Core& core, std::size_t bound) {
  auto* cell = new ChannelCell<T, W>(core, {}, bound, true);
  const S sender(cell);
  auto more = fwd_do([](const Receiver& receiver) { receiver.want(); }, Receiver(cell));
  auto pipe = stream_pipe<T>(core, std::move(more), ChannelHead::slice);
  cell->read_by(std::move(pipe.fwd));
  return {sender, std::move(pipe.stream)};
}
}  // namespace detail

/// Makes an unbounded channel to a task: `co_await stream.next()` takes items as it comes to them,
/// and gives nothing when the last sender has gone. Thread: the runtime's.
/// @throws std::bad_alloc when there is no memory
template <class T>
  requires Sendable<T>
ChannelStream<Sender<T>, T> channel_stream(Core& core) {
  return detail::make_channel_stream<Sender<T>, T>(core, detail::ChannelHead::unbounded);
}
/// Makes a channel with a bound to a task: `W` and `bound` as of channel(). Up to 256 items more,
/// which together weigh no more than that, wait on the reader's side.
/// @throws std::bad_alloc when there is no memory
template <class T, class W = ByCount>
  requires Sendable<T> && Weighs<W, T>
ChannelStream<BoundedSender<T, W>, T> channel_stream(Core& core, std::size_t bound) {
  return detail::make_channel_stream<BoundedSender<T, W>, T, W>(core, bound);
}
template <class T, class Mistake = detail::SendingMistake<T>, class... X>
  requires(!Sendable<T>)
detail::Refused channel_stream(Core&, X&&...) = delete;  // see Mistake
template <class T, class W, class Mistake = detail::WeightMistake<T, W>, class... X>
  requires(Sendable<T> && !Weighs<W, T>)
detail::Refused channel_stream(Core&, X&&...) = delete;  // see Mistake

/// Makes of a Fwd what any thread may use: a sender whose items go to it, for as long as there is a
/// sender.
/// @param core the runtime of the Fwd
/// @throws std::bad_alloc when there is no memory
template <class T>
  requires Sendable<T>
Sender<T> sendable(Core& core, Fwd<T> fwd) {
  auto unpacks = fwd_do<std::optional<T>>(
      [](const Fwd<T>& to, std::optional<T> item) {
        if (item) to(std::move(*item));
      },
      std::move(fwd));
  return Sender<T>(new detail::ChannelCell<T, ByCount>(core, std::move(unpacks),
                                                       detail::ChannelHead::unbounded, false));
}

template <class T, class Mistake = detail::SendingMistake<T>>
  requires(!Sendable<T>)
detail::Refused sendable(Core&, Fwd<T>) = delete;  // see Mistake

}  // namespace troupe
