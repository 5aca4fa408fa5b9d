// task/scope.cpp: the compiled parts of scopes.
#include <troupe/task/scope.hpp>

namespace troupe {
namespace {

struct NoSlots {};  // children bring cells of their own

}  // namespace

Scope::Scope(Core& core, detail::Box* owner, std::size_t max_children)
    : group_(detail::SlotGroup<NoSlots>::make(core, owner, detail::Group::Rule::scope)), max_children_(max_children) {
  if (owner) owner->ref();
}

Scope::~Scope() {
  detail::Box* owner = group_->box;
  if (group_->refs > group_->left + 1) group_->lose_joins();  // joins hold the group, and in debug builds loans do
#if TROUPE_DEBUG
  detail::Group& group = *group_;
  ++group.refs;
  group.leave();
  group.scope_gone = true;
  group.release();
#else
  group_->leave();
#endif
  if (owner) owner->unref();
}

void Scope::cancel() noexcept { group_->close(); }

Scope::Room::Room(Scope& scope) : group(*scope.group_) {
  if (group.left >= scope.max_children_) {
    group.fail(ActorFail(Why::overloaded));  // which may be the end of the scope
    return;
  }
  if (!scope.is_open()) return;
  slot = &detail::kernel_of(*group.core).pool.make<detail::Slot>();
  slot->pooled = true;
}

Scope::Room::~Room() {
  if (slot) detail::Pool::destroy(*slot);  // no child has it
}

TaskRef Scope::Room::start(Task<>&& child) {
  TaskRef task(child.promise()->head());
  detail::Slot& its = *std::exchange(slot, nullptr);
  group.start(its, detail::begin_wrapper(its, std::move(child)));
  return task;
}

}  // namespace troupe
