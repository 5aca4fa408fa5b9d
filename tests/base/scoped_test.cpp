// base/scoped_test.cpp: a loan becomes a reference, and a copy nowhere.
#include <troupe/base/scoped.hpp>

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

namespace troupe {
namespace scoped_test {

struct Base {
  int base = 1;
};
struct Derived : Base {};
struct Abstract {
  virtual ~Abstract() = default;
  virtual int get() const = 0;
};
struct Concrete : Abstract {
  int get() const override { return 7; }
};
struct Unknown;

template <class T>
concept lendable = requires(T&& x) { scoped(static_cast<T&&>(x)); };
static_assert(lendable<int&> && lendable<const int&> && lendable<Abstract&> &&
              lendable<int (&)[2]>);
static_assert(!lendable<int> && !lendable<const int> && !lendable<std::string>);

static_assert(!Storable<Scoped<int>> && !Keepable<Scoped<int>> && !storable<Scoped<int>>);
static_assert(!std::is_copy_constructible_v<Scoped<int>> &&
              !std::is_move_constructible_v<Scoped<int>>);
static_assert(sizeof(Scoped<std::string>) == sizeof(void*));

using Loan = Scoped<Derived>;
static_assert(std::is_convertible_v<Loan, Derived&> && std::is_convertible_v<Loan, const Derived&>);
static_assert(std::is_convertible_v<Loan, Base&> && std::is_convertible_v<Loan, const Base&>);
static_assert(!std::is_convertible_v<Loan, Derived>);
static_assert(!std::is_convertible_v<Loan, Derived*> && !std::is_convertible_v<Loan, int&>);
static_assert(std::is_convertible_v<Scoped<const int>, const int&> &&
              !std::is_convertible_v<Scoped<const int>, int&>);
static_assert(!std::is_convertible_v<Scoped<int>, int> &&
              !std::is_convertible_v<Scoped<int>, long>);
static_assert(!std::is_convertible_v<Scoped<std::string>, std::string>);
static_assert(std::is_convertible_v<Scoped<Abstract>, Abstract&>);
static_assert(std::is_convertible_v<Scoped<int[2]>, int (&)[2]>);

int twice(const int& n) { return n * 2; }
int number_of(const Abstract& a) { return a.get(); }
int adds(Base& b) { return ++b.base; }

TEST(Scoped, StandsForTheObject) {
  int n = 4;
  EXPECT_EQ(twice(scoped(n)), 8);
  EXPECT_EQ(&scoped(n).get(), &n);
  Derived d;
  EXPECT_EQ(adds(scoped(d)), 2);
  EXPECT_EQ(d.base, 2);
  const Concrete c;
  EXPECT_EQ(number_of(scoped(c)), 7);
}

static_assert(std::is_convertible_v<Scoped<Unknown>, Unknown&>);

}  // namespace scoped_test
}  // namespace troupe
