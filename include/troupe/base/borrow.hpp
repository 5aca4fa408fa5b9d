// base/borrow.hpp: the one token that every borrow of a Share holds.
//
// A thread has many shares and one rule: while one of them is borrowed for writing, no other is borrowed and no queue
// runs. One token for the whole program states that rule in the terms of Clang's -Wthread-safety, which then
// checks it in each function body and coroutine; a token for each share could not, since the analysis does not know
// which names mean the same object. What runs the queue or suspends a coroutine excludes the token. The counters check
// the same at run time, for what the analysis cannot see: a borrow in a lambda or a helper called under a borrow.
#pragma once
#include <string_view>
#include <troupe/base/panic.hpp>
#include <troupe/base/platform.hpp>

namespace troupe::detail {

/// Held by every borrow; has no state. Functions that must not be called under a borrow carry
/// `TROUPE_EXCLUDES(::troupe::detail::borrow_token)`.
struct TROUPE_CAPABILITY("borrow") BorrowToken {};
inline constexpr BorrowToken borrow_token{};

/// How many borrows live, on one thread: two runtimes there may borrow one Share. Counted where TROUPE_DEBUG is set;
/// always present, since a program may mix debug and release builds.
struct BorrowState {
  int writers = 0;
  int readers = 0;
  bool none() const noexcept { return writers == 0 && readers == 0; }
};

/// Ends the process if a borrow lives. For debug builds: called where the queue runs and where a coroutine suspends.
/// @param where the function that must not be called under a borrow
inline void expect_no_borrow(const BorrowState& borrows, std::string_view where) noexcept {
  if (!borrows.none()) panic("this must not be done while a Share is borrowed", where);
}

}  // namespace troupe::detail
