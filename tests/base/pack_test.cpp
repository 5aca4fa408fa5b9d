// base/pack_test.cpp: values that travel together, in order, moved once.
#include <troupe/base/pack.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace troupe::detail {
namespace pack_test {

TEST(Pack, HandsItsValuesOverInOrderAsLvalues) {
  auto values = pack(1, std::string("two"), std::make_unique<int>(3));
  values([](int& a, std::string& b, std::unique_ptr<int>& c) {
    EXPECT_EQ(a, 1);
    EXPECT_EQ(b, "two");
    EXPECT_EQ(*c, 3);
    a = 10;
  });
  EXPECT_EQ(values([](auto& a, auto&...) { return a; }), 10);
  int lvalue = 5;
  auto copy = pack(lvalue);
  lvalue = 6;
  EXPECT_EQ(copy([](int& v) { return v; }), 5) << "a copy, not a reference";
  pack()([] {});
}

TEST(Pack, IsAsSmallAsItsValues) {
  static_assert(std::is_empty_v<Pack<>>);
  static_assert(sizeof(Pack<int>) == 4 && sizeof(Pack<std::uint64_t, int>) == 16);
  static_assert(std::is_trivially_copyable_v<Pack<int, double>>);
  static_assert(std::is_nothrow_move_constructible_v<Pack<std::string, std::unique_ptr<int>>>);
  static_assert(!std::is_copy_constructible_v<Pack<std::unique_ptr<int>>>);
}

struct Counted {
  int copies = 0, moves = 0;
  Counted() = default;
  Counted(const Counted& o) : copies(o.copies + 1), moves(o.moves) {}
  Counted(Counted&& o) noexcept : copies(o.copies), moves(o.moves + 1) {}
};

struct Greedy {  // trivially copyable, but made by a template
  Greedy() = default;
  template <class X> explicit(false) Greedy(X&) {}
};

TEST(Pack, AsStoredConvertsOrPassesOn) {
  Counted value;
  static_assert(std::is_same_v<decltype(as_stored<Counted>(std::move(value))), Counted&&>,
                "not moved yet");
  static_assert(std::is_same_v<decltype(as_stored<Counted>(value)), Counted>,
                "copied here, where it may throw");
  const Counted fixed;
  static_assert(std::is_same_v<decltype(as_stored<Counted>(std::move(fixed))), Counted>,
                "a copy, which may throw");
  static_assert(std::is_same_v<decltype(as_stored<std::string>("x")), std::string>);
  int number = 1;
  static_assert(std::is_same_v<decltype(as_stored<int>(number)), int&>);
  Greedy greedy;
  static_assert(std::is_same_v<decltype(as_stored<Greedy>(greedy)), Greedy>);
  auto packed = pack(as_stored<Counted>(std::move(value)));
  packed([](Counted& c) {
    EXPECT_EQ(c.copies, 0);
    EXPECT_EQ(c.moves, 1);
  });
}

TEST(Pack, TypesAreDroppedFromTheFront) {
  using All = Types<int, char, double>;
  static_assert(std::is_same_v<decltype(drop_types<0>(All{})), All>);
  static_assert(std::is_same_v<decltype(drop_types<1>(All{})), Types<char, double>>);
  static_assert(std::is_same_v<decltype(drop_types<3>(All{})), Types<>>);
  static_assert(All::size == 3);
}

}  // namespace pack_test
}  // namespace troupe::detail
