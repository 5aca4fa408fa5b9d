// core/extras.hpp: the rarely used parts of a core: names of actors, who watches, and the failure hook.
#pragma once
#include <memory>
#include <string>
#include <troupe/core/runtime.hpp>
#include <unordered_map>

namespace troupe {

namespace detail {
struct Watch;
}

struct Core::Extras {
  std::unordered_map<std::uint64_t, std::string> names;
  std::unordered_map<const CxBase*, detail::Watch*> watches;  // what an actor has said
  std::shared_ptr<Callback<void(Core&, const FailureReport&)>>
      failure_hook;  // shared with a call: it may replace itself
};

}  // namespace troupe
