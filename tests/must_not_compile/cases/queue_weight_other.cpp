// must_not_compile/queue_weight_other.cpp: only an item itself has a weight, not what it is made
// of.
// expect: try_push_takes_an_item_itself_where_items_have_a_weight_make_one_first
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
bool use(Queue<std::string, BySize>& queue) { return queue.try_push(std::string("text")); }
#else
bool use(Queue<std::string, BySize>& queue) { return queue.try_push("text"); }
#endif
