// tests/base/escape_test.cpp: the ways out lead where they say, and nowhere else.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <troupe/base/escape.hpp>
#include <type_traits>
#include <vector>

using namespace troupe;

namespace escape_test {

template <class T>
concept borrowable = requires(T&& x) { unsafe_borrow(static_cast<T&&>(x)); };

static_assert(Storable<Literal> && sizeof(Literal) == 16 &&
              std::is_convertible_v<Literal, std::string_view>);
static_assert(!std::is_constructible_v<Literal, const char*> &&
              !std::is_constructible_v<Literal, std::string>);

struct Immovable {
  Immovable() = default;
  Immovable(const Immovable&) = delete;
  int x = 1;
};
static_assert(Storable<Borrowed<std::string>> && Storable<Borrowed<const int>> &&
              Storable<Borrowed<Immovable>> && Storable<Borrowed<int*>> &&
              Storable<Borrowed<std::string_view>>);
static_assert(sizeof(Borrowed<std::string>) == sizeof(void*) &&
              sizeof(Borrowed<int*>) == sizeof(void*));
static_assert(borrowable<std::string&> && borrowable<const std::string&> && borrowable<int&> &&
              borrowable<Immovable&>);
static_assert(!borrowable<std::string> && !borrowable<int> &&
              !borrowable<const std::string>);  // temporaries
static_assert(borrowable<int*> && borrowable<std::string_view> &&
              borrowable<std::span<const int>>);  // borrow already

void fill(std::string& s) { s = "filled"; }
void fill_through(std::string* s) { *s = "filled through a pointer"; }
std::size_t measure(const std::string& s) { return s.size(); }
std::size_t measure_view(std::string_view s) { return s.size(); }

TEST(Literal, StandsForAStringLiteral) {
  constexpr Literal text = "three";
  static_assert(text.size() == 5);
  EXPECT_EQ(text.view(), "three");
  EXPECT_STREQ(text.c_str(), "three");
  EXPECT_EQ(measure_view(text), 5U);
  EXPECT_EQ(text, Literal("three"));
  EXPECT_FALSE(text == Literal("thre"));
  EXPECT_EQ(Literal{}.view(), "");
  static constexpr char constant[] = "constant";
  EXPECT_EQ(Literal(constant).view(), "constant");
}

TEST(UnsafeBorrow, ReachesTheObjectItself) {
  std::string s;
  auto borrowed = unsafe_borrow(s);
  static_assert(std::is_same_v<decltype(borrowed), Borrowed<std::string>>);
  fill(borrowed);
  EXPECT_EQ(s, "filled");
  fill_through(borrowed);
  EXPECT_EQ(s, "filled through a pointer");
  borrowed->clear();
  (*borrowed) += "x";
  EXPECT_EQ(measure(borrowed), 1U);
  EXPECT_EQ(&borrowed.get(), &s);
}

TEST(UnsafeBorrow, KeepsConst) {
  const std::string s = "abc";
  auto borrowed = unsafe_borrow(s);
  static_assert(std::is_same_v<decltype(borrowed), Borrowed<const std::string>>);
  static_assert(!std::is_convertible_v<decltype(borrowed), std::string&>);
  EXPECT_EQ(measure(borrowed), 3U);
}

TEST(UnsafeBorrow, KeepsWhatBorrowsByValue) {
  int n = 7;
  int* p = &n;
  auto borrowed = unsafe_borrow(p);
  p = nullptr;
  int* back = borrowed;
  EXPECT_EQ(back, &n);

  std::string text = "text";
  std::string_view view = text;
  auto kept = unsafe_borrow(view);
  view = {};
  EXPECT_EQ(measure_view(kept), 4U);
  EXPECT_EQ(measure_view(unsafe_borrow(std::string_view{text}.substr(1))), 3U);
}

TEST(UnsafeCapture, IsAcceptedAndCallsTheLambda) {
  int n = 0;
  auto captured = unsafe_capture([&n](int by) { return n += by; });
  static_assert(Captureless<decltype(captured)> && Storable<decltype(captured)>);
  static_assert(
      std::is_member_function_pointer_v<decltype(&decltype(captured)::operator())>);  // stays
                                                                                      // inspectable
  EXPECT_EQ(captured(2), 2);
  EXPECT_EQ(captured(3), 5);
  EXPECT_EQ(n, 5);

  auto counting = unsafe_capture([i = 0]() mutable { return ++i; });
  EXPECT_EQ(counting() + counting(), 3);
}

TEST(UnsafeCapture, DoesNotHideAMoveThatThrows) {
  struct ThrowsOnMove {
    ThrowsOnMove() = default;
    ThrowsOnMove(ThrowsOnMove&&) {}  // NOLINT: not noexcept on purpose
    ThrowsOnMove(const ThrowsOnMove&) = default;
  };
  auto lambda = [t = ThrowsOnMove{}] { (void)t; };
  EXPECT_FALSE(Captureless<UnsafeCapture<decltype(lambda)>>);
}

}  // namespace escape_test
