// apps/respd/redis/commands/expiry.cpp: when keys expire, whatever they hold.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

struct ExpireOptions {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;
};

std::optional<ExpireOptions> expire_options(Call& call) {
  ExpireOptions options;
  for (const std::string_view word : call.args.subspan(3)) {
    if (is_word(word, "nx")) {
      options.nx = true;
    } else if (is_word(word, "xx")) {
      options.xx = true;
    } else if (is_word(word, "gt")) {
      options.gt = true;
    } else if (is_word(word, "lt")) {
      options.lt = true;
    } else {
      call.reply.error(std::string("ERR Unsupported option ").append(word));
      return std::nullopt;
    }
  }
  if (options.nx && (options.xx || options.gt || options.lt)) {
    call.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return std::nullopt;
  }
  if (options.gt && options.lt) {
    call.reply.error("ERR GT and LT options at the same time are not compatible");
    return std::nullopt;
  }
  return options;
}

bool allowed(const ExpireOptions& options, UnixMs current, UnixMs when) {
  const bool never = current == Slot::never;
  if (options.nx && !never) return false;
  if (options.xx && never) return false;
  if (options.gt && (never || when <= current)) return false;
  return !options.lt || never || when < current;
}

void expire(Call& call, TimeUnit unit, UnixMs base, std::string_view name) {
  const auto options = expire_options(call);
  if (!options) return;
  const auto given = integer_arg(call, call.args[2]);
  if (!given) return;
  std::int64_t when = 0;
  if (__builtin_mul_overflow(*given, std::int64_t{unit == TimeUnit::seconds ? 1000 : 1}, &when) ||
      __builtin_add_overflow(when, base, &when)) {
    return call.reply.error(
        std::string("ERR invalid expire time in '").append(name).append("' command"));
  }
  Entry* const entry = call.find(call.args[1]);
  if (entry == nullptr || !allowed(*options, call.store.keyspace.expiry(*entry), when))
    return call.reply.integer(0);
  if (when <= call.now_ms)
    call.store.keyspace.erase(*entry);
  else
    call.store.keyspace.expire_at(*entry, std::min(when, Slot::never - 1));
  call.reply.integer(1);
}

// Answers -2 for no key, -1 for no expiry, or what `tell` makes of the expiry time.
template <class Tell> void reply_expiry(Call& call, Tell tell) {
  Entry* const entry = call.look_up(call.args[1]);
  if (entry == nullptr) return call.reply.integer(-2);
  if (call.store.keyspace.expiry(*entry) == Slot::never) return call.reply.integer(-1);
  call.reply.integer(tell(call.store.keyspace.expiry(*entry)));
}

std::int64_t in_seconds(std::int64_t ms) { return ms / 1000 + (ms % 1000 >= 500 ? 1 : 0); }

void cmd_expire(Call& call) { expire(call, TimeUnit::seconds, call.now_ms, "expire"); }
void cmd_pexpire(Call& call) { expire(call, TimeUnit::milliseconds, call.now_ms, "pexpire"); }
void cmd_expireat(Call& call) { expire(call, TimeUnit::seconds, 0, "expireat"); }
void cmd_pexpireat(Call& call) { expire(call, TimeUnit::milliseconds, 0, "pexpireat"); }

void cmd_ttl(Call& call) {
  reply_expiry(call, [&call](UnixMs when) { return in_seconds(when - call.now_ms); });
}
void cmd_pttl(Call& call) {
  reply_expiry(call, [&call](UnixMs when) { return when - call.now_ms; });
}
void cmd_expiretime(Call& call) { reply_expiry(call, in_seconds); }
void cmd_pexpiretime(Call& call) {
  reply_expiry(call, [](UnixMs when) { return when; });
}

void cmd_persist(Call& call) {
  Entry* const entry = call.find(call.args[1]);
  const bool had = entry != nullptr && call.store.keyspace.expiry(*entry) != Slot::never;
  if (had) call.store.keyspace.expire_at(*entry, Slot::never);
  call.reply.integer(had ? 1 : 0);
}

using namespace flag;

constexpr Command rows[] = {
    {"expire", cmd_expire, -3, write | fast, 1, 1, 1},
    {"expireat", cmd_expireat, -3, write | fast, 1, 1, 1},
    {"expiretime", cmd_expiretime, 2, readonly | fast, 1, 1, 1},
    {"persist", cmd_persist, 2, write | fast, 1, 1, 1},
    {"pexpire", cmd_pexpire, -3, write | fast, 1, 1, 1},
    {"pexpireat", cmd_pexpireat, -3, write | fast, 1, 1, 1},
    {"pexpiretime", cmd_pexpiretime, 2, readonly | fast, 1, 1, 1},
    {"pttl", cmd_pttl, 2, readonly | fast, 1, 1, 1},
    {"ttl", cmd_ttl, 2, readonly | fast, 1, 1, 1},
};

}  // namespace

std::span<const Command> expiry_commands() noexcept { return rows; }

}  // namespace respd
