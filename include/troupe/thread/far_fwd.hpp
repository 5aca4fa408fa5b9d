// thread/far_fwd.hpp: how a Fwd goes along with a call to another runtime, and how what it is given
// there comes back. (internal)
//
// The Fwd stays at home in a cell of the lane. The same cell has the room in which the other
// runtime counts its own Fwds: so those need no memory there. A value is a record in the lane of
// the other direction. The end of the last Fwd comes behind all of them; where it finds no memory,
// the cell is itself the message, and the number of values that were sent tells what it must wait
// for. A value that finds the receiver gone says so in the cell, where the other runtime looks: the
// cell is used anew only when its last Fwd there has gone.
#pragma once
#include <atomic>
#include <troupe/core/fwd.hpp>
#include <troupe/core/throw_later.hpp>
#include <troupe/thread/far_ret.hpp>
#include <troupe/thread/node.hpp>

namespace troupe::detail {

template <class... T> class FarFwd;
template <class... T> struct Crossed<Fwd<T...>> {
  static constexpr std::size_t rets = 0, fwds = 1;
  static constexpr bool hears = false;
  static FarFwd<T...> cross(Lane& out, Lane& back, Fwd<T...> fwd) noexcept;
};
template <class... T> Fwd<T...> arrived(const Box*, FarFwd<T...>&& fwd) noexcept {
  return fwd.arrive();
}

template <class C, LaneRoom Kind> constexpr RecordStep step_of() noexcept {
  if constexpr (Kind == LaneRoom::runs)
    return &Record<C>::run;
  else
    return &Lane::in_order<C>;
}
// Writes a record of Of::record<Args>{first, args} that takes the values along; where there is no
// room for it, they are refused.
template <class Of, LaneRoom Kind, class First, class... X>
TROUPE_INLINE bool write_crossing(Node& me, Lane& lane, Lane& back, const PendingNote& whom,
                                  First first, X&&... x) {
  constexpr std::size_t rets = (Crossed<std::remove_cvref_t<X>>::rets + ... + 0);
  constexpr std::size_t fwds = (Crossed<std::remove_cvref_t<X>>::fwds + ... + 0);
  using Args = decltype(detail::pack(
      Crossed<std::remove_cvref_t<X>>::cross(lane, back, std::forward<X>(x))...));
  using C = typename Of::template record<Args>;
  using R = Record<C>;
  if constexpr (rets + fwds != 0) {
    if (!lane.rets().have(rets) || !lane.fwds().have(fwds)) [[unlikely]] {
      refuse(Why::no_memory, std::forward<X>(x)...);
      return false;
    }
    lane.rets().note(whom.type, whom.id, whom.since);
  }
  constexpr bool quiet = (std::is_trivially_copyable_v<std::remove_cvref_t<X>> && ...);
  std::byte* const p = lane.template room<record_size<C>, Kind, quiet>();
  if (!p) [[unlikely]] {
    me.tell_refused(lane, (Crossed<std::remove_cvref_t<X>>::hears || ...));
    refuse(lane.refusal(), std::forward<X>(x)...);
    return false;
  }
  ::new (static_cast<void*>(p))
      R{step_of<C, Kind>(),
        {first,
         detail::pack(Crossed<std::remove_cvref_t<X>>::cross(lane, back, std::forward<X>(x))...)}};
  lane.template written<quiet>();
  return true;
}

// The home side of a cell.
template <class... T> struct HomeFwd {
  static constexpr std::uint64_t unknown = ~std::uint64_t{0};
  Fwd<T...> to;
  std::uint64_t ran = 0;         // values that have come
  std::uint64_t last = unknown;  // how many come, once that is known and some are still to come
};
// A value on its way home.
template <class Args, class... T> struct FwdValue {
  PendingFwd* pending;
  [[no_unique_address]] Args values;
  bool runs_in_place() const noexcept {
    return pending->template of<HomeFwd<T...>>().to.runs_in_place();
  }
  void operator()(Core& core) noexcept {
    auto& home = pending->template of<HomeFwd<T...>>();
    TROUPE_TRY {
      values([&](auto&... v) { home.to(detail::arrived(nullptr, std::move(v))...); });
    }
    TROUPE_CATCH_ALL { throw_later(core, std::current_exception()); }
    if (!home.to.is_wanted()) [[unlikely]]
      pending->unwanted.store(true, std::memory_order_relaxed);
    if (++home.ran == home.last) [[unlikely]]
      pending->fail(*pending, ActorFail(Why::dropped));
  }
};

// A Fwd in a record of a lane.
template <class... T> class FarFwd {
 public:
  using Home = HomeFwd<T...>;
  // Null: a Fwd that goes nowhere.
  explicit FarFwd(PendingFwd* pending) noexcept : pending_(pending) {}
  FarFwd(FarFwd&& other) noexcept : pending_(std::exchange(other.pending_, nullptr)) {}
  FarFwd& operator=(FarFwd&&) = delete;
  // The call found its actor gone; or its reader, and then this is the home side's thread.
  ~FarFwd() {
    if (pending_ && !Lane::is_taking_over()) away(*pending_).let_go();
  }
  // The home side, before the call goes.
  static PendingFwd* keep(Lane& out, Lane& back, Fwd<T...>&& fwd) noexcept {
    auto& cell = static_cast<PendingFwd&>(out.fwds().use());
    cell.fail = &over;
    cell.unwanted.store(false, std::memory_order_relaxed);  // before the call is published
    ::new (static_cast<void*>(cell.kept)) Home{std::move(fwd)};
    ::new (static_cast<void*>(cell.away)) Away(back, cell);
    return &cell;
  }
  // The reader's side: the Fwd that its handler gets.
  Fwd<T...> arrive() noexcept {
    if (!pending_) return {};
    Away& cell = away(*std::exchange(pending_, nullptr));
    cell.back->hold_fwd();
    return Fwd<T...>(std::addressof(cell));
  }

 private:
  struct OfValues {
    template <class Args> using record = FwdValue<Args, T...>;
  };
  // What the Fwds on the other side name.
  struct Away : Fwd<T...>::Cell {
    Away(Lane& b, PendingFwd& p) noexcept : back(&b), pending(&p) {
      this->destroy = [](FwdCell& c) { of(c).last_one_goes(); };
      this->is_wanted = [](const FwdCell& c) { return of(c).reaches_home(); };
      this->put = [](const typename Fwd<T...>::Cell& c, T&&... value) {
        of(c).send(std::move(value)...);
      };
    }
    static Away& of(const FwdCell& c) noexcept {
      return const_cast<Away&>(
          static_cast<const Away&>(static_cast<const typename Fwd<T...>::Cell&>(c)));
    }
    Node* node() const noexcept { return static_cast<Node*>(back->writer()); }
    bool reaches_home() const noexcept {
      const Node* const me = node();
      return me && !me->is_over(back->to()) && !pending->unwanted.load(std::memory_order_relaxed);
    }
    void send(T&&... value) {
      Node* const me = node();
      if (!me || me->is_ending()) [[unlikely]]
        return refuse(Why::ended, std::move(value)...);
      ++sent;  // first: a value that is moved may drop the last Fwd
      if (!write_crossing<OfValues, LaneRoom::queues>(*me, *back, me->in(back->to()),
                                                      {nullptr, 0, me->now()}, pending,
                                                      std::move(value)...)) [[unlikely]]
        --sent;
    }
    void let_go() noexcept { back->answer_fails(*pending, ActorFail(Why::dropped)); }
    void last_one_goes() noexcept {
      Lane& lane = *back;
      let_go();
      lane.let_fwd_go();
    }
    Lane* back;
    PendingFwd* pending;
    std::uint64_t sent = 0;
  };
  static_assert(sizeof(Home) <= sizeof(Pending::kept) && sizeof(Away) <= sizeof(PendingFwd::away));
  static Away& away(PendingFwd& cell) noexcept {
    return *std::launder(reinterpret_cast<Away*>(cell.away));
  }
  // Nothing more comes: the last one has gone, or either runtime. Without memory the first of these
  // is told at once, before values that are on their way.
  static void over(Pending& pending, const ActorFail& why) {
    if (is_query(&why)) return;
    Home& home = pending.of<Home>();
    if (why.why() == Why::no_memory) {
      const Away& there = away(static_cast<PendingFwd&>(pending));
      if (home.ran != there.sent) {
        home.last = there.sent;
        return;
      }
    }
    [[maybe_unused]] const Fwd<T...> goes_last = std::move(home.to);
    home.~Home();
    pending.cells->give(pending);
  }
  PendingFwd* pending_;
};
template <class... T>
FarFwd<T...> Crossed<Fwd<T...>>::cross(Lane& out, Lane& back, Fwd<T...> fwd) noexcept {
  return FarFwd<T...>(fwd ? FarFwd<T...>::keep(out, back, std::move(fwd)) : nullptr);
}

}  // namespace troupe::detail
