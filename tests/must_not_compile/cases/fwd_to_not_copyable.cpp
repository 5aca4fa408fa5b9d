// must_not_compile/fwd_to_not_copyable.cpp: a bound argument of a Fwd that cannot be copied.
// expect: a_Fwd_copies_its_bound_arguments_for_each_value_bind_what_can_be_copied
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
  return fwd_to<&Asker::news>(cx, 1);
#else
  return fwd_to<&Asker::kept>(cx, std::make_unique<int>(1));
#endif
}
