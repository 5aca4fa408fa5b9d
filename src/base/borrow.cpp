// base/borrow.cpp: what is said of a borrow that lives too long.
#include <troupe/base/borrow.hpp>

#include <cstdio>
#include <troupe/base/code_place.hpp>
#include <troupe/base/panic.hpp>

namespace troupe::detail {

void refuse_under_borrow(const BorrowState& borrows, std::string_view where) noexcept {
  const CodePlace at(borrows.latest);
  char words[512];
  std::snprintf(words, sizeof(words),
                "this must not be done while a Share is borrowed: a borrow of %.*s:%u lives",
                static_cast<int>(at.file().size()), at.file().data(),
                static_cast<unsigned>(at.line()));
  panic(words, where);
}

void refuse_under_borrow(const BorrowState& borrows, const std::source_location& at) noexcept {
  refuse_under_borrow(borrows, PlaceText(CodePlace(at)));
}

}  // namespace troupe::detail
