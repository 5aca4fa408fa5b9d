// tests/base/aggregate_test.cpp: the fields of an aggregate are found, or the aggregate is given
// up.
#include <gtest/gtest.h>

#include <any>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <troupe/base/aggregate.hpp>
#include <type_traits>
#include <vector>

using troupe::detail::fields_of;
using troupe::detail::FieldTypes;
using troupe::detail::Opaque;

namespace aggregate_test {

template <class T, class... F>
inline constexpr bool has_fields = std::is_same_v<fields_of<T>, FieldTypes<F...>>;
template <class... T>
inline constexpr bool given_up = (std::is_same_v<fields_of<T>, Opaque> && ...);

struct NoDefault {
  explicit NoDefault(int n) : x{n} {}
  int x;
};
struct Inner {
  int a, b;
};
struct Empty {};
struct TakesAll {
  TakesAll() = default;
  template <class T> TakesAll(T&&) {}  // NOLINT: greedy on purpose
};
int global = 0;

// ---- taken apart
struct One {
  int a;
};
struct Three {
  int a;
  std::string b;
  std::vector<int> c;
};
struct Nests {
  Inner a;
  Inner b;
  Empty c;
  Empty d;
  int e;
};
struct NeedsAll {
  NoDefault a;
  int b;
  NoDefault c;
};
struct NeedsMiddle {
  int a;
  NoDefault b;
  int c;
};
struct Defaults {
  int a = 1;
  std::string b = "b";
  const bool c = true;
};
struct Bits {
  unsigned a : 3;
  unsigned : 2;
  unsigned b : 3;
};
struct Greedy {
  std::any a;
  TakesAll b;
  std::optional<std::any> c;
  int d;
};
struct Immovable {
  int a;
  std::mutex b;
  std::unique_ptr<int> c;
};
struct OneOfArray {
  int a[1];
  int b;
};
struct Pointers {
  const int* a;
  void (*b)();
  int Inner::* c;
};
struct Rvalue {
  int a;
  const int& b;
};
template <class T> struct Generic {
  T a;
  T b;
};
static_assert(has_fields<One, int> && has_fields<Three, int, std::string, std::vector<int>>);
static_assert(has_fields<Nests, Inner, Inner, Empty, Empty, int>);
static_assert(has_fields<NeedsAll, NoDefault, int, NoDefault> &&
              has_fields<NeedsMiddle, int, NoDefault, int>);
static_assert(has_fields<Defaults, int, std::string, const bool> &&
              has_fields<Bits, unsigned, unsigned>);
static_assert(has_fields<Greedy, std::any, TakesAll, std::optional<std::any>, int>);
static_assert(has_fields<Immovable, int, std::mutex, std::unique_ptr<int>>);
static_assert(has_fields<OneOfArray, int[1], int>);
static_assert(has_fields<Pointers, const int*, void (*)(), int Inner::*>);
static_assert(has_fields<Rvalue, int, const int&>);
static_assert(has_fields<Generic<Inner>, Inner, Inner>);

struct Sixteen {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o;
  char p;
};
static_assert(has_fields<Sixteen, int, int, int, int, int, int, int, int, int, int, int, int, int,
                         int, int, char>);

// ---- given up
struct Seventeen {
  int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};
struct ManyMore {
  int a[40];
};
struct Array {
  int a;
  int b[2];
};
struct ArrayFirst {
  int a[3];
  int b;
};
struct ArrayInTheMiddle {
  int a;
  Inner b[2];
  std::string c;
};
struct ArrayWithDefault {
  int a = 1;
  char b[8] = "abc";
  int c = 2;
};
struct Reference {
  int& a;
};
struct LateReference {
  int a;
  int& b;
  int c;
};
struct DefaultReference {
  int a = 0;
  int& b = global;
  int c = 0;
};
union Number {
  int i;
  float f;
};
struct NamedUnion {
  int a;
  Number b;
};
struct AnonymousUnion {
  int kind;
  union {
    int i;
    float f;
  };
  int last;
};
struct DerivedFromOne : One {
  int b;
};
struct DerivedFromMany : Three {
  int d;
};
struct DerivedFromEmpty : Empty {
  int a;
};
struct DerivedFromTwo : One, Empty {
  int a;
};
struct DerivedWithout : Three {};
static_assert(given_up<Seventeen, ManyMore, Array, ArrayFirst, ArrayInTheMiddle, ArrayWithDefault>);
static_assert(given_up<Reference, LateReference, DefaultReference>);
static_assert(given_up<NamedUnion, AnonymousUnion>);
static_assert(
    given_up<DerivedFromOne, DerivedFromMany, DerivedFromEmpty, DerivedFromTwo, DerivedWithout>);

TEST(Aggregate, LocalClassesAreTakenApartToo) {
  struct Local {
    int a;
    Three b;
  };
  EXPECT_TRUE((has_fields<Local, int, Three>));
}

}  // namespace aggregate_test
