// must_not_compile/stream_pipe_weight_type.cpp: a weight that is no class.
// expect: a_weight_is_a_class_without_data_that_is_made_anew_for_each_item
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
void use(Core& core) { auto [stream, fwd] = stream_pipe<std::string, BySize>(core); }
#else
void use(Core& core) { auto [stream, fwd] = stream_pipe<std::string, std::size_t>(core); }
#endif
