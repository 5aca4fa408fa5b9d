// task/limit.hpp: a limit in time: its timer, and the awaiter within it. (internal)
#pragma once
#include <troupe/core/timer.hpp>
#include <troupe/task/awaiter.hpp>
#include <troupe/task/group.hpp>

namespace troupe::detail {

class Limit {  // the timer, its record, and the decision
 public:
  Limit(Instant at, Duration wait) noexcept : at_(at), wait_(wait) {}
  Limit(Limit&& other) noexcept : Limit(other.at_, other.wait_) {}  // before it is armed
  ~Limit() { disarm(); }
  // What the limit is for, where it can say that it is on its way: see AwaitInfo.
  using TurnsAhead = int (*)(const void* inner, Look look, int depth) noexcept;
  void arm(Core& core, Wake waiter, bool drops, const void* inner,
           TurnsAhead ahead);  // throws bad_alloc
  void disarm() noexcept;
  bool is_over() const noexcept { return over_; }
  bool is_armed() const noexcept { return armed_ || record_; }

 private:
  struct Record {
    RecordStep step;
    Limit* limit;
    static std::byte* run(Core* core,
                          std::byte* at);  // a foreign coroutine that it resumes may throw
  };
  static bool due(Core* core, std::byte* payload) noexcept;
  bool queue_record() noexcept;
  bool waits_for_answer() noexcept;
  void expire();
  void end_task(Strand& s) noexcept;
  Instant at_;
  Duration wait_;
  Core* core_ = nullptr;
  Wake waiter_;
  FixedTimerKey key_;
  Record* record_ = nullptr;
  const void* inner_ = nullptr;
  TurnsAhead ahead_ = nullptr;
  int looks_ = 0;  // how often it still puts off its decision; below 0: for those only that were
                   // told so before
  bool looked_ = false, armed_ = false, drops_ = false, over_ = false;
};

// The awaiter of an X in mode M, where X has one for it.
template <Mode M, class X> decltype(auto) awaiter_in_mode(X& x) {
  if constexpr (M == Mode::reply && requires { std::move(x).reply().operator co_await(); })
    return std::move(x).reply().operator co_await();
  else if constexpr (M == Mode::reply && requires { std::move(x).reply(); })
    return std::move(x).reply();
  else if constexpr (M == Mode::value && requires { std::move(x).value().operator co_await(); })
    return std::move(x).value().operator co_await();
  else if constexpr (M == Mode::value && requires { std::move(x).value(); })
    return std::move(x).value();
  else if constexpr (requires { std::move(x).operator co_await(); })
    return std::move(x).operator co_await();
  else
    return static_cast<X&>(x);
}
template <Mode M, class X> struct Inner {
  using Awaiter = decltype(detail::awaiter_in_mode<M>(std::declval<X&>()));
  using T = decltype(std::declval<std::remove_reference_t<Awaiter>&>().await_resume());
  explicit Inner(X&& from) : x(std::move(from)), awaiter(detail::awaiter_in_mode<M>(x)) {}
  Inner(Inner&& other)
    requires moves_with_awaiter<X, Awaiter>
      : x(std::move(other.x)),
        awaiter(detail::move_awaiter<Awaiter>(
            other.awaiter, [this]() -> Awaiter { return detail::awaiter_in_mode<M>(x); })) {}
  X x;
  Awaiter awaiter;
};

template <Mode M, class X> class TimeoutAwait : public Awaiter<TimeoutAwait<M, X>, M> {
  using In = Inner<M, X>;
  using T = typename In::T;
  static constexpr bool inner_replies = M == Mode::reply && requires(X x) { std::move(x).reply(); };
  static_assert(!inner_replies || std::constructible_from<T, std::unexpected<ActorFail>>,
                "troupe: the reply() of what is awaited must be able to hold an ActorFail");

 public:
  static constexpr std::string_view what =
      await_info<std::remove_cvref_t<typename In::Awaiter>>.what;
  static constexpr std::string_view whom =
      await_info<std::remove_cvref_t<typename In::Awaiter>>.whom;
  static constexpr bool limited = true;
  static constexpr bool waits_unseen =
      requires { requires std::remove_cvref_t<typename In::Awaiter>::waits_unseen; };
  using troupe_not_storable = void;
  TimeoutAwait(X&& x, Instant at, Duration wait) : limit_(at, wait) {
    inner_.emplace(std::move(x));
  }
  TimeoutAwait(TimeoutAwait&& other)
    requires std::move_constructible<In>
      : TimeoutAwait::Awaiter(std::move(other)),
        inner_(std::move(other.inner_)),
        limit_(std::move(other.limit_)) {}
  ~TimeoutAwait() { limit_.disarm(); }
  bool armed() const noexcept { return limit_.is_armed(); }
  void request_stop() const noexcept {
    if constexpr (requires { inner_->awaiter.request_stop(); }) inner_->awaiter.request_stop();
  }
  AskedActor asked() const noexcept {
    if constexpr (requires { inner_->awaiter.asked(); })
      return inner_->awaiter.asked();
    else
      return {};
  }
  void children(std::vector<std::uint64_t>& ids) const {
    if constexpr (requires { inner_->awaiter.children(ids); }) inner_->awaiter.children(ids);
  }
  int turns_ahead(Look look, int depth) const noexcept {
    if constexpr (requires { inner_->awaiter.turns_ahead(Look::asks, 1); })
      return inner_->awaiter.turns_ahead(look, depth);
    else
      return 0;
  }
  bool await_ready() const noexcept TROUPE_EXCLUDES(::troupe::detail::borrow_token) {
    return inner_->awaiter.await_ready();
  }
  void wait(Wake w) {
    Strand* s = w.strand();
    const auto& inner = inner_->awaiter;
    Limit::TurnsAhead ahead = nullptr;
    if constexpr (requires { inner.turns_ahead(Look::asks, 1); })
      ahead = &turns_ahead_of<std::remove_cvref_t<decltype(inner)>>;
    limit_.arm(s ? *s->core : core_here(what), w, M == Mode::drop && s, std::addressof(inner),
               ahead);
    inner_->awaiter.wait(w);
  }
  auto await_resume() {
    limit_.disarm();
    using R = std::conditional_t<inner_replies, T, std::expected<T, ActorFail>>;
    return detail::result_in<M, R>(
        !limit_.is_over(), [&]() -> decltype(auto) { return inner_->awaiter.await_resume(); },
        [&] { return inner_.reset(), ActorFail(Why::timed_out); });
  }

 private:
  mutable std::optional<In> inner_;
  Limit limit_;
};

// One of ours that has a name, and stays where it is.
template <class X> class ByReference {
 public:
  using troupe_not_storable = void;
  explicit ByReference(X& x) noexcept : x_(std::addressof(x)) {}
  decltype(auto) operator co_await() const { return detail::get_awaiter(*x_); }
  auto reply() const
    requires requires(X& x) { x.reply(); }
  {
    return x_->reply();
  }
  auto value() const
    requires requires(X& x) { x.value(); }
  {
    return x_->value();
  }
  auto origin() const
    requires has_origin<X>
  {
    return AsksOrigin::of(*x_);
  }

 private:
  X* x_;
};
template <class X>
concept lendable =
    std::is_lvalue_reference_v<X> && own_awaitable<X> && !is_task<std::remove_cvref_t<X>>;
template <class X>
concept limitable = child_argument<X> || lendable<X>;
template <class Time, class When, class X>
concept good_limit = std::is_convertible_v<When, Time> && limitable<X>;
template <class When, class X>
concept meant_as_limit = meant_as_child<When> || meant_as_child<X>;
template <class Time, class When, class X> auto find_limit_mistake() {
  if constexpr (!meant_as_limit<When, X>)
    return no_mistake{};
  else if constexpr (std::is_convertible_v<When, Time>)
    return find_child_mistake<X>();
  else if constexpr (std::is_arithmetic_v<std::remove_cvref_t<When>>)
    return a_time_has_a_unit_as_in_5s_or_std_chrono_seconds_of_5{};
  else
    return the_time_comes_first_for_timeout_a_Duration_for_deadline_an_Instant{};
}
template <class... A> using FoundLimitMistake = decltype(find_limit_mistake<A...>());
template <class Time, class When, class X>
using LimitMistake = MistakeUnless<good_limit<Time, When, X>, FoundLimitMistake, Time, When, X>;

// What waits in place: of ours; the others become a task.
template <class X> auto limited(X&& x) {
  using Raw = child_type<X>;
  if constexpr (lendable<X>) {
    return ByReference<std::remove_reference_t<X>>(x);
  } else if constexpr (own_awaitable<Raw> && !is_task<Raw>) {
    return Raw(child_from<X>::take(std::forward<X>(x)));
  } else {
    using One = SingleChild<Raw, false>;
    return GroupAwaitable<One>(One(Raw(child_from<X>::take(std::forward<X>(x)))));
  }
}

}  // namespace troupe::detail
