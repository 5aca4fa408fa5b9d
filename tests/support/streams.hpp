// support/streams.hpp: streams to read, and tasks that read them and say what they got.
#pragma once
#include <troupe/task.hpp>

#include "support/recorder.hpp"

namespace troupe_test {

/// 0 to n - 1; says `~gen` at its end.
inline troupe::Generator<int> count_to(int n) {
  const SaysBye local("~gen");
  for (int i = 0; i < n; ++i) co_yield i;
}

/// Says each item, then `end`, asked once more; gives their number. Says `~local` when it goes.
template <troupe::Stream S> troupe::Task<int> read_all(S items) {
  const SaysBye local("~local");
  int n = 0;
  for (;;) {
    const auto item = co_await items.next();
    if (!item) break;
    say("", *item);
    ++n;
  }
  const auto again = co_await items.next();
  say(again ? "more?" : "end");
  co_return n;
}

/// The same in mode 2: a failure counts as an item, and is said as its reason.
template <troupe::Stream S> troupe::Task<int> read_replies(S items) {
  int n = 0;
  for (;;) {
    const auto item = co_await troupe::reply_of(items.next());
    if (!item) break;
    if (*item)
      say("", **item);
    else
      say(to_string(item->error().why()));
    ++n;
  }
  const auto again = co_await items.next().reply();
  say(again ? "more?" : "end");
  co_return n;
}

}  // namespace troupe_test
