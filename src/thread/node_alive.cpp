// thread/node_alive.cpp: who waits for whom, as far as one runtime knows of the others.
#include <algorithm>
#include <troupe/core/ledger.hpp>
#include <troupe/core/why_alive.hpp>
#include <troupe/thread/node.hpp>

namespace troupe::detail {
namespace {

// Adds to the entry that tells the same of others, if there is one.
template <class Entry, class Same>
void gather(std::vector<Entry>& all, const Entry& more, Same same) {
  const auto at = std::ranges::find_if(
      all, [&](const Entry& e) { return e.runtime == more.runtime && same(e); });
  if (at == all.end()) return all.push_back(more);
  at->live += more.live;
  at->since = std::min(at->since, more.since);
}

AliveFarRets about(unsigned runtime, [[maybe_unused]] const Pending& pending) {
  AliveFarRets ret;
  ret.runtime = runtime;
  ret.live = 1;
#if TROUPE_DEBUG
  if (pending.whom.type) ret.whom = pending.whom.type->name;
  ret.whom_id = pending.whom.id;
  ret.since = pending.whom.since;
  if (const Ledger::Row* row = Ledger::here().row_of(pending.site)) ret.site = row->name;
  if (pending.asker) ret.asker = pending.asker->id();
#endif
  return ret;
}

}  // namespace

void Node::describe(WhyAlive& why) const {
  for (unsigned i = 0; i != all_->size; ++i) {
    out_[i]->rets().each([&](const Pending& pending) {
      AliveFarRets ret = about(i, pending);
      gather(why.far_rets, ret, [&](const AliveFarRets& e) {
        return e.whom_id == ret.whom_id && e.asker == ret.asker && e.site == ret.site;
      });
    });
    out_[i]->each_owed([&](std::uint64_t live, const PendingNote* by) {
      AliveDebts debt;
      debt.runtime = i;
      debt.live = live;
      if (by) {
        if (by->type) debt.whom = by->type->name;
        debt.whom_id = by->id;
        debt.since = by->since;
      }
      gather(why.debts, debt, [&](const AliveDebts& e) { return e.whom_id == debt.whom_id; });
    });
  }
}

}  // namespace troupe::detail
