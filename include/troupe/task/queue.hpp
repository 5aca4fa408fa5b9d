// task/queue.hpp: a bounded queue between tasks.
#pragma once
#include <optional>
#include <troupe/core/mistake.hpp>
#include <troupe/task/cells.hpp>
#include <troupe/task/origin.hpp>
#include <troupe/task/waiter.hpp>
#include <troupe/task/weight.hpp>

namespace troupe {

namespace detail {
class QueueBase {  // the lines at both ends, and the numbers
 public:
  std::size_t room, count = 0, promised = 0;
  bool closed = false;
  Link pushers, poppers, promised_to, stored;

 protected:
  explicit QueueBase(std::size_t n) : room(n) {
    if (n == 0) panic("a Queue needs room for one value at least", "Queue");
  }
  QueueBase(const QueueBase&) = delete;  // a Queue stays where it is: read it by its pop()
  ~QueueBase();
  bool has_unpromised() const noexcept { return count > promised; }
  bool has_room() const noexcept { return !closed && count < room; }
  bool begin_pop(Waiter& w) noexcept;
  bool end_pop(Waiter& w) noexcept;  // whether there is a value to take
  void leave_pop(Waiter& w) noexcept;
  void serve_poppers() noexcept;
  void end_poppers() noexcept;
  void shut() noexcept;
};
}  // namespace detail

/// A bounded queue of values between tasks of one runtime, any number at both ends, first in, first
/// out; whoever waits longest is served first. A `Stream`. Immovable; a local, or a member of an
/// actor. Destroyed while tasks wait, it loses them (`Why::dropped`). One thread. Memory follows
/// the values that wait, and is given back after a burst (also by `Runtime::trim`, where it grew
/// inside a run); without memory for one more it counts as full until one is popped. `T` is
/// `Keepable` and moves without throwing.
/// @tparam W what a value weighs (weight.hpp): where it is not given, each weighs 1, and the
/// capacity is a number of values; by `BySize` it is a number of bytes where values are strings. A
/// value is taken if the sum of all weights stays within the capacity; one that is heavier than the
/// capacity is taken while the queue is empty, so that it gets through, alone. A task that waits to
/// push a heavy value is not overtaken by others whose values are lighter
template <class T, class W = ByCount> class Queue : detail::QueueBase {
  using Scale = detail::Scale<T, W>;
  using Slot = typename Scale::Slot;
  using Weight = detail::WeightOf<T, W>;
  struct Push {
    static constexpr const char* what = "room in a queue";
    using reply_type = std::expected<bool, ActorFail>;
    Push(Queue& q, T&& v) noexcept
        : queue(std::addressof(q)), slot(Scale::slot(std::move(v), Scale::weigh(v))) {}
    bool begin(detail::Waiter& w) noexcept {
      w.data = !queue->closed;
      if (queue->closed) return true;
      const Weight weight = Scale::weight_of(slot);
      if (!queue->takes_more(weight)) return false;
      queue->put(std::move(slot), weight);
      return true;
    }
    detail::Link& ring(detail::Waiter& w) noexcept {
      w.data = reinterpret_cast<std::uintptr_t>(std::addressof(slot));
      return queue->pushers;
    }
    bool take(detail::Waiter& w) const noexcept { return w.data != 0; }
    // The next in line may have a lighter value, for which there is room.
    void leave(detail::Waiter& w) const noexcept {
      if constexpr (!Scale::counts)
        if (w.state == detail::Waiter::State::waiting) queue->serve_pushers();
    }
    detail::Link& stored() const noexcept { return queue->QueueBase::stored; }
    Queue* queue;
    Slot slot;
  };
  struct Pop {
    static constexpr const char* what = "a value of a queue";
    using reply_type = std::expected<std::optional<T>, ActorFail>;
    explicit Pop(Queue& q) noexcept : queue(std::addressof(q)) {}
    bool begin(detail::Waiter& w) const noexcept { return queue->begin_pop(w); }
    detail::Link& ring(detail::Waiter&) const noexcept { return queue->poppers; }
    std::optional<T> take(detail::Waiter& w) const noexcept {
      return queue->end_pop(w) ? std::optional<T>(queue->get()) : std::nullopt;
    }
    void leave(detail::Waiter& w) const noexcept { queue->leave_pop(w); }
    detail::ObjectOrigin<T, Queue> origin() const noexcept { return {*queue, stored()}; }
    detail::Link& stored() const noexcept { return queue->QueueBase::stored; }
    Queue* queue;
  };
  struct Next : Pop {  // as streams say it
    using reply_type = std::optional<Reply<T>>;
    using Pop::Pop;
  };

 public:
  using troupe_of_one_runtime = void;
  /// @param capacity the most that the values in it weigh together, at least 1
  /// @throws std::bad_alloc when there is no memory
  explicit Queue(std::size_t capacity)
    requires(detail::may_wait<T> && Weighs<W, T>)
      : QueueBase(capacity), scale_(capacity), cells_(capacity) {}
  template <class Mistake = detail::WeighedMistake<T, W>>
    requires(!detail::may_wait<T> || !Weighs<W, T>)
  explicit Queue(std::size_t) = delete;  // see Mistake
  ~Queue() {
    closed = true;  // what a value's end does comes too late
    detail::let_go(QueueBase::stored);
    while (count != 0) drop_first();
  }
  /// `bool pushed = co_await queue.push(value)`: waits until there is room for the value, and for
  /// those of the tasks that wait longer. False when it is closed, also while waiting; the value is
  /// destroyed then. A task that is dropped while it waits has not pushed.
  ObjectWait<Push> push(T value) noexcept
    requires(!detail::dies_twice<T>)
  {
    return ObjectWait<Push>(Push(*this, std::move(value)));
  }
  /// For aggregates under GCC 12: pushes a copy of one that has a name.
  ObjectWait<Push> push(const T& value)
    requires(detail::dies_twice<T> && std::copy_constructible<T>)
  {
    T copy = value;
    return ObjectWait<Push>(Push(*this, std::move(copy)));
  }
  template <
      class Mistake = detail::name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
    requires(detail::dies_twice<T>)
  detail::Refused push(T&&) = delete;  // see Mistake
  /// `std::optional<T> value = co_await queue.pop()`: waits while it is empty; nullopt when it is
  /// empty and closed. A task that is dropped before it resumes has not popped: the value is for
  /// the next. Nor has one that awaits this as a child of race() or its like, and is dropped before
  /// it goes on: the value that the child has popped goes back in front of all others (all.hpp),
  /// and the queue may hold more than its capacity.
  ObjectWait<Pop> pop() noexcept { return ObjectWait<Pop>(Pop(*this)); }
  /// pop() under the name that a stream has for it: `.reply()` gives `std::optional<Reply<T>>`.
  ObjectWait<Next> next() noexcept { return ObjectWait<Next>(Next(*this)); }
  /// Pushes without waiting; false, and `value` untouched, when there is no room for it, or others
  /// wait to push, or it is closed. By count it takes whatever a `T` is made of, else a `T`.
  template <class U>
    requires(std::constructible_from<T, U &&> &&
             (Scale::counts || std::same_as<std::remove_cvref_t<U>, T>))
  bool try_push(U&& value) {
    if constexpr (Scale::counts) {
      if (!takes_more({})) return false;
      put(std::forward<U>(value), {});
    } else {
      const Weight weight = Scale::weigh(value);
      if (!takes_more(weight)) return false;
      put(Scale::slot(T(std::forward<U>(value)), weight), weight);
    }
    return true;
  }
  template <class U,
            class Mistake =
                detail::try_push_takes_an_item_itself_where_items_have_a_weight_make_one_first>
    requires(!Scale::counts && !std::same_as<std::remove_cvref_t<U>, T>)
  detail::Refused try_push(U&&) = delete;  // see Mistake
  /// Pops without waiting; nullopt when it is empty, or all its values belong to tasks that are
  /// queued to resume.
  std::optional<T> try_pop() noexcept {
    return has_unpromised() ? std::optional<T>(get()) : std::nullopt;
  }
  /// Closes the queue: it takes no more values. Values that are in it can still be popped. Tasks
  /// that wait to push, or at an empty queue to pop, are resumed with false or nullopt. Where all
  /// values belong to tasks that are queued to resume, others that wait to pop wait until these
  /// have taken them, or have been dropped and left one.
  void close() noexcept { shut(); }
  /// Whether close() was called.
  bool is_closed() const noexcept { return closed; }
  /// How many values are in it.
  std::size_t size() const noexcept { return count; }
  /// What the values in it weigh together; by count, how many there are.
  std::size_t weight() const noexcept { return scale_.sum(count); }
  /// The most that the values in it weigh together: by count, how many it can hold.
  std::size_t capacity() const noexcept { return room; }
  /// Bytes of memory that it holds for values.
  std::size_t memory() const noexcept { return cells_.memory(); }

 private:
  friend class detail::ObjectOrigin<T, Queue>;
  friend detail::Link& lenders_of(Queue& q) noexcept { return q.QueueBase::stored; }
  bool make_room(Weight weight) noexcept {
    return has_room() && scale_.fits(weight) && cells_.make_room();
  }
  bool takes_more(Weight weight) noexcept {  // others may wait for memory
    return pushers.alone() && make_room(weight);
  }
  template <class U> void put(U&& slot, Weight weight) {
    cells_.put(std::forward<U>(slot));
    scale_.add(weight);
    ++count;
    serve_poppers();
  }
  // In front of all others, also where it is full by now.
  void put_back(T&& value) noexcept {
    const Weight weight = Scale::weigh(value);
    if (!cells_.put_front(Scale::slot(std::move(value), weight))) return;
    scale_.add(weight);
    ++count;
    serve_poppers();
  }
  void drop_first() noexcept {
    --count;
    scale_.remove(cells_.front());
    cells_.drop_front();
  }
  T get() noexcept {
    T value(std::move(Scale::item_of(cells_.front())));
    drop_first();
    serve_pushers();
    return value;
  }
  void serve_pushers() noexcept {  // in order: one that does not fit yet holds up the rest
    while (!pushers.alone()) {
      auto& next = static_cast<detail::Waiter&>(pushers.first());
      auto& slot = *reinterpret_cast<Slot*>(next.data);
      const Weight weight = Scale::weight_of(slot);
      if (!make_room(weight)) return;
      put(std::move(slot), weight);
      next.grant();
    }
  }
  // Where there is no memory for a chunk, the queue counts as full until a value has been popped,
  // so that nothing fails. Invariant: each popper that was woken is promised a value, which stays
  // in its cell until the popper resumes; one that is dropped in between loses nothing. A pusher
  // that waits keeps its value until there is room.
  [[no_unique_address]] Scale scale_;
  detail::Cells<Slot> cells_;
};

}  // namespace troupe
