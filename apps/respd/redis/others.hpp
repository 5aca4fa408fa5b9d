// apps/respd/redis/others.hpp: what a command may ask of the clients beside its own.
//
// Commands know one client and the data. Who else is connected, and how a message gets there, is
// the server's part: it implements this.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "redis/args.hpp"

namespace respd {

/// What clients subscribe to: a channel by its name, or all whose names match a pattern.
enum class Topic : bool { channel, pattern };

/// The other clients, as the commands of one client see them.
class Others {
 public:
  /// Subscribes the client to one topic. Once is enough: a second time changes nothing.
  virtual void subscribe(Topic kind, std::string_view name) = 0;
  /// Ends the client's subscription to a topic, if there is one.
  virtual void unsubscribe(Topic kind, std::string_view name) = 0;
  /// The topics of one kind that the client is subscribed to.
  [[nodiscard]] virtual std::vector<std::string> subscriptions(Topic kind) const = 0;
  /// Sends a message to all subscribers of the channel; returns to how many.
  virtual std::size_t publish(std::string_view channel, std::string_view payload) = 0;

  /// The channels that have subscribers. The views end with the next call.
  [[nodiscard]] virtual std::vector<std::string_view> channels() const = 0;
  /// How many are subscribed to a channel by its name.
  [[nodiscard]] virtual std::size_t subscribers(std::string_view channel) const = 0;
  /// How many patterns have subscribers.
  [[nodiscard]] virtual std::size_t patterns() const = 0;
  /// A line for each client, as `describe` gives it, oldest first.
  [[nodiscard]] virtual std::string list() const = 0;

 protected:
  ~Others() = default;
};

}  // namespace respd
