// must_not_compile/merge_move_throws.cpp: the items of merge wait for its reader.
// expect: _or_give_a_unique_ptr
#include <deque>
#include <memory>
#include <troupe/task.hpp>

using namespace troupe;

#ifdef FIXED
using Item = std::unique_ptr<std::deque<int>>;
#else
using Item = std::deque<int>;
#endif
Generator<Item> items() { co_yield Item(); }
void use() { auto merged = merge(items(), items()); }
