// must_not_compile/ret_to_wrong_bound.cpp: a bound argument of the wrong type.
// expect: an_argument_does_not_convert_to_its_parameter_or_lacks_std_move
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
  return ret_to<&Asker::got>(cx, "hall");
#else
  return ret_to<&Asker::got>(cx, 7);
#endif
}
