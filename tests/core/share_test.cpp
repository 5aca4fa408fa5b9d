// tests/core/share_test.cpp: shared values, their counts, and the rules of borrowing them.
//
// A context of the test's own lends the borrows, so nothing of a runtime is needed. What Clang
// refuses at compile time is tested in tests/must_not_compile; here the same mistakes are hidden in
// lambdas, where only the run-time check sees them.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/storable.hpp>
#include <troupe/core/call.hpp>
#include <troupe/core/make_actor.hpp>
#include <troupe/core/runtime.hpp>
#include <troupe/core/share.hpp>
#include <type_traits>
#include <utility>
#include <vector>

using namespace troupe;

namespace share_test {

struct Context {
  detail::BorrowState borrows;
};
detail::BorrowState& borrows_of(Context& cx) { return cx.borrows; }

struct Noted {  // notes its end
  explicit Noted(int& ends, int v = 0) : ends_{ends}, value{v} {}
  Noted(const Noted&) = delete;
  ~Noted() { ++ends_; }
  int& ends_;
  int value;
};
struct Pair {
  int a;
  int b;
};

static_assert(sizeof(Share<int>) == 8 && sizeof(ShareWeak<int>) == 8);
static_assert(Storable<Share<int>> && Storable<ShareWeak<std::string>> &&
              Storable<std::vector<Share<Pair>>>);
static_assert(!Storable<Share<std::string_view>> && !Storable<ShareWeak<int*>>);
static_assert(!Storable<Borrow<int>> && !std::is_move_constructible_v<Borrow<int>> &&
              !std::is_copy_assignable_v<Borrow<int>> && !std::is_move_assignable_v<Borrow<int>>);
template <class T>
concept can_be_new = requires(Share<T> s, Context& cx) { new Borrow<T>(s.rw(cx)); };
static_assert(!can_be_new<int>);
// A share of a class that is not known yet can be a member.
struct Later;
struct HoldsLater {
  Share<Later> later;
};
struct Later {
  int x = 5;
  Share<HoldsLater> back;
};

TEST(Share, WritesAndReads) {
  Context cx;
  auto share = make_share<Pair>(cx, 1, 2);
  {
    auto v = share.rw(cx);
    v->a = 10;
    (*v).b = 20;
  }
  EXPECT_EQ(share.ro(cx)->a, 10);
  EXPECT_EQ((*share.ro(cx)).b, 20);
  static_assert(std::is_same_v<decltype(*share.ro(cx)), const Pair&>);
  auto other = share;
  other.rw(cx)->a = 11;
  EXPECT_EQ(share.ro(cx)->a, 11);
  EXPECT_TRUE(cx.borrows.none());
}

TEST(Share, BorrowsInConditionsAndLoops) {
  Context cx;
  auto flag = make_share<bool>(cx, true);
  if (auto v = flag.rw(cx); *v) *v = false;
  EXPECT_FALSE(*flag.ro(cx));
  auto numbers = make_share<std::vector<int>>(cx, 3U, 1);
  for (int i = 0; i < 3; ++i) numbers.rw(cx)->at(std::size_t(i)) = i;
  {
    auto v = numbers.ro(cx);
    EXPECT_EQ(*v, (std::vector{0, 1, 2}));
  }
  auto early = [&] {
    auto v = flag.rw(cx);
    if (!*v) return 1;
    *v = false;
    return 2;
  };
  EXPECT_EQ(early(), 1);
  EXPECT_TRUE(cx.borrows.none());
}

#if TROUPE_EXCEPTIONS
TEST(Share, BorrowEndsWhenAnExceptionPasses) {
  Context cx;
  auto share = make_share<int>(cx, 1);
  try {
    auto v = share.rw(cx);
    *v = 2;
    throw 1;
  } catch (int) {
    EXPECT_TRUE(cx.borrows.none());
  }
  EXPECT_EQ(*share.ro(cx), 2);
}
#endif

TEST(Share, SwapsTwo) {
  Context cx;
  auto a = make_share<std::string>(cx, "a");
  auto b = make_share<std::string>(cx, "b");
  {
    auto [x, y] = rw(cx, a, b);
    static_assert(std::is_same_v<decltype(x), std::string>);
    std::swap(x, y);
  }
  EXPECT_EQ(*a.ro(cx), "b");
  EXPECT_EQ(*b.ro(cx), "a");
}

TEST(Share, BorrowsThreeAndFourOfMixedTypes) {
  Context cx;
  auto a = make_share<std::int8_t>(cx, std::int8_t{1});
  auto b = make_share<std::string>(cx, "b");
  auto c = make_share<std::vector<int>>(cx);
  auto d = make_share<Pair>(cx, 1, 2);
  {
    auto v = rw(cx, a, b, c);
    v.get<0>() = 2;
    v.get<1>() += "c";
    v.get<2>().push_back(v.get<0>());
  }
  {
    auto [p, q, r, s] = rw(cx, a, b, c, d);
    s.a = p + int(q.size()) + int(r.size());
  }
  {
    auto [p, q, r, s] = ro(cx, a, b, c, d);
    static_assert(std::is_same_v<decltype(q), const std::string>);
    EXPECT_EQ(p, 2);
    EXPECT_EQ(q, "bc");
    EXPECT_EQ(r, std::vector{2});
    EXPECT_EQ(s.a, 5);
  }
  {
    auto [p, again] = ro(cx, a, a);  // reading one twice is no mistake
    EXPECT_EQ(&p, &again);
  }
  EXPECT_TRUE(cx.borrows.none());
}

TEST(Share, ManyReadersMayLive) {
  Context cx;
  auto share = make_share<int>(cx, 4);
  auto inner = [&] { return *share.ro(cx); };
  auto v = share.ro(cx);
  EXPECT_EQ(*v + inner(), 8);
}

TEST(Share, CountsHandles) {
  Context cx;
  int ends = 0;
  {
    auto share = make_share<Noted>(cx, ends, 1);
    EXPECT_EQ(share.strong_count(), 1U);
    EXPECT_EQ(share.weak_count(), 0U);
    auto copy = share;
    EXPECT_EQ(copy, share);
    EXPECT_EQ(share.strong_count(), 2U);
    auto moved = std::move(copy);
    EXPECT_EQ(share.strong_count(), 2U);
    EXPECT_FALSE(copy);  // NOLINT(bugprone-use-after-move): what is left is the point
    EXPECT_EQ(copy.strong_count(), 0U);
    auto& itself = moved;
    moved = itself;
    EXPECT_EQ(share.strong_count(), 2U);
    moved = {};
    EXPECT_EQ(share.strong_count(), 1U);
    auto other = make_share<Noted>(cx, ends, 1);
    EXPECT_NE(other, share);
    other = share;
    EXPECT_EQ(ends, 1);
    EXPECT_EQ(other, share);
  }
  EXPECT_EQ(ends, 2);
}

TEST(ShareWeak, UpgradesWhileTheValueLives) {
  Context cx;
  int ends = 0;
  ShareWeak<Noted> weak;
  EXPECT_FALSE(weak.upgrade());
  {
    auto share = make_share<Noted>(cx, ends, 7);
    weak = share.downgrade();
    EXPECT_EQ(weak.strong_count(), 1U);
    EXPECT_EQ(weak.weak_count(), 1U);
    EXPECT_EQ(share.weak_count(), 1U);
    auto second = weak;
    EXPECT_EQ(weak.weak_count(), 2U);
    if (auto up = weak.upgrade()) {
      EXPECT_EQ(up, share);
      EXPECT_EQ(up.ro(cx)->value, 7);
      EXPECT_EQ(weak.strong_count(), 2U);
    } else {
      ADD_FAILURE() << "the value lives";
    }
    EXPECT_EQ(weak.strong_count(), 1U);
  }
  EXPECT_EQ(ends, 1);
  EXPECT_FALSE(weak.upgrade());
  EXPECT_EQ(weak.strong_count(), 0U);
  EXPECT_EQ(weak.weak_count(), 0U);
}

TEST(ShareWeak, OfItselfInsideItsValue) {
  Context cx;
  struct Node {
    int& ends;
    ShareWeak<Node> self{};
    ~Node() {
      ++ends;
      EXPECT_FALSE(self.upgrade());  // dying already
    }
  };
  int ends = 0;
  {
    auto node = make_share<Node>(cx, ends);
    node.rw(cx)->self = node.downgrade();
    EXPECT_EQ(node.ro(cx)->self.upgrade(), node);
  }
  EXPECT_EQ(ends, 1);
}

TEST(Share, AGuardKeepsTheValueAlive) {
  Context cx;
  int ends = 0;
  auto share = make_share<Noted>(cx, ends, 1);
  {
    auto v = share.rw(cx);
    share = {};
    EXPECT_EQ(ends, 0);
    v->value = 2;
  }
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(make_share<int>(cx, 3).ro(cx).get<0>(),
            3);  // a temporary share lives as long as its guard
}

TEST(Share, AValueThatDiesWithAGuardFindsNoBorrow) {
  Context cx;
  struct Last {
    Context& cx;
    bool& clear;
    ~Last() { clear = cx.borrows.none(); }
  };
  bool clear = false;
  auto share = make_share<Last>(cx, cx, clear);
  {
    auto v = share.rw(cx);
    share = {};
  }
  EXPECT_TRUE(clear);
}

#if TROUPE_EXCEPTIONS
TEST(Share, AConstructorThatThrowsMakesNone) {
  Context cx;
  struct Throws {
    Throws() { throw 1; }
  };
  EXPECT_THROW((void)make_share<Throws>(cx), int);
}
#endif

TEST(Share, TakesWhatCannotBeMoved) {
  Context cx;
  struct alignas(64) Wide {
    char c = 'c';
  };
  auto wide = make_share<Wide>(cx);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&*wide.ro(cx)) % 64, 0U);
  auto holds = make_share<HoldsLater>(cx);
  holds.rw(cx)->later = make_share<Later>(cx);
  const Share<Later> later = holds.ro(cx)->later;
  EXPECT_EQ(later.ro(cx)->x, 5);
}

// ---- in a runtime

struct Adder {
  Share<std::vector<int>> sums;
  Actor<Adder> next{};
  explicit Adder(Share<std::vector<int>> shared) : sums{std::move(shared)} {}
  void connect(Actor<Adder> to) { next = std::move(to); }
  void add(Cx<Adder>& cx, int n, Share<int> limit) {
    const int most = *limit.ro(cx);
    auto v = sums.rw(cx);
    v->push_back(n);
    if (n < most)
      call<&Adder::add>(next, n + 1, limit);  // queued: it borrows when this borrow has ended
    cx.stop();                                // the core is at hand under a borrow
  }
};

TEST(ShareInRuntime, ActorsTakeTurnsAtOneValue) {
  Runtime rt;
  auto sums = make_share<std::vector<int>>(rt);
  {
    auto a = make_actor<Adder>(rt, ret_nop, sums);
    auto b = make_actor<Adder>(rt, ret_nop, sums);
    call<&Adder::connect>(a, b);
    call<&Adder::add>(a, 1, make_share<int>(rt, 2));
    rt.run();
    EXPECT_EQ(*sums.ro(rt), (std::vector{1, 2}));
    EXPECT_EQ(sums.strong_count(), 1U);  // both have stopped
  }
  defer(rt, [](Core& core, Share<std::vector<int>> s) { s.rw(core)->push_back(3); }, sums);
  rt.run();
  EXPECT_EQ(sums.ro(rt)->back(), 3);
}

TEST(ShareInRuntime, AShareMayOutliveItsRuntime) {
  std::optional<Runtime> rt{std::in_place};
  auto share = make_share<std::string>(*rt, "still here");
  auto weak = share.downgrade();
  rt.reset();
  EXPECT_TRUE(weak.upgrade());
  Runtime other;
  EXPECT_EQ(*share.ro(other), "still here");
}

// ---- what ends the process

using ShareDeathTest = ::testing::Test;

TEST(ShareDeathTest, OneShareTwiceInOneBorrow) {
  Context cx;
  auto a = make_share<int>(cx, 1);
  auto b = make_share<int>(cx, 2);
  auto same = a;
  EXPECT_DEATH((void)rw(cx, a, same), "one Share is borrowed twice by one rw .*int");
  EXPECT_DEATH((void)rw(cx, a, b, same), "borrowed twice");
  EXPECT_DEATH((void)rw(cx, b, a, a), "borrowed twice");
  EXPECT_DEATH((void)rw(cx, b, make_share<std::string>(cx), a, same), "borrowed twice");
}

TEST(ShareDeathTest, AnEmptyShare) {
  Context cx;
  Share<int> empty;
  auto full = make_share<int>(cx, 1);
  EXPECT_DEATH((void)empty.rw(cx), "an empty Share is borrowed");
  EXPECT_DEATH((void)empty.ro(cx), "an empty Share is borrowed");
  EXPECT_DEATH((void)ro(cx, full, empty), "an empty Share is borrowed");
  EXPECT_DEATH((void)rw(cx, empty, full), "an empty Share is borrowed");
}

#if TROUPE_DEBUG
TEST(ShareDeathTest, ABorrowHiddenUnderABorrow) {
  Context cx;
  auto a = make_share<int>(cx, 1);
  auto b = make_share<std::string>(cx, "b");
  auto writes = [&] { *b.rw(cx) += "x"; };
  auto reads = [&] { return b.ro(cx)->size(); };
  auto writes_both = [&] { auto [x, y] = rw(cx, a, b); };
  {
    auto v = a.rw(cx);
    EXPECT_DEATH(writes(), "a Share is borrowed while another is borrowed for writing .*string");
    EXPECT_DEATH(reads(), "while another is borrowed for writing");
    EXPECT_DEATH(writes_both(), "while another is borrowed for writing");
  }
  {
    auto v = a.ro(cx);
    EXPECT_EQ(reads(), 1U);
    EXPECT_DEATH(writes(), "for writing while another is borrowed for reading");
  }
  writes();
  EXPECT_EQ(reads(), 2U);
}

TEST(ShareDeathTest, ABorrowThroughAnotherRuntimeOfTheThread) {
  Runtime one, two;
  auto share = make_share<int>(one, 1);
  auto other = [&] { return *share.rw(two); };
  {
    auto v = share.rw(one);
    EXPECT_DEATH(other(), "while another is borrowed for writing");
  }
  EXPECT_EQ(other(), 1);
}

struct Keeps {  // a guard where Clang does not follow it
  Keeps(Runtime& rt, const Share<int>& share) TROUPE_TSA(no_thread_safety_analysis)
      : guard(share.rw(rt)) {}
  Keeps(Core& core, const Share<int>& share) TROUPE_TSA(no_thread_safety_analysis)
      : guard(share.rw(core)) {}
  ~Keeps() TROUPE_TSA(no_thread_safety_analysis) {}
  Borrow<int> guard;
};
struct Holder {
  explicit Holder(Share<int> s) : share(std::move(s)) {}
  void keep(Cx<Holder>& cx) { kept = std::make_unique<Keeps>(cx.core(), share); }
  void use(Cx<Holder>& cx) { ++*share.rw(cx); }
  Share<int> share;
  std::unique_ptr<Keeps> kept;
};

TEST(ShareDeathTest, AQueueThatRunsUnderABorrow) {
  Runtime rt;
  auto share = make_share<int>(rt, 1);
  const auto keeps = std::make_unique<Keeps>(rt, share);
  EXPECT_DEATH(
      rt.run(),
      "must not be done while a Share is borrowed: a borrow of .*share_test.cpp:[0-9]+ lives "
      ".Runtime::run");
}

TEST(ShareDeathTest, AGuardThatAHandlerKeepsBeyondItsTurn) {
  Runtime rt;
  auto share = make_share<int>(rt, 1);
  auto holder = make_actor<Holder>(rt, ret_nop, share);
  call<&Holder::use>(holder);
  rt.run();
  call<&Holder::keep>(holder);
  EXPECT_DEATH(rt.run(), "a borrow of .*share_test.cpp:[0-9]+ lives .*Holder");
  holder.kill("enough");
}

TEST(ShareDeathTest, ThePlaceIsThatOfTheBorrowThatLives) {
  Runtime rt;
  auto share = make_share<int>(rt, 1);
  const auto keeps = [&] {
    { const Keeps gone(rt, share); }
    return std::make_unique<Keeps>(rt, share);
  }();
  const std::string line = std::to_string(detail::borrows_here().latest.line());
  EXPECT_DEATH(rt.run(), "share_test.cpp:" + line + " lives");
}
#endif

}  // namespace share_test
