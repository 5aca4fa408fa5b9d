// must_not_compile/ret_some_to_borrows.cpp: a bound argument that borrows.
// expect: a_parameter_borrows_take_a_value_that_owns_or_pass_unsafe_borrow
#include <memory>
#include <string>
#include <string_view>
#include <troupe/core.hpp>

using namespace troupe;

class Asker {
 public:
  void got(Cx<Asker>&, std::string, Reply<bool>) {}
  void news(Cx<Asker>&, int, bool) {}
  void kept(Cx<Asker>&, std::unique_ptr<int>, bool) {}
  void seen(Cx<Asker>&, std::string_view, bool) {}
};

auto use(Cx<Asker>& cx) {
#ifdef FIXED
  return ret_some_to<&Asker::news>(cx, 1);
#else
  return ret_some_to<&Asker::seen>(cx, "hall");
#endif
}
