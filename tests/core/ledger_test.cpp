// core/ledger_test.cpp: the books balance, by site and in total.
#include <troupe/core/ledger.hpp>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <troupe/core.hpp>

#include "support/seed.hpp"

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

TEST(Ledger, TellsWhoseTheRetsAreThatLive) {
  if (!Ledger::enabled) GTEST_SKIP() << "release builds keep no books";
  Runtime one, two;
  auto of_one = make_actor<Asker>(one, ret_nop), of_two = make_actor<Asker>(two, ret_nop);
  const auto live = [](Runtime& rt) {
    std::uint64_t n = 0;
    Ledger::here().each_open([&](const Ledger::Row&, const Ledger::Open& open) {
      if (open.runtime == &detail::kernel_of(rt.core())) n += open.live;
    });
    return n;
  };
  Ret<int> first = ret_to<&Asker::got>(of_one, 1), second = ret_to<&Asker::got>(of_two, 1);
  Ret<int> third =
      Ret<int>(ret_to<&Asker::got>(of_two, 1)).with_timeout(two, std::chrono::hours(1));
  Ret<int> body{nullptr};
  defer(one, unsafe_capture([&body] { body = ret_do([](Reply<int>) {}); }));
  one.run();
  Ret<StopCause> shutdown = ret_shutdown(two);
  EXPECT_EQ(live(one), 2u) << "one of them of a function";
  EXPECT_EQ(live(two), 4u) << "a limit is a Ret of its own";
  defer(one, unsafe_capture([&] {
          second(1);
          third(1);
          shutdown(StopCause(StopCause::stopped));
        }));
  one.run();
  EXPECT_EQ(live(two), 0u) << "also those that were answered in a turn of the other";
  EXPECT_EQ(live(one), 2u);
  first(1);
  body(1);
  EXPECT_EQ(live(one), 0u);
}

TEST(Ledger, WhatLivesIsOfNoRuntimeWhenItsOwnHasEnded) {
  if (!Ledger::enabled) GTEST_SKIP() << "release builds keep no books";
  const auto count = [](const detail::Kernel* of) {
    std::uint64_t n = 0;
    Ledger::here().each_open([&](const Ledger::Row&, const Ledger::Open& open) {
      if (open.runtime == of) n += open.live;
    });
    return n;
  };
  const std::uint64_t before = count(nullptr);
  Ret<int> body{nullptr};
  const detail::Kernel* gone = nullptr;
  {
    Runtime rt;
    gone = &detail::kernel_of(rt.core());
    defer(rt, unsafe_capture([&body] { body = ret_do([](Reply<int>) {}); }));
    rt.run();
    EXPECT_EQ(count(gone), 1u);
  }
  EXPECT_EQ(count(gone), 0u);
  EXPECT_EQ(count(nullptr), before + 1);
  body(1);
  EXPECT_EQ(count(nullptr), before);
}

// Against a plain model: sites that share a place, runtimes that share a site.
TEST(Ledger, WhatLivesAgreesWithAPlainModel) {
  if (!Ledger::enabled) GTEST_SKIP() << "release builds keep no books";
  const std::uint64_t seed = troupe_test::seed();
  SCOPED_TRACE(troupe_test::seed_text());
  std::mt19937_64 random(seed);
  const auto books = std::make_unique<Ledger>();
  Runtime one, two, three;
  const detail::Kernel* const kernels[] = {&detail::kernel_of(one.core()),
                                           &detail::kernel_of(two.core()),
                                           &detail::kernel_of(three.core())};
  std::map<std::pair<const void*, const detail::Kernel*>, std::uint64_t> model;
  const auto site = [](std::uint64_t n) {
    return reinterpret_cast<const void*>(static_cast<std::uintptr_t>(n) << 4);
  };
  for (int step = 0; step != 20000; ++step) {
    const void* const at = site(1 + random() % 200);
    const detail::Kernel* const whose = kernels[random() % 3];
    auto& live = model[{at, whose}];
    if (live != 0 && random() % 2 == 0) {
      books->on_answered(at, whose);
      --live;
    } else if (live < 3) {
      books->on_made(at, "site", whose);
      ++live;
    }
    if (step % 1000 != 0) continue;
    std::map<std::pair<const void*, const detail::Kernel*>, std::uint64_t> found;
    books->each_open([&](const Ledger::Row&, const Ledger::Open& open) {
      EXPECT_TRUE(found.insert({{open.site, open.runtime}, open.live}).second) << "twice";
    });
    std::erase_if(model, [](const auto& entry) { return entry.second == 0; });
    ASSERT_EQ(found, model) << step;
  }
}

}  // namespace ledger_test
}  // namespace troupe
