// apps/respd/redis/engine.hpp: the data with the commands on it: what the server runs requests by.
#pragma once
#include <troupe/base/time.hpp>

#include <string>

#include "redis/command.hpp"
#include "redis/command_table.hpp"
#include "redis/store.hpp"

namespace respd {

/// Runs commands. One owner, one thread; time is an argument.
class Engine {
 public:
  explicit Engine(StoreOptions options = {});

  /// Runs one request of `client` at `now` and appends the answer to `out`, or says in the outcome
  /// what is left to do. `args` is not empty. Cost: the command's; GET and SET take some tens of
  /// nanoseconds.
  Outcome execute(Client& client, Others& others, Args args, troupe::Instant now, std::string& out);

  /// The command that a request of `client` runs now; null where it is answered with an error
  /// instead. `args` is not empty.
  [[nodiscard]] const Command* command_of(const Client& client, Args args) const noexcept;

  /// The data.
  [[nodiscard]] Store& store() noexcept { return store_; }
  /// All commands.
  [[nodiscard]] const CommandTable& commands() const noexcept { return commands_; }

 private:
  Store store_;
  const CommandTable& commands_;
};

}  // namespace respd
