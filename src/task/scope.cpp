// task/scope.cpp: the compiled parts of scopes.
#include <troupe/task/scope.hpp>

namespace troupe {
namespace {

struct ScopeSlots {  // children bring cells of their own
  std::source_location where;
};
using ScopeGroup = detail::SlotGroup<ScopeSlots>;

detail::Group* make_group(Core& core, detail::Box* owner, const std::source_location& here) {
  ScopeGroup* group = ScopeGroup::make(core, owner, detail::Group::Rule::scope);
  group->slots.where = here;
  return group;
}

}  // namespace

// Defined here, since only the slots of a scope know a place.
const std::source_location* detail::made_at(const Slot& slot) noexcept {
  const Group* group = slot.group;
  if (!group || group->rule != Group::Rule::scope) return nullptr;
  return std::addressof(static_cast<const ScopeGroup*>(group)->slots.where);
}

Scope::Scope(Core& core, detail::Box* owner, std::size_t max_children,
             const std::source_location& here)
    : group_(make_group(core, owner, here)), max_children_(max_children) {
  if (owner) owner->ref();
}

Scope::~Scope() {
  detail::Box* owner = group_->box;
  if (group_->refs > 1) group_->lose_joins();  // joins hold the group, and in debug builds loans do
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

TaskRef Scope::Room::start(detail::Strand& child) {
  TaskRef task(child.root().head());
  if (group.told) group.wait_on();
  group.start(*std::exchange(slot, nullptr), child);
  return task;
}

}  // namespace troupe
