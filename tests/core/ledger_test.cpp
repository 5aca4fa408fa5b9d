// core/ledger_test.cpp: the books balance, by site and in total.
#include <troupe/core/ledger.hpp>

#include <gtest/gtest.h>

#include <string>
#include <troupe/core.hpp>

namespace troupe {
namespace ledger_test {

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

struct Asker {
  void got(int, Reply<int>) {}
  template <class T> void got_some(Reply<T>) {}
};

TEST(Ledger, NamesSitesByWhatAnswers) {
  if (!Ledger::enabled) GTEST_SKIP() << "release builds keep no books";
  Runtime rt;
  auto own = make_actor<Asker>(rt, ret_nop);
  const Ret<int> one = ret_to<&Asker::got>(own, 1), two = ret_to<&Asker::got_some<int>>(own);
  const Ret<int> panics = ret_panic("never"), body = ret_do([](Reply<int>) {});
  bool got = false, got_some = false;
  Ledger::here().each([&](const Ledger::Row& row) {
    EXPECT_EQ(row.name.find("signature_with"), std::string_view::npos) << row.name;
    EXPECT_EQ(row.name.find("MethodCall"), std::string_view::npos) << row.name;
    EXPECT_EQ(row.name.find("RetDoBody"), std::string_view::npos) << row.name;
    got = got || (row.name.ends_with("Asker::got") && !row.any_runtime);
    got_some = got_some || row.name.find("Asker::got_some") != std::string_view::npos;
    if (row.name == "ret_panic") {
      EXPECT_TRUE(row.any_runtime);
    }
  });
  EXPECT_TRUE(got && got_some);
}

TEST(Ledger, ARetThatOutlivesItsRuntimeIsReportedAndThatOfABodyIsNot) {
  if (!Ledger::enabled) GTEST_SKIP() << "release builds keep no books";
  Ret<int> method = ret_nop, body = ret_nop;
  ::testing::internal::CaptureStderr();
  {
    Runtime rt;
    auto own = make_actor<Asker>(rt, ret_nop);
    method = ret_to<&Asker::got>(own, 1);
    body = ret_do([](Reply<int>) {});
  }
  const std::string report = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(report.starts_with("troupe: 1 Ret(s) outlive their runtime: ")) << report;
  EXPECT_TRUE(report.ends_with("Asker::got\n")) << report;
  EXPECT_EQ(report.find('\n'), report.size() - 1) << report;
}

}  // namespace ledger_test
}  // namespace troupe
