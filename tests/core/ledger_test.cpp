// core/ledger_test.cpp: the books balance, by site and in total.
#include <troupe/core/ledger.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>

namespace troupe {
namespace {

TEST(Ledger, CountsWhatIsMadeAndAnsweredBySite) {
  if (!Ledger::enabled) GTEST_SKIP() << "release builds keep no books";
  const Ledger& books = Ledger::here();
  const auto made = books.made(), live = books.live();
  struct Site {
    void operator()(int, Reply<int>) const {}
  };
  Ret<int> one = ret_do<int>(Site{}, 1), two = ret_do<int>(Site{}, 2), nop = ret_nop;
  EXPECT_EQ(books.made(), made + 2) << "a Ret for nobody is not counted";
  EXPECT_EQ(books.live(), live + 2);
  std::uint64_t of_site = 0;
  books.each([&](const Ledger::Row& row) {
    if (row.name.find("Site") != std::string_view::npos) of_site += row.live();
  });
  EXPECT_EQ(of_site, 2u);
  one(1);
  { Ret<int> dies = std::move(two); }
  nop(1);
  EXPECT_EQ(books.live(), live);
}

}  // namespace
}  // namespace troupe
