// task/stream_pipe.hpp: from a Fwd to a stream: how the values that actors send get into a task,
// one after the other.
#pragma once
#include <optional>
#include <troupe/task/origin.hpp>
#include <troupe/task/pipe_cell.hpp>
#include <troupe/task/task.hpp>

namespace troupe {

/// How many items wait in a pipe at most, or how much they weigh, where nothing else is said.
inline constexpr std::size_t default_stream_capacity = 1024;

namespace detail {
// Awaits the next item of a pipe. An item stays in the pipe until the awaiting coroutine has gone
// on, so one that is dropped between its waking and its turn loses none. It holds a count of
// readers once it waits or was moved: one that was moved may outlive the stream.
template <class T, class W, Mode M>
class [[nodiscard("does nothing until it is awaited")]] NextItem {
  using Cell = PipeCell<T, W>;

 public:
  using troupe_of_one_runtime = void;
  static constexpr Mode mode = M;
  static constexpr const char* what = "the next item of a stream";
  explicit NextItem(Cell* cell) noexcept : cell_(cell) { here_.know(cell->awaits); }
  NextItem(NextItem&& other) noexcept : use_(stored), cell_(other.of_stream()) {
    expect_not_awaited(other.use_ > stored, what);
    ++cell_->readers;
  }
  ~NextItem() {
    if (use_ != in_place) [[unlikely]]
      finish();
  }
  /// Awaits the next item as `std::optional<Reply<T>>`: a loss is a value.
  auto reply() && noexcept { return with_mode<Mode::reply>(); }
  /// Awaits the next item, and throws ActorFailed for a loss.
  auto value() && noexcept { return with_mode<Mode::value>(); }

  auto origin() const noexcept { return CountedOrigin<T, Cell>(*of_stream()); }
  bool armed() const noexcept { return cell_->state == PipeHead::open; }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    if (of_stream()->has_items()) [[likely]]
      return true;
    return M == Mode::drop ? cell_->state == PipeHead::ended : cell_->state != PipeHead::open;
  }
  void wait(Wake w) { start(w, task_waits); }
  void await_suspend(std::coroutine_handle<> h) {
    auto* waiter = ::new (static_cast<void*>(std::addressof(foreign_))) HandleWaiter;
    waiter->set(h);
    start(Wake(*waiter), coroutine_waits);
  }
  auto await_resume() {
    cell_->is_awaited = false;
    if (cell_->has_items()) [[likely]]
      return cell_->take([](T&& item) { return item_in<M, T>(std::move(item)); });
    if constexpr (M == Mode::reply) {
      if (is_lost()) return failed_in<M, ItemIn<M, T>>(cell_->fail);
    } else {
      expect_end();  // a call: what throws, here, costs each item that comes an instruction
    }
    return ItemIn<M, T>();
  }

 private:
  template <class U, class V, Mode N> friend class NextItem;
  enum Use : std::uint8_t { in_place, stored, task_waits, coroutine_waits };
  template <Mode N> NextItem<T, W, N> with_mode() noexcept {
    NextItem<T, W, N> other(of_stream());
    other.use_ = static_cast<typename NextItem<T, W, N>::Use>(std::exchange(use_, in_place));
    return other;
  }
  TROUPE_INLINE void start(Wake w, Use use) {
    if (cell_->is_awaited) panic("a stream is read by two coroutines at once", type_name<T>);
    cell_->is_awaited = true;
    if (use_ == in_place) ++cell_->readers;
    use_ = use;
    cell_->wait(w);
  }
  TROUPE_INLINE void finish() noexcept {
    if (use_ == coroutine_waits) [[unlikely]]
      foreign_.~HandleWaiter();
    if (use_ != stored) {
      cell_->is_awaited = false;
      cell_->waiter = {};
    }
    cell_->release();
  }
  [[gnu::noinline]] void expect_end() {
    if (is_lost()) throw_failed<M>(cell_->fail);
  }
  [[gnu::noinline]] bool is_lost() noexcept {  // told once
    if (cell_->state == PipeHead::open) {
      if (!cell_->waiter) panic("a stream is read by two coroutines at once", type_name<T>);
      cell_->fail = ActorFail(
          Why::ended);  // it still waits: a coroutine of a foreign type, at the runtime's end
      return true;
    }
    return std::exchange(cell_->state, PipeHead::ended) == PipeHead::lost;
  }
  Cell* of_stream() const noexcept {
    if (use_ == in_place) here_.expect_object(what);
    return cell_;
  }
  Use use_ =
      in_place;  // first: beside the awaiting task's reference to this one, `cell_` is packed
  Cell* cell_;   // with that in a vector, which takes longer than two words
  [[no_unique_address]] NotStored here_;
  union {
    HandleWaiter foreign_;  // while use_ says so: most awaits do without
  };
};
}  // namespace detail

/// The reading end of a pipe: a Stream of `T`, whose items `W` weighs (weight.hpp). When its last
/// Fwd goes without having sent `nullopt`, what is queued is delivered, and then the stream is
/// lost. The destructor destroys the queued items and the Fwd that asks for more; values that are
/// sent after that are dropped. Move-only; outlives the runtime; belongs to the runtime's thread. 8
/// bytes.
template <class T, class W = ByCount>
class [[nodiscard("await its next(), or there is no need for a pipe")]] PipeStream {
 public:
  using troupe_of_one_runtime = void;
  using value_type = T;
  /// Takes over the reader's count of the cell.
  explicit PipeStream(detail::PipeCell<T, W>* cell) noexcept : cell_(cell) {}
  PipeStream(const PipeStream&) = delete;  // a stream has one reader: write std::move(stream)
  PipeStream(PipeStream&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  PipeStream& operator=(PipeStream&& other) noexcept {
    PipeStream old(std::move(*this));
    cell_ = std::exchange(other.cell_, nullptr);
    return *this;
  }
  ~PipeStream() {
    if (cell_) cell_->stream_gone();
  }
  /// Awaits the next item: `co_await stream.next()` gives `std::optional<T>`. It asks for more when
  /// nothing is queued. For tasks, and for coroutines of any other type. If the stream is destroyed
  /// while a coroutine awaits it, that coroutine gets a loss. If the coroutine is dropped before it
  /// goes on, the item is for the next read; also where this is a child of race() or its like
  /// (all.hpp): the pipe may then hold more than its capacity. No allocation.
  detail::NextItem<T, W, Mode::drop> next() noexcept TROUPE_LIFETIMEBOUND {
#if TROUPE_DEBUG
    if (!cell_) panic("a stream was read after it was moved from", type_name<T>);
#endif
    return detail::NextItem<T, W, Mode::drop>(cell_);
  }
  /// How many items the pipe has dropped because it was full.
  std::uint64_t dropped() const noexcept { return cell_ ? cell_->dropped : 0; }
  /// What the items that wait in the pipe weigh together; by count, how many wait.
  std::size_t weight() const noexcept { return cell_ ? cell_->weight_of_all() : 0; }
  /// Bytes of memory that the pipe holds for items.
  std::size_t memory() const noexcept { return cell_ ? cell_->memory() : 0; }

 private:
  detail::PipeCell<T, W>* cell_;
};

/// What stream_pipe makes; `auto [stream, fwd] = stream_pipe<T>(core)`.
template <class T, class W = ByCount> struct StreamPipe {
  explicit StreamPipe(detail::PipeCell<T, W>* cell) noexcept : stream(cell), fwd(cell) {}
  PipeStream<T, W> stream;
  Fwd<std::optional<T>> fwd;
};

namespace detail {
template <class... X> inline constexpr bool pipe_arguments = false;
template <class C, class More, class N, class W>
inline constexpr bool pipe_arguments<C, More, N, W> =
    std::is_convertible_v<C, Core&> && std::is_convertible_v<More, Fwd<>> &&
    std::is_convertible_v<N, std::size_t> && std::is_convertible_v<W, WhenFull>;
template <class C>
inline constexpr bool pipe_arguments<C> = pipe_arguments<C, Fwd<>, std::size_t, WhenFull>;
template <class C, class More>
inline constexpr bool pipe_arguments<C, More> = pipe_arguments<C, More, std::size_t, WhenFull>;
template <class C, class More, class N>
inline constexpr bool pipe_arguments<C, More, N> = pipe_arguments<C, More, N, WhenFull>;
}  // namespace detail

/// Makes a Fwd and the stream of the values that are sent through it: so values from actors get
/// into a task. Items come in the order in which they were sent; `nullopt` ends the stream, and
/// what is sent after that is ignored. No allocation in steady state. Cost of an item: about 55
/// instructions, and a turn of the queue where the reader waits. Memory that a burst took is given
/// back to the runtime's pool when the pipe has since been filled a little and read empty about six
/// times. A pipe through which nothing comes keeps it until `Runtime::trim`, which also gives the
/// pool's memory back to the system.
/// @tparam W what an item weighs (weight.hpp): where it is not given, each weighs 1, and the
/// capacity is a number of items; by `BySize` it is a number of bytes where items are strings
/// @param more called whenever the reader waits and nothing is queued, once each time: it may send
/// one item, many or all, there and then or later. Dropped when the stream has ended or its reader
/// has gone
/// @param capacity the most that the items which wait weigh together, at least 1. An item is taken
/// if the sum stays within that; one that is heavier than the capacity is taken while nothing
/// waits, so that it gets through, alone. Memory grows with the items
/// @param when_full what becomes of an item that is not taken, or for which there is no memory
/// (Why::no_memory). `drop_oldest` drops as many items as the one that comes needs: all, where that
/// one is heavier than the capacity
/// @throws std::bad_alloc when the pool has no cell
template <class T, class W = ByCount>
  requires detail::may_wait<T> && Weighs<W, T>
StreamPipe<T, W> stream_pipe(Core& core, Fwd<> more = {},
                             std::size_t capacity = default_stream_capacity,
                             WhenFull when_full = WhenFull::fail) {
  using Cell = detail::PipeCell<T, W>;
  void* cell = detail::kernel_of(core).pool.take(sizeof(Cell));
  if (!cell) TROUPE_THROW(std::bad_alloc{});
  return StreamPipe<T, W>(::new (cell) Cell(std::move(more), capacity, when_full));
}
template <class T, class W = ByCount, class Mistake = detail::WeighedMistake<T, W>>
  requires(!detail::may_wait<T> || !Weighs<W, T>)
detail::Refused stream_pipe(Core&, Fwd<> = {}, std::size_t = 0, WhenFull = {}) = delete;
template <class T = void, class... X,
          class Mistake =
              detail::stream_pipe_of_T_takes_core_more_capacity_when_full_and_T_must_not_borrow>
  requires(std::is_void_v<T> || !detail::pipe_arguments<X...>)
detail::Refused stream_pipe(X&&...) = delete;  // see Mistake
template <class T, class W, class... X,
          class Mistake =
              detail::stream_pipe_of_T_takes_core_more_capacity_when_full_and_T_must_not_borrow>
  requires(Weighs<W, T> && !detail::pipe_arguments<X...>)
detail::Refused stream_pipe(X&&...) = delete;  // see Mistake

}  // namespace troupe
