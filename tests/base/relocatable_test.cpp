// base/relocatable_test.cpp: what may be moved by its bytes.
#include <troupe/base/relocatable.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace own {
struct Handle {  // said to be relocatable
  Handle() = default;
  Handle(Handle&&) noexcept {}
};
struct Marked {
  using troupe_relocatable = void;
  Marked(Marked&&) noexcept {}
};
struct Unknown {
  Unknown(Unknown&&) noexcept {}
};
}  // namespace own

template <> inline constexpr bool troupe::relocatable<own::Handle> = true;

namespace troupe {
namespace relocatable_test {

TEST(Relocatable, TrivialMarkedAndSaid) {
  static_assert(relocatable<int> && relocatable<void (*)()> && relocatable<int[4]>);
  static_assert(relocatable<own::Handle> && relocatable<own::Marked>);
  static_assert(!relocatable<own::Unknown> && !relocatable<std::string> &&
                !relocatable<std::unique_ptr<int>>);
  SUCCEED();
}

}  // namespace relocatable_test
}  // namespace troupe
