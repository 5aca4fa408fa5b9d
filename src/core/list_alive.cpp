// core/list_alive.cpp: walks the lists of a runtime.
#include "list_alive.hpp"

#include <algorithm>
#include <troupe/core/box.hpp>
#include <troupe/core/feed.hpp>
#include <troupe/core/ledger.hpp>

namespace troupe::detail {
namespace {

void add_tasks(const OwnedTask* list, bool parked, std::optional<unsigned> number,
               std::vector<AliveTask>& all) {
  for (const OwnedTask* t = list; t; t = t->next) {
    AliveTask about;
    about.runtime = number;
    if (t->box) about.actor = t->box->id();
    about.parked = parked;
    t->hooks().describe(*t, about);
    all.push_back(std::move(about));
  }
}

void link(std::vector<AliveTask>& all) {  // by id: most parents come first
  for (const AliveTask& parent : all) {
    for (const std::uint64_t id : parent.children) {
      const auto child = std::ranges::lower_bound(all, id, {}, &AliveTask::id);
      if (child == all.end() || child->id != id) continue;
      child->parent = parent.id;
      if (child->backtrace.empty() && !parent.backtrace.empty())
        child->backtrace.push_back(parent.backtrace.front());
    }
  }
}

}  // namespace

std::vector<ActorInfo> list_actors(const Kernel& k, bool parked) {
  std::vector<ActorInfo> all;
  k.pool.each_box([&](void* cell) {
    const Box& b = *static_cast<Box*>(cell);
    if (!b.has_ended() || (parked && b.state == ActorState::parked))
      all.push_back({b.id(), b.type->name, b.name(), b.state, b.owners, b.maker(), k.number()});
  });
  std::ranges::sort(all, {}, &ActorInfo::id);
  return all;
}

WhyAlive list_alive(const Kernel& k) {
  WhyAlive why;
  why.now = k.now;
  why.runtime = k.number();
  why.actors = list_actors(k, true);
  add_tasks(k.tasks.owned, false, why.runtime, why.tasks);
  add_tasks(k.tasks.parked, true, why.runtime, why.tasks);
  each_actor(k, [&](const Box& b) { add_tasks(b.tasks, false, why.runtime, why.tasks); });
  std::ranges::sort(why.tasks, {}, &AliveTask::id);
  link(why.tasks);
  Ledger::here().each_open([&](const Ledger::Row& row, const Ledger::Open& open) {
    if (row.far) return;
    if (open.runtime == &k || (!open.runtime && row.any_runtime))
      why.rets.push_back({row.name, open.live, open.since});
  });
  if (k.feed) k.feed->describe(why);
  why.timers = k.timers.size();
  why.next_timer = k.timers.next_expiry();
  why.queued = !k.main.empty() || !k.lazy.empty() || (k.feed && k.feed->has_more());
  why.idle = !k.idle.empty();
  why.woken = k.inbox->pending() || (k.feed && !k.feed->has_more() && k.feed->has_news());
  why.jobs = k.jobs_out;
  return why;
}

}  // namespace troupe::detail
