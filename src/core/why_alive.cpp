// core/why_alive.cpp: what keeps a runtime running, as text for people.
#include <troupe/core/why_alive.hpp>

#include <cstdio>

namespace troupe {
namespace {

std::string seconds(Duration d) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3f s", std::chrono::duration<double>(d).count());
  return text;
}

std::string counted(std::size_t n, std::string_view what) {
  std::string text = std::to_string(n);
  text.append(" ").append(what);
  if (n != 1) text += 's';
  return text;
}

std::string_view word(ActorState state) {
  switch (state) {
    case ActorState::prep:
    case ActorState::leaving_prep:
      return "in prep";
    case ActorState::ready:
      return "ready";
    case ActorState::parked:
      return "ended, its state waits for a task that foreign code still holds";
    default:
      return "ending";
  }
}

void tell(std::string& text, const ActorInfo& a) {
  text.append("actor ").append(std::to_string(a.id)).append(" ").append(a.type);
  if (!a.name.empty()) text.append(" \"").append(a.name).append("\"");
  text.append(": ").append(word(a.state)).append(", ").append(counted(a.owners, "owner"));
  if (a.maker != 0) text.append(", made by actor ").append(std::to_string(a.maker));
  text += '\n';
}

void tell(std::string& text, const AliveTask& t, Instant now) {
  text.append("task ").append(std::to_string(t.id));
  if (!t.backtrace.empty()) text.append(" ").append(t.backtrace.back().function());
  if (t.actor) text.append(" of actor ").append(std::to_string(t.actor));
  if (t.parent) text.append(", child of task ").append(std::to_string(t.parent));
  text.append(": ");
  if (t.parked) text.append("dropped, but still held by ");
  if (t.awaits.empty())
    text.append("queued to run");
  else
    text.append(t.parked ? "" : "awaits ")
        .append(t.awaits)
        .append(t.whom_id == 0 ? "" : " actor " + std::to_string(t.whom_id))
        .append(t.whom.empty() ? "" : " ")
        .append(t.whom)
        .append(t.whom_runtime ? " of runtime " + std::to_string(*t.whom_runtime) : "")
        .append(t.limited ? ", within a limit of time, for " : " for ")
        .append(seconds(detail::until(t.since, now)));
  if (t.stuck) text.append(", STUCK: nothing is left that could wake it");
  text += '\n';
  for (const CodePlace& at : t.backtrace) {
    text.append("  at ").append(at.function()).append(" (").append(at.file()).append(":");
    text.append(std::to_string(at.line())).append(")\n");
  }
}

void tell(std::string& text, const AliveFarRets& r, Instant now) {
  text.append(counted(r.live, "Ret"));
  if (!r.site.empty()) text.append(" of ").append(r.site);
  if (r.asker != 0) text.append(" of actor ").append(std::to_string(r.asker));
  text.append(r.live == 1 ? " waits for " : " wait for ");
  if (r.whom_id != 0)
    text.append("actor ")
        .append(std::to_string(r.whom_id))
        .append(" ")
        .append(r.whom)
        .append(" of ");
  text.append("runtime ").append(std::to_string(r.runtime));
  if (r.whom_id != 0) text.append(", for ").append(seconds(detail::until(r.since, now)));
  text += '\n';
}

void tell(std::string& text, const AliveDebts& d, Instant now) {
  text.append("runtime ").append(std::to_string(d.runtime)).append(" waits for ");
  text.append(counted(d.live, "answer"));
  if (d.whom_id != 0)
    text.append(" of actor ")
        .append(std::to_string(d.whom_id))
        .append(" ")
        .append(d.whom)
        .append(", for ")
        .append(seconds(detail::until(d.since, now)));
  text += '\n';
}

}  // namespace

bool WhyAlive::nothing() const noexcept {
  return actors.empty() && tasks.empty() && timers == 0 && !queued && !idle && !woken && jobs == 0;
}

std::string WhyAlive::text() const {
  std::string text = runtime ? "runtime " + std::to_string(*runtime) + ": " : "";
  text.append(nothing() ? "nothing keeps it alive" : "kept alive by ");
  if (!nothing()) {
    text.append(counted(actors.size(), "actor"))
        .append(", ")
        .append(counted(tasks.size(), "task"))
        .append(", ");
    text.append(counted(timers, "timer"));
    if (next_timer)
      text.append(" (the next in ").append(seconds(detail::until(now, *next_timer))).append(")");
    if (queued) text.append(", queued calls");
    if (idle) text.append(", idle items");
    if (woken) text.append(", a wake-up from another thread");
    if (jobs != 0) text.append(", ").append(counted(jobs, "job")).append(" of other threads");
  }
  text += '\n';
  for (const ActorInfo& a : actors) tell(text, a);
  for (const AliveTask& t : tasks) tell(text, t, now);
  if (live_rets != 0) text.append(counted(live_rets, "Ret")).append(" to actors not answered\n");
  for (const AliveRets& r : rets) {
    text.append(counted(r.live, "Ret")).append(" of ").append(r.site).append(", made in the last ");
    text.append(seconds(detail::until(r.since, now))).append("\n");
  }
  for (const AliveFarRets& r : far_rets) tell(text, r, now);
  for (const AliveDebts& d : debts) tell(text, d, now);
  return text;
}

}  // namespace troupe
