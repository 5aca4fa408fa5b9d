// apps/respd/redis/commands/pubsub.cpp: publish and subscribe.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redis/commands/groups.hpp"
#include "redis/glob.hpp"
#include "redis/subcommands.hpp"

namespace respd {

namespace {

void subscribe(Call& call, Topic kind, Subscription what) {
  for (const std::string_view name : call.args.subspan(1)) {
    call.others.subscribe(kind, name);
    write_subscription(call.reply, what, name, call.client.subscriptions());
  }
}

// From all topics of the kind, when none is named.
void unsubscribe(Call& call, Topic kind, Subscription what) {
  const Args given = call.args.subspan(1);
  std::vector<std::string> names(given.begin(), given.end());
  if (names.empty()) names = call.others.subscriptions(kind);
  if (names.empty()) write_unsubscribed_from_none(call.reply, what, call.client.subscriptions());
  for (const std::string& name : names) {
    call.others.unsubscribe(kind, name);
    write_subscription(call.reply, what, name, call.client.subscriptions());
  }
}

void cmd_subscribe(Call& call) { subscribe(call, Topic::channel, Subscription::subscribe); }
void cmd_psubscribe(Call& call) { subscribe(call, Topic::pattern, Subscription::psubscribe); }
void cmd_unsubscribe(Call& call) { unsubscribe(call, Topic::channel, Subscription::unsubscribe); }
void cmd_punsubscribe(Call& call) { unsubscribe(call, Topic::pattern, Subscription::punsubscribe); }

void cmd_publish(Call& call) {
  const std::size_t receivers = call.others.publish(call.args[1], call.args[2]);
  call.reply.integer(static_cast<std::int64_t>(receivers));
}

void cmd_pubsub_channels(Call& call) {
  if (call.args.size() > 3) {
    return call.reply.error(std::string("ERR unknown subcommand or wrong number of arguments for '")
                                .append(call.args[1])
                                .append("'. Try PUBSUB HELP."));
  }
  std::vector<std::string_view> names = call.others.channels();
  if (call.args.size() == 3)
    std::erase_if(names, [&](std::string_view name) { return !glob_match(call.args[2], name); });
  call.reply.array(names.size());
  for (const std::string_view name : names) call.reply.bulk(name);
}

void cmd_pubsub_numsub(Call& call) {
  const Args names = call.args.subspan(2);
  call.reply.array(names.size() * 2);
  for (const std::string_view name : names) {
    call.reply.bulk(name);
    call.reply.integer(static_cast<std::int64_t>(call.others.subscribers(name)));
  }
}

void cmd_pubsub_numpat(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.others.patterns()));
}

void cmd_pubsub_help(Call& call) {
  reply_help(call, "PUBSUB",
             {"CHANNELS [<pattern>]",
              "    Return the currently active channels matching a <pattern> (default: '*').",
              "NUMPAT", "    Return number of subscriptions to patterns.", "NUMSUB [<channel> ...]",
              "    Return the number of subscribers for the specified channels."});
}

using namespace flag;

constexpr std::uint16_t subscribing = pubsub | noscript | loading | stale | when_subscribed;

constexpr Command pubsub_commands[] = {
    {"pubsub|channels", cmd_pubsub_channels, -2, pubsub | telling, 0, 0, 0, {}, Spread::topics},
    {"pubsub|help", cmd_pubsub_help, 2, telling},
    {"pubsub|numpat", cmd_pubsub_numpat, 2, pubsub | telling, 0, 0, 0, {}, Spread::patterns},
    {"pubsub|numsub", cmd_pubsub_numsub, -2, pubsub | telling, 0, 0, 0, {}, Spread::counts},
};

constexpr Command rows[] = {
    {"psubscribe", cmd_psubscribe, -2, subscribing, 0, 0, 0, {}, Spread::alone},
    {"publish", cmd_publish, 3, pubsub | loading | stale | fast, 0, 0, 0, {}, Spread::messages},
    {"pubsub", needs_subcommand, -2, 0, 0, 0, 0, pubsub_commands},
    {"punsubscribe", cmd_punsubscribe, -1, subscribing, 0, 0, 0, {}, Spread::alone},
    {"subscribe", cmd_subscribe, -2, subscribing, 0, 0, 0, {}, Spread::alone},
    {"unsubscribe", cmd_unsubscribe, -1, subscribing, 0, 0, 0, {}, Spread::alone},
};

}  // namespace

std::span<const Command> pubsub_commands() noexcept { return rows; }

}  // namespace respd
