// thread/thread_channel.hpp: channels to a thread that runs no runtime: it blocks until an item
// comes, through one of them or through several.
#pragma once
#include <array>
#include <memory>
#include <troupe/thread/channel.hpp>
#include <troupe/thread/thread_side.hpp>
#include <utility>

namespace troupe {

namespace detail {
template <class T, class W> class ThreadCell final : public ChannelItems<T, W>, public ThreadSide {
 public:
  explicit ThreadCell(std::size_t bound) noexcept
      : ChannelItems<T, W>(nullptr, bound, false, ops) {}
  // The thread that reads.
  bool has_item() noexcept { return !stop_requested() && (this->batch_ || this->take_all()); }
  bool is_over() const noexcept { return stop_requested() || this->ended_; }
  std::optional<T> take() noexcept {
    std::size_t weight = 0;
    std::optional<T> item = this->take_item(weight);
    this->delivered(weight);
    return item;
  }

 private:
  using Head = ChannelHead;
  static ThreadCell& of(Head& self) noexcept { return static_cast<ThreadCell&>(self); }
  bool has_news() noexcept override { return has_item() || is_over(); }
  static constexpr Head::Ops ops{
      [](Head&) {}, &ChannelItems<T, W>::drop,
      [](Head& self) noexcept { static_cast<ThreadSide&>(of(self)).ring(); }, [](Head&) noexcept {},
      [](Head& self) noexcept { delete &of(self); }};
};
struct wait_any_waits_for_ThreadReceivers_and_PipedLinks_that_have_a_name {};
struct WaitsFor;
}  // namespace detail

/// The receiving end of a channel to a thread. Destroying it drops what is on its way, and tells
/// the senders. Move-only, 8 bytes. Thread: any; used by one at a time, which need not run a
/// runtime. What it takes makes room for what senders of a channel with a bound wait to send.
/// @tparam W what an item weighs, as of the channel
template <class T, class W = ByCount> class ThreadReceiver {
 public:
  using value_type = T;
  /// One without a channel: nothing will come.
  ThreadReceiver() noexcept = default;
  explicit ThreadReceiver(detail::ThreadCell<T, W>* cell) noexcept : cell_(cell) {}
  /// Takes the next item; blocks while there is none. Not on a runtime's thread, which would stand
  /// still.
  /// @returns nothing when the last sender has gone, behind all items
  std::optional<T> recv() {
    while (cell_ && !cell_->has_item()) {
      if (is_over()) return std::nullopt;
      detail::ThreadSide* const side = cell_.get();
      detail::ThreadSide::wait(std::span(&side, 1));
    }
    return cell_ ? cell_->take() : std::nullopt;
  }
  /// Takes the next item, if there is one. Does not block.
  std::optional<T> try_recv() { return cell_ && cell_->has_item() ? cell_->take() : std::nullopt; }
  /// Whether nothing will come any more: the last sender has gone, and all items were taken.
  bool is_over() const noexcept { return !cell_ || cell_->is_over(); }

 private:
  friend struct detail::WaitsFor;
  template <class I, class O> friend class PipedLink;
  template <class I, class O> friend class PipedThread;
  detail::Handle<detail::ThreadCell<T, W>, &detail::ChannelHead::close> cell_;
};

/// What thread_channel() makes: `auto [sender, receiver] = thread_channel<T>(100)`.
template <class S, class R>
struct [[nodiscard("without its ThreadReceiver a channel is closed")]] ThreadChannel {
  S sender;
  R receiver;
};

/// Makes an unbounded channel to a thread: its senders are those of channel(). Thread: any; no
/// runtime takes part. Cost of an item: two locks that are nearly always free.
/// @throws std::bad_alloc when there is no memory
template <class T>
  requires Sendable<T>
ThreadChannel<Sender<T>, ThreadReceiver<T>> thread_channel() {
  auto* cell = new detail::ThreadCell<T, ByCount>(detail::ChannelHead::unbounded);
  return {Sender<T>(cell), ThreadReceiver<T>(cell)};
}
/// Makes a channel with a bound to a thread: `W` and `bound` as of channel(). An item counts until
/// it is taken.
/// @throws std::bad_alloc when there is no memory
template <class T, class W = ByCount>
  requires Sendable<T> && Weighs<W, T>
ThreadChannel<BoundedSender<T, W>, ThreadReceiver<T, W>> thread_channel(std::size_t bound) {
  auto* cell = new detail::ThreadCell<T, W>(bound);
  return {BoundedSender<T, W>(cell), ThreadReceiver<T, W>(cell)};
}
template <class T, class Mistake = detail::SendingMistake<T>, class... X>
  requires(!Sendable<T>)
detail::Refused thread_channel(X&&...) = delete;  // see Mistake

namespace detail {
struct WaitsFor {
  template <class R>
  static auto side(R& input) noexcept -> decltype(static_cast<ThreadSide*>(input.cell_.get())) {
    return input.cell_.get();
  }
  template <class Link>
  static auto side(Link& link) noexcept
      -> decltype(static_cast<ThreadSide*>(link.in_.cell_.get())) {
    return link.in_.cell_.get();
  }
};
template <class R>
concept waits_on_a_thread = requires(R& input) {
  { WaitsFor::side(input) } -> std::same_as<ThreadSide*>;
};
}  // namespace detail

/// Blocks until one of the inputs has an item, or nothing will come through it any more: then its
/// recv() does not block. `switch (wait_any(link, other))`. Inputs are receivers of channels to
/// this thread, and the link of a PipedThread, in any number.
/// @returns which one, from 0; of several, the one that is named first. Name those that must not
/// wait behind a busy one before it. One that has come to its end is ready for ever: leave it out
template <class... R>
  requires(sizeof...(R) > 0) && (detail::waits_on_a_thread<R> && ...)
std::size_t wait_any(R&... inputs) {
  const std::array<detail::ThreadSide*, sizeof...(R)> sides{detail::WaitsFor::side(inputs)...};
  for (std::size_t i = 0; i != sides.size(); ++i)
    if (!sides[i]) return i;  // it has no channel
  return detail::ThreadSide::wait(sides);
}
template <
    class... R,
    class Mistake = detail::wait_any_waits_for_ThreadReceivers_and_PipedLinks_that_have_a_name>
  requires(sizeof...(R) > 0) && (!(detail::waits_on_a_thread<R> && ...))
detail::Refused wait_any(R&&...) = delete;  // see Mistake

}  // namespace troupe
