// support/with_token.hpp: a task that says when it is asked to stop.
#pragma once
#include <chrono>
#include <troupe/core.hpp>
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe_test {

inline troupe::Task<int> with_token() {
  const SaysBye local("~local");
  const troupe::StopToken token = co_await troupe::stop_token();
  const troupe::StopCallback tells(token, [] { say("stop"); });
  co_await troupe::sleep(std::chrono::seconds(1));
  co_return token.stop_requested() ? 1 : 0;
}

}  // namespace troupe_test
