// core/method_test.cpp: what a method says of itself: parameters as values, qualifiers, contexts.
#include <troupe/core/method.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <troupe/core.hpp>

namespace troupe {
namespace method_test {

struct A {
  void plain(int, const std::string&, std::string&&) {}
  int with_cx(Cx<A>&, long) const noexcept { return 0; }
  void moved() && {}
  static void prep(Prep<A>&, int) {}
  void borrows(std::string_view) {}
  void refers(int&) {}
};
struct B {};
template <auto M> using Of = detail::Method<decltype(M)>;

TEST(MethodTest, ParametersAreStoredAsValues) {
  static_assert(
      std::is_same_v<Of<&A::plain>::params, detail::Types<int, std::string, std::string>>);
  static_assert(std::is_same_v<Of<&A::with_cx>::params, detail::Types<long>>,
                "the context is no parameter");
  static_assert(!detail::every_parameter_owns_its_value<Of<&A::borrows>::params>);
  static_assert(!detail::every_parameter_owns_its_value<Of<&A::refers>::params>);
}

TEST(MethodTest, WhatIsAHandler) {
  static_assert(detail::handler<&A::plain> && detail::handler<&A::with_cx> &&
                detail::handler<&A::prep>);
  static_assert(!detail::handler<&A::moved>);
  static_assert(Of<&A::with_cx>::nothrow && Of<&A::with_cx>::with_cx && !Of<&A::plain>::with_cx);
  static_assert(Of<&A::prep>::prep && !Of<&A::plain>::prep);
  static_assert(detail::has_that_method<Actor<A>, &A::plain> &&
                !detail::has_that_method<Actor<B>, &A::plain>);
}

}  // namespace method_test
}  // namespace troupe
