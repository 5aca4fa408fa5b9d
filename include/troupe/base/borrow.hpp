// base/borrow.hpp: the one token that every borrow of a Share holds.
//
// A thread has many shares and one rule: while one of them is borrowed for writing, no other is
// borrowed and no queue runs. One token for the whole program states that rule in the terms of
// Clang's -Wthread-safety, which then checks it in each function body and coroutine; a token for
// each share could not, since the analysis does not know which names mean the same object. What
// runs the queue or suspends a coroutine excludes the token. The counters check the same at run
// time, for what the analysis cannot see: a borrow in a lambda or a helper called under a borrow.
#pragma once
#include <source_location>
#include <string_view>
#include <troupe/base/platform.hpp>

namespace troupe::detail {

/// Held by every borrow; has no state. Functions that must not be called under a borrow carry
/// `TROUPE_EXCLUDES(::troupe::detail::borrow_token)`.
struct TROUPE_CAPABILITY("borrow") BorrowToken {};
inline constexpr BorrowToken borrow_token{};

/// How many borrows live, on one thread: two runtimes there may borrow one Share. Counted where
/// TROUPE_DEBUG is set.
struct BorrowState {
  int writers = 0;
  int readers = 0;
  std::source_location latest = {};  ///< where the latest of those that live began
  bool none() const noexcept { return writers == 0 && readers == 0; }
};
/// Those of the calling thread.
inline BorrowState& borrows_here() noexcept {
  static constinit thread_local BorrowState here;
  return here;
}

/// Ends the process, with the place of the borrow and with `where`.
TROUPE_COLD [[noreturn]] void refuse_under_borrow(const BorrowState& borrows,
                                                  std::string_view where) noexcept;
TROUPE_COLD [[noreturn]] void refuse_under_borrow(const BorrowState& borrows,
                                                  const std::source_location& at) noexcept;

/// Ends the process if a borrow lives; without TROUPE_DEBUG it does nothing. Called where the queue
/// runs and where a coroutine suspends.
/// @param where the function that must not be called under a borrow
TROUPE_INLINE void expect_no_borrow([[maybe_unused]] std::string_view where) noexcept {
#if TROUPE_DEBUG
  if (!borrows_here().none()) [[unlikely]]
    refuse_under_borrow(borrows_here(), where);
#endif
}
/// Ends the process if a borrow lives at a `co_await` or `co_yield`; without TROUPE_DEBUG it does
/// nothing.
TROUPE_INLINE void expect_no_borrow([[maybe_unused]] const std::source_location& at) noexcept {
#if TROUPE_DEBUG
  if (!borrows_here().none()) [[unlikely]]
    refuse_under_borrow(borrows_here(), at);
#endif
}

/// Around a handler: no borrow that began in it is kept beyond it.
class BorrowsInTurn {
 public:
  explicit BorrowsInTurn(std::string_view whose) noexcept
      : whose_(whose), none_(borrows_here().none()) {}
  BorrowsInTurn(const BorrowsInTurn&) = delete;
  ~BorrowsInTurn() {
    if (none_) expect_no_borrow(whose_);
  }

 private:
  std::string_view whose_;
  bool none_;
};

}  // namespace troupe::detail
