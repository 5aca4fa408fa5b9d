// thread/ensemble_alive.cpp: the graph of who waits for whom, and its circles.
#include <troupe/thread/ensemble_alive.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace troupe {
namespace {

using Place = std::tuple<unsigned, bool, std::uint64_t>;  // runtime, task, id

class Waits {
 public:
  void add(const WhyAlive& why) {
    const unsigned here = why.runtime.value_or(0);
    for (const ActorInfo& a : why.actors) names_[{here, false, a.id}] = a.type;
    for (const AliveTask& t : why.tasks) {
      const Place task{here, true, t.id};
      if (!t.backtrace.empty()) names_[task] = t.backtrace.back().function();
      if (t.actor != 0) next_[{here, false, t.actor}].push_back(task);
      if (t.whom_id != 0) next_[task].push_back({t.whom_runtime.value_or(here), false, t.whom_id});
      for (const std::uint64_t child : t.children) next_[task].push_back({here, true, child});
    }
    for (const AliveFarRets& r : why.far_rets)
      if (r.asker != 0 && r.whom_id != 0)
        next_[{here, false, r.asker}].push_back({r.runtime, false, r.whom_id});
  }

  // One circle through each group of those that all wait for one another, as a search finds it.
  std::vector<std::vector<AliveWaiter>> circles() {
    std::vector<std::vector<AliveWaiter>> all;
    for (const auto& [place, next] : next_) search(place, all);
    return all;
  }

 private:
  enum class Seen { never, on_path, done };
  struct Step {
    Place place;
    std::size_t next = 0;
  };
  // Depth first, without recursion: chains may be long.
  void search(const Place& from, std::vector<std::vector<AliveWaiter>>& all) {
    if (seen_[from] != Seen::never) return;
    std::vector<Step> path{{from}};
    seen_[from] = Seen::on_path;
    while (!path.empty()) {
      Step& last = path.back();
      const std::vector<Place>& next = next_[last.place];
      if (last.next == next.size()) {
        seen_[last.place] = Seen::done;
        path.pop_back();
        continue;
      }
      const Place to = next[last.next++];
      Seen& seen = seen_[to];
      if (seen == Seen::on_path) {
        const auto first = std::ranges::find(path, to, &Step::place);
        auto& circle = all.emplace_back();
        for (auto at = first; at != path.end(); ++at) circle.push_back(waiter(at->place));
      } else if (seen == Seen::never) {
        seen = Seen::on_path;
        path.push_back({to});
      }
    }
  }
  AliveWaiter waiter(const Place& p) {
    const auto& [runtime, is_task, id] = p;
    return {runtime, is_task, id, names_[p]};
  }
  std::map<Place, std::vector<Place>> next_;
  std::map<Place, std::string_view> names_;
  std::map<Place, Seen> seen_;
};

void tell(std::string& text, const AliveWaiter& w) {
  text.append(w.is_task ? "task " : "actor ").append(std::to_string(w.id)).append(" ");
  text.append(w.name).append(w.name.empty() ? "of runtime " : " of runtime ");
  text.append(std::to_string(w.runtime));
}

}  // namespace

bool EnsembleAlive::nothing() const noexcept {
  return elsewhere.empty() &&
         std::ranges::all_of(runtimes, [](const WhyAlive& why) { return why.nothing(); });
}

std::string EnsembleAlive::text() const {
  std::string text;
  for (const WhyAlive& why : runtimes) text.append(why.text());
  for (const unsigned number : elsewhere)
    text.append("runtime ")
        .append(std::to_string(number))
        .append(" is on another thread: what keeps it alive is not seen here\n");
  for (const auto& circle : circles) {
    text.append("A CIRCLE: ");
    for (const AliveWaiter& waiter : circle) {
      tell(text, waiter);
      text.append(" waits for ");
    }
    tell(text, circle.front());
    text += '\n';
  }
  return text;
}

EnsembleAlive why_alive(const Ensemble& all) {
  const detail::Lanes& lanes = *all.lanes_;
  EnsembleAlive alive;
  std::vector<bool> is_here(lanes.size);
  detail::Node::each_here([&](detail::Node& node) {
    if (!node.is_of(lanes)) return;
    alive.runtimes.push_back(node.runtime().why_alive());
    is_here[node.number()] = true;
  });
  for (unsigned n = 0; n != lanes.size; ++n) {
    const detail::Seat& seat = lanes.seat(n);
    if (!is_here[n] && seat.is_taken() && !seat.has_ended()) alive.elsewhere.push_back(n);
  }
  std::ranges::sort(alive.runtimes, {}, &WhyAlive::runtime);
  Waits waits;
  for (const WhyAlive& why : alive.runtimes) waits.add(why);
  alive.circles = waits.circles();
  return alive;
}

}  // namespace troupe
