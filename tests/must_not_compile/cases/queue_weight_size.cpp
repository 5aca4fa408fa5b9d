// must_not_compile/queue_weight_size.cpp: values by their size that have none.
// expect: a_weight_is_called_with_a_const_item_and_gives_a_std_size_t
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

struct Job {
  std::string name;
};
#ifdef FIXED
void use() { Queue<Job> queue(4096); }
#else
void use() { Queue<Job, BySize> queue(4096); }
#endif
