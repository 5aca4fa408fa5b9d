// core/nesting.hpp: functions of Rets and Fwds that run within one another: beyond a depth they
// wait for the outermost. (internal)
//
// A Ret or Fwd runs its function where it is answered, and that may answer the next one: a chain of
// any length would need a stack of that length. So would the destruction of what is bound to one
// another. As long as anything waits, all that comes joins it, and what one of those leaves waiting
// comes before the others: so all is done in the order in which it would be within one another, and
// no value overtakes another.
#pragma once
#include <memory>
#include <new>
#include <troupe/base/pack.hpp>
#include <troupe/core/actor_fail.hpp>
#include <troupe/core/words.hpp>
#include <utility>

namespace troupe::detail {

struct FwdCell;
struct NestedLater {          // what waits
  void (*run)(NestedLater*);  // and frees it
  NestedLater* next;
};
struct NestingHere {  // of a thread
  bool anything() const noexcept { return first || dead; }
  int depth = 0;
  NestedLater *first = nullptr, *last = nullptr;
  FwdCell* dead = nullptr;
};
class Nesting {  // one such function runs while it lives
 public:
  static constexpr int deepest = 200;
  explicit Nesting(bool dropped) noexcept : dropped_(dropped) { ++here.depth; }
  Nesting(const Nesting&) = delete;
  ~Nesting() noexcept(false) {
    struct Leaves {
      ~Leaves() { --here.depth; }
    } const leaves;
    if (here.depth == 1 && here.anything()) [[unlikely]]
      run_waiting();
  }
  static bool is_deep() noexcept { return here.depth >= deepest || here.first; }
  // f() here; or, deep down, a copy of it behind the outermost.
  template <class F> static void within(F f) {
    if (is_deep() && put_off([&] { return f; })) [[unlikely]]
      return;
    const Nesting dropping(true);
    f();
  }
  // make() makes a function, which is run behind the outermost; false where there is no memory, and
  // it is not called.
  template <class Make> static bool put_off(Make&& make) {
    using W = Function<decltype(make())>;
    void* m = ::operator new(sizeof(W), std::nothrow);
    if (!m) return false;
    TROUPE_TRY { add(*::new (m) W(make)); }
    TROUPE_CATCH_ALL {
      ::operator delete(m);
      TROUPE_RETHROW;
    }
    return true;
  }
  static void die_later(FwdCell& cell) noexcept;  // it is its own place in the line

 private:
  template <class F> struct Function : NestedLater {
    template <class Make>
    explicit Function(Make& make) : NestedLater{&run_it, nullptr}, f(make()) {}
    static void run_it(NestedLater* w) {
      struct Goes {
        Function* self;
        ~Goes() { delete self; }
      } const goes{static_cast<Function*>(w)};
      goes.self->f();
    }
    F f;
  };
  static void add(NestedLater& w) noexcept;
  struct Behind;
  void run_waiting();
  static inline constinit thread_local NestingHere here;
  bool dropped_;
};

template <auto Now, class... T> bool put_off_failure(Words w, const ActorFail& why) {
  return Nesting::put_off([&] { return [w, why] { Now(w, &why, static_cast<T*>(nullptr)...); }; });
}
template <auto Now, class... T>
[[gnu::noinline]] bool put_off_answer(Words w, const ActorFail* why, T*... value) {
  if (why) return put_off_failure<Now, T...>(w, *why);
  TROUPE_TRY {
    return Nesting::put_off([&] {
      return [w, values = detail::pack(std::move(*value)...)]() mutable {
        values([&](auto&... v) { Now(w, nullptr, std::addressof(v)...); });
      };
    });
  }
  TROUPE_CATCH_ALL {  // a value's move threw
    const ActorFail failed = fail_of(std::current_exception());
    if (!put_off_failure<Now, T...>(w, failed)) Now(w, &failed, static_cast<T*>(nullptr)...);
  }
  return true;
}
// An answer that runs `Now` here, with the value or the reason; or, deep down, behind the
// outermost.
template <auto Now, class... T>
TROUPE_INLINE void nest(Words w, const ActorFail* why, T*... value) {
  if (Nesting::is_deep()) [[unlikely]]
    if (put_off_answer<Now, T...>(w, why, value...)) return;
  const Nesting here(why != nullptr);
  Now(w, why, value...);
}

}  // namespace troupe::detail
