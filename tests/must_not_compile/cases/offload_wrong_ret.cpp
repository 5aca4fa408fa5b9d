// must_not_compile/offload_wrong_ret.cpp: a Ret of another type than the job's result.
// expect: the_Ret_must_take_what_the_job_returns
#include <string>
#include <troupe/core.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

#ifdef FIXED
using Taken = std::string;
#else
using Taken = int;
#endif
void use(Core& core, const Pool& pool, Ret<Taken> ret) {
  offload(core, pool, [] { return std::string("text"); }, std::move(ret));
}
