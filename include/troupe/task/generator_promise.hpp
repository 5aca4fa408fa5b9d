// task/generator_promise.hpp: the inside of a generator, and the await of its next item. (internal)
#pragma once
#include <optional>
#include <troupe/task/generator_rules.hpp>
#include <troupe/task/spawn.hpp>

namespace troupe::detail {

struct StreamLoss {  // co_yield StreamLoss(why): the stream is lost
  explicit StreamLoss(ActorFail f) noexcept : fail(std::move(f)) {}
  ActorFail fail;
};
// Why a generator is lost whose reader was dropped while it waited inside.
inline const ActorFail& cut_off() noexcept {
  static const ActorFail why(Why::cancelled);
  return why;
}

template <class T>
struct Handed {  // co_yield Handed(item): an item that stays where it is until the reader takes it
  explicit Handed(T& i) noexcept : item(i) {}
  T& item;
};
template <class T> struct GeneratorPromise : Promise<void> {
  enum State : std::uint8_t { yields, lost, told };
  GeneratorPromise() noexcept : Promise<void>(std::source_location()) {}
  ~GeneratorPromise() {  // cut off, if it still has a home
    if (home) home->cut();
  }
  Generator<T> get_return_object(
      std::source_location here = std::source_location::current()) noexcept {
    this->where = here;
    return Generator<T>(this);
  }

  struct Yield {
    bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
      return false;
    }
    template <class P> void await_suspend(std::coroutine_handle<P> h) noexcept {
      h.promise().hand_over();
    }
    void await_resume() const noexcept {}
  };
  struct YieldCopy : Yield {
    explicit YieldCopy(const T& value) : copy(value) {}
    template <class P> void await_suspend(std::coroutine_handle<P> h) noexcept {
      h.promise().item = std::addressof(copy);
      h.promise().hand_over();
    }
    T copy;
  };
  Yield yield_value(T&& value) noexcept
    requires(!dies_twice<T>)
  {
    item = std::addressof(value);
    return {};
  }
  Yield yield_value(Handed<T> value) noexcept {
    item = std::addressof(value.item);
    return {};
  }
  template <class Mistake = name_it_first_GCC_12_destroys_an_aggregate_twice_beside_co_await>
    requires(dies_twice<T>)
  Yield yield_value(T&&) = delete;  // see Mistake
  YieldCopy yield_value(const T& value)
    requires std::is_copy_constructible_v<T>
  {
    return YieldCopy(value);
  }
  Yield yield_value(std::unexpected<ActorFail>&& why) noexcept
    requires(!std::is_constructible_v<T, std::unexpected<ActorFail>>)
  {
    return lose(why.error());
  }
  Yield yield_value(StreamLoss&& why) noexcept { return lose(why.fail); }

  // Resumes the reader, except after a loss under Mode::drop.
  void hand_over() noexcept {
    Strand& s = *this->strand;
    expect_no_borrow(this->where);
    s.top = this->parent;
    if (s.is_cut()) return;
    if (state != lost || !drops) return s.pass_to(*this->parent);
    s.awaits = nullptr;  // what the generator awaited before has gone
    s.lose(*fail);
    s.suspended();
  }
  bool is_over() noexcept { return state != yields || this->handle().done(); }
  bool is_inside() noexcept { return this->parent && !item && !is_over(); }
  bool is_parked() const noexcept {
    return this->strand && this->strand->phase == Strand::Phase::parked;
  }

  Generator<T>* home = nullptr;
  T* item = nullptr;                // yielded, and not taken yet
  const ActorFail* fail = nullptr;  // of a loss
  State state = yields;
  bool claimed = false;  // there is an await of it
  bool drops = false;    // which reads under Mode::drop

 private:
  Yield lose(const ActorFail& why) noexcept {
    fail = std::addressof(why);
    state = lost;
    return {};
  }
};

template <class T, Mode M> class NextYield;
// Its answer is what that mode gives, but a loss goes by the Ret: so it drops a task of ours that
// waits, and does not resume it.
template <class T, Mode M>
Task<> read_apart(NextYield<T, Mode::reply> next, Ret<ItemIn<M, T>> ret) {
  auto item = co_await std::move(next);
  TROUPE_TRY {
    if constexpr (M == Mode::reply) {
      ret(std::move(item));
    } else if (!item) {
      ret(std::nullopt);
    } else if (!*item) {
      ret.fail(item->error());
    } else {
      ret(std::optional<T>(std::move(**item)));
    }
  }
  TROUPE_CATCH_ALL {
    ret.fail(fail_of(std::current_exception()));
  }  // its move threw, into the call
}

// Awaits the next item of a Generator. Directly in a coroutine of ours the generator runs as its
// child; elsewhere (in timeout() and its like, in a coroutine of a foreign type) as the child of a
// task that is made for it.
template <class T, Mode M> class [[nodiscard("does nothing until it is awaited")]] NextYield {
 public:
  using troupe_of_one_runtime = void;
  static constexpr Mode mode = M;
  static constexpr const char* what = "the next item of a generator";
  static constexpr bool runs_within = true;  // awaiting it is no wait yet
  NextYield(GeneratorPromise<T>* promise, bool cut) noexcept : promise_(promise), cut_(cut) {}
  template <Mode N>
  explicit NextYield(NextYield<T, N>&& other) noexcept : NextYield(other.give(), other.is_cut()) {}
  NextYield(NextYield&& other) noexcept : NextYield(other.give(), other.is_cut()) {
    expect_not_awaited(other.apart_ && !promise_, what);
  }
  ~NextYield() {
    if (promise_) [[unlikely]]
      give_up();
  }
  /// Awaits the next item as `std::optional<Reply<T>>`: a loss is a value; so is an exception out
  /// of the generator.
  auto reply() && noexcept { return NextYield<T, Mode::reply>(std::move(*this)); }
  /// Awaits the next item, and throws ActorFailed for a loss.
  auto value() && noexcept { return NextYield<T, Mode::value>(std::move(*this)); }

  void request_stop() const noexcept {
    if (apart_) apart_->task.request_stop();
  }
  int turns_ahead(Look look, int deep) const noexcept {
    return apart_ ? apart_->task.turns_ahead(look, deep + 1) : 0;
  }
  bool armed() const noexcept { return !apart_ || apart_->node->state == NodeBase::open; }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    if (!promise_) return M != Mode::drop || !cut_;
    if (promise_->state == GeneratorPromise<T>::lost) return M != Mode::drop;
    return promise_->item || promise_->is_over();
  }
  void wait(Wake w) {
    Strand* s = w.strand();
    if (!s || s->awaits != &await_info<NextYield> || s->awaiter != this) return wait_apart(w);
    if (!promise_) return s->lose(cut_off());
    if (promise_->state == GeneratorPromise<T>::lost) return s->lose(*promise_->fail);
    promise_->drops = M == Mode::drop;
    detail::enter_child(*s, *promise_, std::addressof(promise_));
  }
  void await_suspend(std::coroutine_handle<> h) {
    apart_.emplace();
    apart_->foreign.set(h);
    wait_apart(Wake(apart_->foreign));
  }
  auto await_resume() {
    const Taken taken{*this};  // behind the return: a result with a name would be moved under Clang
    return apart_ ? take_apart() : take();
  }
  GeneratorPromise<T>* give() noexcept { return std::exchange(promise_, nullptr); }
  bool is_cut() const noexcept { return cut_; }

 private:
  using R = ItemIn<M, T>;
  struct Taken {
    ~Taken() {
      if (next.promise_) next.let_go();
    }
    NextYield& next;
  };
  struct ReadInOwnTask {
    ~ReadInOwnTask() {
      if (node) node->forget_waiter();
      task.cancel();
    }
    NodeRef<R> node;
    TaskRef task;
    HandleWaiter foreign;
  };
  void wait_apart(Wake w) {
    Core* core = w.strand() ? w.strand()->core : Core::current();
    if (!core) panic("a Generator was read outside of any runtime's run()", type_name<T>);
    if (!apart_) apart_.emplace();
    apart_->node = NodeRef<R>(*core);
    apart_->node->waiter = w;
    apart_->task = start_task<void>(
        *core, read_apart<T, M>(std::move(*this).reply(), apart_->node.ret()), ret_nop, false);
    if (w.strand() && w.strand()->is.stopping) request_stop();
  }
  R take_apart() {
    ReplyNode<R>& node = *apart_->node.operator->();
    if (node.state != NodeBase::answered) return failed_in<M, R>(node.why_none());
    TROUPE_TRY { return std::move(node.value); }
    TROUPE_CATCH_ALL { return threw_in<M, R>(std::current_exception()); }
  }
  R take() {
    if (!promise_) return cut_ ? failed_in<M, R>(cut_off()) : R();
    GeneratorPromise<T>& p = *promise_;
    p.parent = nullptr;
    p.strand = nullptr;
    if (T* item = std::exchange(p.item, nullptr)) [[likely]]
      return item_in<M, T>(std::move(*item));
    if (p.error) return threw_in<M, R>(std::exchange(p.error, nullptr));
    if (p.state != p.lost) return R();
    p.state = p.told;
    return failed_in<M, R>(*p.fail);
  }
  void let_go() noexcept {
    GeneratorPromise<T>& p = *give();
    p.claimed = false;
    if (!p.home) [[unlikely]]
      detail::let_frame_go(p);
  }
  [[gnu::noinline]] void give_up() noexcept {  // dropped before it went on
    GeneratorPromise<T>& p = *promise_;
    if (!p.is_inside()) {
      p.parent = nullptr;
      p.strand = nullptr;
      return let_go();
    }
    detail::let_frame_go(*give());
  }
  GeneratorPromise<T>* promise_;
  bool cut_;
  std::optional<ReadInOwnTask> apart_;
};

}  // namespace troupe::detail
