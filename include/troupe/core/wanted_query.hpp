// core/wanted_query.hpp: a question to the receiver of an answer. (internal)
#pragma once
#include <troupe/core/actor_fail.hpp>

namespace troupe::detail {

// Sent by `is_wanted()` and `tells_failure()`: asks whether the answer is still wanted, and whether
// a failure would be told to anybody; it is no answer. A receiver that cannot tell ignores it.
struct WantedQuery : ActorFail {
  WantedQuery() noexcept : ActorFail(query) {}
  static constexpr Why query = static_cast<Why>(255);  // no reason that anybody is told
  mutable bool wanted = true;
  mutable bool tells_failure = true;
};
inline bool is_query(const ActorFail* why) noexcept {
  return why && why->why() == WantedQuery::query;
}

}  // namespace troupe::detail
