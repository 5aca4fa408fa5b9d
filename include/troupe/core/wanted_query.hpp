// core/wanted_query.hpp: a question to the receiver of an answer. (internal)
#pragma once
#include <troupe/core/actor_fail.hpp>

namespace troupe {
class Core;
}
namespace troupe::detail {

// Sent by `is_wanted()` and `tells_failure()`: asks whether the answer is still wanted, and whether
// a failure would be told to anybody; it is no answer. Sent by Ret::runs_in_place(): asks whether
// an answer runs a function at once, instead of queuing what it brings. Sent by the books in debug
// builds: asks whose the Ret is, alone. A receiver that cannot tell ignores it.
struct WantedQuery : ActorFail {
  explicit WantedQuery(bool asks = false) noexcept : ActorFail(query), asks_whose(asks) {}
  static constexpr Why query = static_cast<Why>(255);  // no reason that anybody is told
  mutable bool wanted = true;
  mutable bool tells_failure = true;
  mutable bool runs_in_place = false;
  const bool asks_whose;
  mutable Core* whose = nullptr;
};
inline bool is_query(const ActorFail* why) noexcept {
  return why && why->why() == WantedQuery::query;
}

}  // namespace troupe::detail
