// task/reply_node.hpp: the node between a Ret and who awaits its answer. (internal)
#pragma once
#include <troupe/core/bound.hpp>
#include <troupe/task/awaiter.hpp>
#include <troupe/task/kept_fail.hpp>
#include <troupe/task/task.hpp>
#include <troupe/task/task_ref.hpp>

namespace troupe::detail {

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
  std::uint32_t refs = 1;
  State state = open;
  bool wanted = true;  // an awaiter or a Value still looks at it
};
template <class... T> struct co_await_for;  // the name of its Ret in the books
// What a node holds, by its state. The answer takes the place of whom it wakes where it is made
// without code of the user, which may end who waits.
template <class Stored> struct NodeSpace {
  static constexpr bool is_shared = false;
  NodeSpace() noexcept {}
  ~NodeSpace() {}
  Wake waiter;  // open: of an awaiter that holds a count of the node; empty: nobody awaits it
  union {
    Stored value;           // answered; moved out of, once it is taken
    const ActorFail* fail;  // failed; kept
  };
};
template <class Stored>
  requires std::is_trivially_copyable_v<Stored>
struct NodeSpace<Stored> {
  static constexpr bool is_shared = true;
  NodeSpace() noexcept : waiter() {}
  ~NodeSpace() {}
  union {
    Wake waiter;
    Stored value;
    const ActorFail* fail;
  };
};
template <class... T>
using StoredOf =
    std::conditional_t<sizeof...(T) == 0, NoValue,
                       std::conditional_t<sizeof...(T) == 1, ValueOf<T...>, std::tuple<T...>>>;
template <class... T> class ReplyNode : public NodeBase, public NodeSpace<StoredOf<T...>> {
  using Space = NodeSpace<StoredOf<T...>>;

 public:
  using Stored = StoredOf<T...>;
  using Space::fail, Space::value, Space::waiter;
  ReplyNode() noexcept = default;
  ReplyNode(const ReplyNode&) = delete;
  ~ReplyNode() {
    if (state == failed)
      drop_kept_fail(fail);
    else if (state != open)
      value.~Stored();
  }
  // The function of the Ret. `w` holds a counted pointer to the node; the count is used up here.
  static void answer(Box*, Words w, const ActorFail* why, T*... v) {
    ReplyNode* n;
    std::memcpy(&n, w.raw, sizeof(n));
    if (why) [[unlikely]]
      return n->fail_or_query(*why);
    Wake awaited_by = n->waiter;
    if constexpr (std::is_nothrow_constructible_v<Stored, T&&...>) {
      n->put(std::move(*v)...);
    } else {
      TROUPE_TRY { n->put(std::move(*v)...); }
      TROUPE_CATCH_ALL { return n->fail_with(fail_of(std::current_exception())); }
    }
    n->state = answered;
    if constexpr (!Space::is_shared) awaited_by = std::exchange(n->waiter, {});
    if (!awaited_by) [[unlikely]]
      return n->release_unread();
    --n->refs;  // the awaiter holds another
    awaited_by.fire_on([n]() -> Core& { return n->core(); });
  }
  Core& core() noexcept { return *Block::of(this)->core; }
  void forget_waiter() noexcept {
    if (state == open) waiter = {};
  }
  // Nobody waits for its answer any more: who awaited it goes.
  TROUPE_INLINE void leave() noexcept {
    wanted = false;
    if (state == open) [[unlikely]]
      leave_open();
  }
  // An open one is seen by a coroutine of a foreign type, at the runtime's end.
  TROUPE_COLD ActorFail why_none() const noexcept {
    return state == failed ? *fail : ActorFail(Why::ended);
  }
  TROUPE_INLINE void release() noexcept {
    if (--refs == 0) free();
  }

 private:
  TROUPE_INLINE void put(T&&... v) {
    ::new (static_cast<void*>(std::addressof(value))) Stored(std::move(v)...);
  }
  [[gnu::noinline]] void release_unread() { release(); }
  [[gnu::noinline]] void fail_or_query(const ActorFail& why) {
    if (is_query(&why))
      tell_query(static_cast<const WantedQuery&>(why));
    else
      fail_with(why);
  }
  void tell_query(const WantedQuery& query) noexcept {
    query.wanted = wanted;
    query.whose = std::addressof(core());
  }
  [[gnu::noinline]] void fail_with(const ActorFail& why) {
    const Wake awaited_by = waiter;
    fail = keep_fail(core(), why);
    state = failed;
    if (!awaited_by) return release();
    --refs;
    awaited_by.lose(core(), *fail);
  }
  [[gnu::noinline]] void leave_open() noexcept {
    waiter = {};
    if (const auto tell = kernel_of(core()).asker_left) tell(core());
  }
  void free() noexcept { Pool::destroy(*this); }
};
template <class... T> class NodeRef {
 public:
  using Node = ReplyNode<T...>;
  NodeRef() noexcept = default;
  explicit NodeRef(Core& core) {
    static_assert(sizeof(Node) <= Pool::largest,
                  "troupe: an answer of more than 128 KiB does not fit: keep it behind a pointer");
    node_ = &kernel_of(core).pool.template make<Node>();
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
    return Ret<T...>(&Node::answer, nullptr, detail::words_of(node_),
                     signature_with<co_await_for<T...>>());
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
  const auto take = [&] {
    if constexpr (sizeof...(T) > 0) return ValueOf<T...>(std::move(n.value));
  };
  return detail::result_in<M, R>(ok, take, [&] { return n.why_none(); });
}

/// Awaits a node that something else answers.
template <Mode M, class... T> class NodeAwait : public TaskAwaiter<M> {
 public:
  static constexpr const char* what = "an answer";
  static constexpr bool waits_unseen = true;
  bool armed() const noexcept { return node_->state == NodeBase::open; }
  explicit NodeAwait(NodeRef<T...> node) noexcept : node_(std::move(node)) {}
  NodeAwait(NodeAwait&&) noexcept = default;
  ~NodeAwait() {
    if (node_) node_->forget_waiter();
  }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return M == Mode::drop ? node_->state == NodeBase::answered : node_->state != NodeBase::open;
  }
  void wait(Wake w) noexcept {
    if (node_->state == NodeBase::open && node_->waiter)
      panic("a reply is awaited by two coroutines at once", "push_pipe");
    if (node_->state == NodeBase::open)
      node_->waiter = w;
    else if (node_->state == NodeBase::failed)
      w.lose(node_->core(), *node_->fail);
    else
      w.fire(node_->core());
  }
  auto await_resume() { return detail::take_reply<M>(*node_.operator->()); }

 private:
  NodeRef<T...> node_;
};

// Starts when it suspends; a dropped waiter drops what it started: the guard that `start` returns
// is cancelled.
template <Mode M, class Start, class... T> class StartAwait : public TaskAwaiter<M> {
  using Guard = std::invoke_result_t<Start&, Core&, Ret<T...>>;
  static constexpr bool guards = !std::is_void_v<Guard>;
  static constexpr bool is_part =
      std::is_same_v<Guard, TaskRef>;  // a task of its own, but a part of who awaits it
  static constexpr bool passes_stops = requires(const Guard& g) { g.request_stop(); };

 public:
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
  StartAwait(StartAwait&& other) : start_(std::move(other.start_)) {}
  ~StartAwait() {
    if (!node_) return;
    node_->leave();
    if constexpr (guards)
      if (node_->state == NodeBase::open) guard_.cancel();
  }
  void wait(Wake w) {
    Core* core = w.strand() ? w.strand()->core : Core::current();
    if (!core) panic("awaited outside of any runtime's run()", type_name<Start>);
    node_ = NodeRef<T...>(*core);
    node_->waiter = w;
    if constexpr (guards)
      guard_ = start_(*core, node_.ret());
    else
      start_(*core, node_.ret());
    if constexpr (passes_stops)
      if (w.strand() && w.strand()->is.stopping) request_stop();
  }
  AskedActor asked() const noexcept
    requires requires(const Start& s) { s.to.id(); }
  {
    if constexpr (requires { start_.to.runtime(); })
      return {start_.to.id(), start_.to.runtime()};
    else
      return {start_.to.id(), std::nullopt};
  }
  void request_stop() const noexcept
    requires(passes_stops)
  {
    guard_.request_stop();
  }
  int turns_ahead(Look look, int depth) const noexcept
    requires(is_part)
  {
    return node_->state == NodeBase::open ? guard_.turns_ahead(look, depth + 1) : 0;
  }
  auto await_resume() { return detail::take_reply<M>(*node_.operator->()); }

 private:
  Start start_;
  NodeRef<T...> node_;
  [[no_unique_address]] std::conditional_t<guards, Guard, NoValue> guard_;
};

}  // namespace troupe::detail
