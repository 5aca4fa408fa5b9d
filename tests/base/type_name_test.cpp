// base/type_name_test.cpp: names as the compiler spells them, without its explanations.
#include <troupe/base/type_name.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace outer {
struct Light {};
template <class... T> struct Many {};
}  // namespace outer

namespace troupe {
namespace type_name_test {

struct Hidden {};

TEST(TypeName, IsTheTypeAndNothingElse) {
  static_assert(type_name<int> == "int");
  static_assert(type_name<outer::Light> == "outer::Light");
  static_assert(type_name<outer::Many<int, char>> == "outer::Many<int, char>");
  static_assert(type_name<const outer::Light*> == "const outer::Light*" ||
                type_name<const outer::Light*> == "const outer::Light *");
  EXPECT_NE(type_name<Hidden>.find("Hidden"), std::string_view::npos);
  EXPECT_EQ(type_name<outer::Many<outer::Light[3]>>.front(), 'o');
}

TEST(TypeName, ExplanationsOfAliasesAreCutOff) {
  for (const std::string_view name :
       {type_name<std::string>, type_name<std::string_view>, type_name<std::vector<std::string>>,
        type_name<outer::Many<std::string_view>>}) {
    EXPECT_EQ(name.find(';'), std::string_view::npos) << name;
    EXPECT_NE(name.back(), ']') << name;
    EXPECT_NE(name.find("std::"), std::string_view::npos) << name;
  }
}

}  // namespace type_name_test
}  // namespace troupe
