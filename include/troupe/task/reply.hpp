// task/reply.hpp: a Ret seen from the other end: awaiting one answer.
//
// A Ret and a future are the two ends of one pipe. Between them stands a node of the pool: the Ret settles it, the
// awaiter waits at it. `push_pipe` makes both ends at once; a `Start` makes the Ret only when it is awaited, and hands
// it to whoever will answer: pull pipes, actor calls and reads of a socket are such starts.
#pragma once
#include <troupe/core/bound.hpp>
#include <troupe/task/task.hpp>
#include <troupe/task/task_ref.hpp>

namespace troupe {

namespace detail {
struct NoValue {};
template <class... T> struct value_of_types {
  using type = std::tuple<T...>;
};
template <class T> struct value_of_types<T> {
  using type = T;
};
template <> struct value_of_types<> {
  using type = void;
};
template <class... T> using ValueOf = typename value_of_types<T...>::type;  // void, T, or a tuple

struct NodeBase {
  enum State : std::uint8_t { open, answered, taken, failed };
  Wake waiter;  // of an awaiter that holds a count of the node
  std::uint32_t refs = 1;
  State state = open;
  bool wanted = true;  // an awaiter or a Value still looks at it
};
template <class... T> class ReplyNode : public NodeBase {
 public:
  using Stored = std::conditional_t<sizeof...(T) == 0, NoValue,
                                    std::conditional_t<sizeof...(T) == 1, ValueOf<T...>, std::tuple<T...>>>;
  ReplyNode() noexcept {}
  ReplyNode(const ReplyNode&) = delete;
  ~ReplyNode() {
    if (state == failed)
      fail.~ActorFail();
    else if (state != open)
      value.~Stored();
  }
  // The function of the Ret. `w` holds a counted pointer to the node; the count is used up here.
  static void settle(Box*, Words w, const ActorFail* why, T*... v) {
    ReplyNode* n;
    std::memcpy(&n, w.raw, sizeof(n));
    if (why) [[unlikely]]
      return n->settle_rarely(*why);
    if constexpr (std::is_nothrow_constructible_v<Stored, T&&...>) {
      n->put(std::move(*v)...);
    } else {
      TROUPE_TRY { n->put(std::move(*v)...); }
      TROUPE_CATCH_ALL { return n->settle_rarely(fail_of(std::current_exception())); }
    }
    n->state = answered;
    if (!n->waiter) return n->release();
    --n->refs;  // the awaiter holds another
    std::exchange(n->waiter, {}).fire(n->core());
  }
  Core& core() noexcept { return *Block::of(this)->core; }
  // An open one is seen by a coroutine of a foreign type, at the runtime's end.
  TROUPE_COLD ActorFail why_none() const noexcept { return state == failed ? fail : ActorFail(Why::ended); }
  TROUPE_INLINE void release() noexcept {
    if (--refs == 0) free();
  }
  union {
    Stored value;
    ActorFail fail;
  };

 private:
  TROUPE_INLINE void put(T&&... v) { ::new (static_cast<void*>(std::addressof(value))) Stored(std::move(v)...); }
  [[gnu::noinline]] void settle_rarely(const ActorFail& why) {
    if (is_query(&why)) {
      static_cast<const WantedQuery&>(why).wanted = wanted;
      return;
    }
    ::new (static_cast<void*>(std::addressof(fail))) ActorFail(why);
    state = failed;
    if (!waiter) return release();
    --refs;
    std::exchange(waiter, {}).lose(core(), fail);
  }
  void free() noexcept {
    this->~ReplyNode();
    Pool::give_back(this, sizeof(ReplyNode));
  }
};
template <class... T> class NodeRef {
 public:
  using Node = ReplyNode<T...>;
  NodeRef() noexcept = default;
  explicit NodeRef(Core& core) {
    static_assert(sizeof(Node) <= Pool::largest,
                  "troupe: an answer of more than 128 KiB does not fit: keep it behind a pointer");
    void* cell = kernel_of(core).pool.take(sizeof(Node));
    if (!cell) TROUPE_THROW(std::bad_alloc{});
    node_ = ::new (cell) Node;
  }
  NodeRef(const NodeRef& other) noexcept : node_(other.node_) {
    if (node_) ++node_->refs;
  }
  NodeRef(NodeRef&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  NodeRef& operator=(NodeRef other) noexcept { return std::swap(node_, other.node_), *this; }
  ~NodeRef() {
    if (node_) node_->release();
  }
  Node* operator->() const noexcept { return node_; }
  explicit operator bool() const noexcept { return node_ != nullptr; }
  Ret<T...> ret() const noexcept {
    ++node_->refs;
    return Ret<T...>(&Node::settle, nullptr, words_of(node_), signature_with<Node>());
  }

 private:
  Node* node_ = nullptr;
};

template <Mode M, class... T> auto take_reply(ReplyNode<T...>& n) {
  using R = std::expected<ValueOf<T...>, ActorFail>;
  const bool ok = n.state == NodeBase::answered;
  if (ok) [[likely]]
    n.state = NodeBase::taken;
  else if (n.state == NodeBase::taken)
    panic("an answer was awaited that had been taken before", "push_pipe");
  if constexpr (M == Mode::reply) {
    if (!ok) return R(std::unexpected(n.why_none()));
    if constexpr (sizeof...(T) == 0) {
      return R();
    } else {
      TROUPE_TRY { return R(std::in_place, std::move(n.value)); }
      TROUPE_CATCH_ALL { return R(std::unexpected(fail_of(std::current_exception()))); }
    }
  } else {
    if (!ok) [[unlikely]]
      throw_failed<M>(n.why_none());
    if constexpr (sizeof...(T) > 0) return ValueOf<T...>(std::move(n.value));
  }
}

/// Awaits a node that something else settles.
template <Mode M, class... T> class NodeAwait {
 public:
  static constexpr Mode mode = M;
  static constexpr const char* what = "an answer";
  bool armed() const noexcept { return node_->state == NodeBase::open; }
  explicit NodeAwait(NodeRef<T...> node) noexcept : node_(std::move(node)) {}
  NodeAwait(NodeAwait&&) noexcept = default;
  ~NodeAwait() {
    if (node_) node_->waiter = {};
  }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return M == Mode::drop ? node_->state == NodeBase::answered : node_->state != NodeBase::open;
  }
  void wait(Wake w) noexcept {
    if (node_->waiter) panic("a reply is awaited by two coroutines at once", "push_pipe");
    if (node_->state == NodeBase::open)
      node_->waiter = w;
    else if (node_->state == NodeBase::failed)
      w.lose(node_->core(), node_->fail);
    else
      w.fire(node_->core());
  }
  void await_suspend(std::coroutine_handle<> h) noexcept {
    foreign_.set(h);
    wait(Wake(foreign_));
  }
  auto await_resume() { return detail::take_reply<M>(*node_.operator->()); }

 private:
  NodeRef<T...> node_;
  HandleWaiter foreign_;
};

// Starts when it suspends; a dropped waiter drops what it started: the guard that `start` returns is cancelled.
template <Mode M, class Start, class... T> class StartAwait {
  using Guard = std::invoke_result_t<Start&, Core&, Ret<T...>>;
  static constexpr bool guards = !std::is_void_v<Guard>;
  static constexpr bool is_part = std::is_same_v<Guard, TaskRef>;  // a task of its own, but a part of who awaits it

 public:
  static constexpr Mode mode = M;
  static constexpr std::string_view what = [] {
    if constexpr (requires { Start::what; })
      return Start::what;
    else
      return "an answer";
  }();
  static constexpr std::string_view whom = [] {
    if constexpr (requires { Start::whom; })
      return Start::whom;
    else
      return std::string_view{};
  }();
  bool armed() const noexcept { return node_->state == NodeBase::open; }
  explicit StartAwait(Start&& start) : start_(std::move(start)) {}
  StartAwait(StartAwait&& other) : start_(std::move(other.start_)), foreign_(std::move(other.foreign_)) {}
  ~StartAwait() {
    if (!node_) return;
    node_->waiter = {};
    node_->wanted = false;
    if constexpr (guards)
      if (node_->state == NodeBase::open) guard_.cancel();
  }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) { return false; }
  void wait(Wake w) {
    Core* core = w.strand() ? w.strand()->core : Core::current();
    if (!core) panic("awaited outside of any runtime's run()", type_name<Start>);
    node_ = NodeRef<T...>(*core);
    node_->waiter = w;
    if constexpr (guards)
      guard_ = start_(*core, node_.ret());
    else
      start_(*core, node_.ret());
    if constexpr (is_part)
      if (w.strand() && w.strand()->is.stopping) request_stop();
  }
  void request_stop() const noexcept
    requires(is_part)
  {
    guard_.request_stop();
  }
  int turns_ahead(Look look, int depth) const noexcept
    requires(is_part)
  {
    return node_->state == NodeBase::open ? guard_.turns_ahead(look, depth + 1) : 0;
  }
  void await_suspend(std::coroutine_handle<> h) {
    foreign_.set(h);
    wait(Wake(foreign_));
  }
  auto await_resume() { return detail::take_reply<M>(*node_.operator->()); }

 private:
  Start start_;
  NodeRef<T...> node_;
  HandleWaiter foreign_;
  [[no_unique_address]] std::conditional_t<guards, Guard, NoValue> guard_;
};
}  // namespace detail

/// The awaiting end of a push pipe. `co_await value` gives what its Ret is given; if that is dropped, the task ends
/// there; `co_await value.reply()` gives an expected, `co_await value.value()` throws ActorFailed. One answer, one
/// awaiting coroutine; awaiting it again once it has given its value ends the process, and in debug builds so does
/// awaiting one that was moved.
template <class... T> class [[nodiscard("await it, or there is no need for a pipe")]] Value {
 public:
  using troupe_carries = detail::FieldTypes<T...>;
  explicit Value(detail::NodeRef<T...> node) noexcept : node_(std::move(node)) {}
  Value(Value&&) noexcept = default;
  Value& operator=(Value&&) noexcept = default;
  ~Value() {
    if (node_) node_->wanted = false;
  }
  auto operator co_await() const noexcept { return detail::NodeAwait<Mode::drop, T...>(node()); }
  auto reply() const noexcept { return detail::InMode<Mode::reply, Source>(Source(node())); }
  auto value() const noexcept { return detail::InMode<Mode::value, Source>(Source(node())); }
  /// Whether the answer, or its failure, is there.
  bool ready() const noexcept { return node()->state != detail::NodeBase::open; }

 private:
  struct Source {
    explicit Source(detail::NodeRef<T...> n) noexcept : node_(std::move(n)) {}
    auto operator co_await() && noexcept { return std::move(*this).template awaiter<Mode::drop>(); }
    template <Mode M> auto awaiter() && noexcept { return detail::NodeAwait<M, T...>(std::move(node_)); }
    detail::NodeRef<T...> node_;
  };
  const detail::NodeRef<T...>& node() const noexcept {
    if (TROUPE_DEBUG && !node_) [[unlikely]]
      panic("a Value was awaited that had been moved", type_name<Value>);
    return node_;
  }
  template <class... U> friend struct PushPipe;
  detail::NodeRef<T...> node_;
};

/// What push_pipe makes; `auto [value, ret] = push_pipe<T>(core)`.
template <class... T> struct PushPipe {
  explicit PushPipe(detail::NodeRef<T...> node) noexcept : value(std::move(node)), ret(value.node_.ret()) {}
  Value<T...> value;
  Ret<T...> ret;
};
/// Makes a Ret and the awaitable that it answers: so an actor's answer gets into a task. If moving the value throws,
/// the awaiting task gets `Why::failed` with that exception. Throws bad_alloc. No allocation in steady state.
template <class... T>
  requires Keepable<T...>
PushPipe<T...> push_pipe(Core& core) {
  return PushPipe<T...>(detail::NodeRef<T...>(core));
}

/// An awaitable that begins when it is awaited: `start(core, ret)` is called once, and whoever gets the Ret answers it.
/// It may return a guard with `cancel()`, called when the awaiting task is dropped before the answer. Awaited once, in
/// the expression that makes it or as an rvalue. The base of ask, pull pipes, and of awaitables of yours.
template <class Start, class... T> class [[nodiscard("does nothing until it is awaited")]] Pull {
 public:
  explicit Pull(Start start) : start_(std::move(start)) {}
  auto operator co_await() && { return detail::StartAwait<Mode::drop, Start, T...>(std::move(start_)); }
  auto reply() && { return detail::InMode<Mode::reply, Pull>(std::move(*this)); }
  auto value() && { return detail::InMode<Mode::value, Pull>(std::move(*this)); }
  Start&& start() && { return std::move(start_); }
  template <std::same_as<detail::ValueOf<T...>> Value_>
  operator Value_() && = delete;  // this is no value yet: co_await it

 private:
  friend struct detail::EachMode;
  template <Mode M> auto awaiter() && { return detail::StartAwait<M, Start, T...>(std::move(start_)); }
  Start start_;
};
/// Makes a `Pull`: `co_await pull<int>(start)`. The `T`s, the types of the answer, are `Keepable`.
/// @param start called as `start(core, ret)` with the Ret that it answers, or sees answered
template <class... T, class Start>
  requires Keepable<T...> && detail::none_dies_twice<Start>
auto pull(Start start) {
  return Pull<Start, T...>(std::move(start));
}
/// Of an aggregate under GCC 12: a copy of one that has a name.
template <class... T, class Start>
  requires Keepable<T...> && detail::named_first<const Start&> && std::copy_constructible<Start>
auto pull(const Start& start) {
  return Pull<Start, T...>(Start(start));
}

namespace detail {
template <class... T> struct PullRequest {
  Ret<Ret<T...>> request;
  void operator()(Core&, Ret<T...> ret) { request(std::move(ret)); }
};
}  // namespace detail
/// A pull pipe: when it is awaited, `request` is answered with a Ret for the value. Awaited once. If `request` has no
/// receiver, the Ret is dropped and the awaiting task ends with `dropped`, as for any answer that does not come.
/// Errors: the `co_await` throws bad_alloc when the pool needs memory and there is none.
template <class... T>
  requires Keepable<T...>
auto pull_pipe(Ret<Ret<T...>> request) {
  return Pull<detail::PullRequest<T...>, T...>(detail::PullRequest<T...>{std::move(request)});
}
// clang-format off
template <class... T, class Mistake = detail::KeptMistake<T...>> requires(!Keepable<T...>)
detail::Refused push_pipe(Core&) = delete;  // see Mistake; an answer that is aligned to more than 16 bytes does not fit: keep it behind a pointer
template <class... T, class Start, class Mistake = detail::give_it_a_name_first_GCC_12_destroys_an_aggregate_twice_that_is_made_in_an_expression_that_awaits> requires(Keepable<T...> && detail::made_beside<Start>)
detail::Refused pull(Start&&) = delete;  // see Mistake
template <class... T, class Start, class Mistake = detail::KeptMistake<T...>> requires(!Keepable<T...>)
detail::Refused pull(Start) = delete;  // see Mistake
template <class... T, class Mistake = detail::KeptMistake<T...>> requires(!Keepable<T...>)
detail::Refused pull_pipe(Ret<Ret<T...>>) = delete;  // see Mistake
// clang-format on

}  // namespace troupe
