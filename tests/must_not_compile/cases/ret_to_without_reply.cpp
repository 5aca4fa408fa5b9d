// must_not_compile/ret_to_without_reply.cpp: `ret_to` a method that does not end in a Reply.
// expect: the_method_must_end_in_one_Reply_behind_the_bound_arguments_or_say_ret_some_to
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
  return ret_to<&Asker::news>(cx, 1);
#endif
}
