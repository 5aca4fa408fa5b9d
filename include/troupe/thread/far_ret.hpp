// thread/far_ret.hpp: how a Ret goes along with a call to another runtime, and how its answer comes
// back. (internal)
//
// The call carries two words: the cell in which the Ret waits, and the lane of the other direction.
// On the other side they become the two words of a real Ret there, so nothing is allocated.
#pragma once
#include <cstring>
#include <troupe/base/pack.hpp>
#include <troupe/core/record.hpp>
#include <troupe/thread/lane.hpp>

namespace troupe::detail {

// A value on its way back. Destroyed unrun it tells nothing: the list of those that wait is told.
template <class Values, class... T> struct AnswerHome {
  Pending* pending;
  [[no_unique_address]] Values values;
  bool runs_in_place() const noexcept { return pending->runs_in_place(); }
  void operator()(Core&) noexcept {
    Ret<T...> ret = pending->take<T...>();
    values([&](auto&... v) { ret(std::move(v)...); });
  }
};

// A Ret in a record of a lane.
template <class... T> class FarRet {
 public:
  // `pending` is null where nobody asks; with `back` null as well it is an empty Ret.
  FarRet(Pending* pending, Lane* back) noexcept : pending_(pending), back_(back) {}
  FarRet(FarRet&& other) noexcept
      : pending_(std::exchange(other.pending_, nullptr)), back_(other.back_) {}
  FarRet& operator=(FarRet&&) = delete;
  // The call found its actor gone; or its reader, and then this is the asker's thread.
  ~FarRet() {
    if (pending_ && !Lane::is_taking_over()) back_->answer_fails(*pending_, DropScope::reason());
  }
  // The reader's side: the Ret that a handler of that actor gets, or a function.
  Ret<T...> arrive(const Box* by) noexcept {
    Words w;
    Pending* const pending = std::exchange(pending_, nullptr);
    if (!pending) return back_ ? Ret<T...>(ret_nop) : Ret<T...>(nullptr);
    std::memcpy(w.raw, &pending, sizeof(pending));
    std::memcpy(w.raw + 8, &back_, sizeof(back_));
    back_->owe();
    back_->note_owed(*pending, by);
    return Ret<T...>(&answer, nullptr, w, far_site);
  }

 private:
  static void answer(Box*, Words w, const ActorFail* why, T*... value) {
    if (is_query(why)) return;  // the asker is far: as far as is known here, somebody waits
    Pending* pending;
    Lane* back;
    std::memcpy(&pending, w.raw, sizeof(pending));
    std::memcpy(&back, w.raw + 8, sizeof(back));
    back->note_answered(*pending);
    if (why)
      back->answer_fails(*pending, *why);
    else
      send(*back, pending, value...);
    back->owe_less();
  }
  static void send(Lane& back, Pending* pending, T*... value) {
    using A = AnswerHome<Pack<T...>, T...>;
    using R = Record<A>;
    if (std::byte* p = back.room<record_size<A>, LaneRoom::exempt>()) {
      ::new (static_cast<void*>(p))
          R{&Lane::in_order<A>, {pending, detail::pack(std::move(*value)...)}};
      back.written();
    } else {
      back.answer_fails(*pending, ActorFail(Why::no_memory));
    }
  }
  Pending* pending_;
  Lane* back_;
};

// What an argument is in a record of a lane, and how it is given to whom it is for.
template <class P> struct Crossed {
  static constexpr std::size_t rets = 0, fwds = 0;  // cells that it takes
  static constexpr bool hears = false;              // of a refusal
  template <class T> static T&& cross(Lane&, Lane&, T&& value) noexcept {
    return std::forward<T>(value);
  }
};
template <class... T> struct Crossed<Ret<T...>> {
  static constexpr std::size_t rets = 1, fwds = 0;
  static constexpr bool hears = true;
  static FarRet<T...> cross(Lane& out, Lane& back, Ret<T...>&& ret) noexcept {
    if (!ret) return FarRet<T...>(nullptr, nullptr);
    if (ret.take_nop()) return FarRet<T...>(nullptr, &back);
    return FarRet<T...>(&out.rets().put(std::move(ret)), &back);
  }
};
// `by`: to whom; null where that is a function.
template <class T> T&& arrived(const Box*, T&& value) noexcept { return std::forward<T>(value); }
template <class... T> Ret<T...> arrived(const Box* by, FarRet<T...>&& ret) noexcept {
  return ret.arrive(by);
}

}  // namespace troupe::detail
