// must_not_compile/remote_call_fwd_inside.cpp: a Fwd within a struct stays.
// expect: an_argument_belongs_to_one_runtime_pass_remote_of_an_actor_and_a_Ret_or_Fwd_by_itself
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

struct Wish {
  std::string topic;
#ifndef FIXED
  Fwd<int> to;
#endif
};
class News {
 public:
#ifdef FIXED
  void subscribe(Wish, Fwd<int>) {}
#else
  void subscribe(Wish) {}
#endif
};
void use(const Remote<News>& far, const Fwd<int>& fwd) {
#ifdef FIXED
  call<&News::subscribe>(far, Wish{"weather"}, fwd);
#else
  call<&News::subscribe>(far, Wish{"weather", fwd});
#endif
}
