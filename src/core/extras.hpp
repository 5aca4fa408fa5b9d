// core/extras.hpp: the rarely used parts of a kernel: names of actors, who watches, and the failure
// hook. (internal)
#pragma once
#include <memory>
#include <string>
#include <troupe/base/callback.hpp>
#include <troupe/core/stop_cause.hpp>
#include <unordered_map>

namespace troupe {

class Core;

namespace detail {
struct Watch;

struct Extras {
  std::unordered_map<std::uint64_t, std::string> names;
  std::unordered_map<const Box*, Watch*> watches;  // what an actor has said
  // Shared with a call: it may replace itself.
  std::shared_ptr<Callback<void(Core&, const FailureReport&)>> failure_hook;
};
}  // namespace detail

}  // namespace troupe
