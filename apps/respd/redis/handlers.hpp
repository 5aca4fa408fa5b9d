// apps/respd/redis/handlers.hpp: the functions behind the command table, and what walks over
// containers share.
//
// Private to the command layer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redis/command.hpp"
#include "redis/glob.hpp"

namespace respd {

// commands_server.cpp: the connection, the server, publish and subscribe
void cmd_auth(Call& call);
void cmd_client_getname(Call& call);
void cmd_client_help(Call& call);
void cmd_client_id(Call& call);
void cmd_client_info(Call& call);
void cmd_client_list(Call& call);
void cmd_client_no_evict(Call& call);
void cmd_client_setinfo(Call& call);
void cmd_client_setname(Call& call);
void cmd_command(Call& call);
void cmd_command_count(Call& call);
void cmd_command_docs(Call& call);
void cmd_command_help(Call& call);
void cmd_command_info(Call& call);
void cmd_command_list(Call& call);
void cmd_config_get(Call& call);
void cmd_config_help(Call& call);
void cmd_config_resetstat(Call& call);
void cmd_config_set(Call& call);
void cmd_container(Call& call);
void cmd_echo(Call& call);
void cmd_hello(Call& call);
void cmd_info(Call& call);
void cmd_object_help(Call& call);
void cmd_ping(Call& call);
void cmd_psubscribe(Call& call);
void cmd_publish(Call& call);
void cmd_pubsub_channels(Call& call);
void cmd_pubsub_help(Call& call);
void cmd_pubsub_numpat(Call& call);
void cmd_pubsub_numsub(Call& call);
void cmd_punsubscribe(Call& call);
void cmd_quit(Call& call);
void cmd_reset(Call& call);
void cmd_select(Call& call);
void cmd_subscribe(Call& call);
void cmd_time(Call& call);
void cmd_unsubscribe(Call& call);

// commands_string.cpp
void cmd_append(Call& call);
void cmd_decr(Call& call);
void cmd_decrby(Call& call);
void cmd_get(Call& call);
void cmd_getdel(Call& call);
void cmd_getex(Call& call);
void cmd_getrange(Call& call);
void cmd_getset(Call& call);
void cmd_incr(Call& call);
void cmd_incrby(Call& call);
void cmd_mget(Call& call);
void cmd_mset(Call& call);
void cmd_msetnx(Call& call);
void cmd_psetex(Call& call);
void cmd_set(Call& call);
void cmd_setex(Call& call);
void cmd_setnx(Call& call);
void cmd_setrange(Call& call);
void cmd_strlen(Call& call);

// commands_key.cpp
void cmd_copy(Call& call);
void cmd_dbsize(Call& call);
void cmd_del(Call& call);
void cmd_exists(Call& call);
void cmd_expire(Call& call);
void cmd_expireat(Call& call);
void cmd_expiretime(Call& call);
void cmd_flushall(Call& call);
void cmd_flushdb(Call& call);
void cmd_keys(Call& call);
void cmd_move(Call& call);
void cmd_object_encoding(Call& call);
void cmd_object_refcount(Call& call);
void cmd_persist(Call& call);
void cmd_pexpire(Call& call);
void cmd_pexpireat(Call& call);
void cmd_pexpiretime(Call& call);
void cmd_pttl(Call& call);
void cmd_randomkey(Call& call);
void cmd_rename(Call& call);
void cmd_renamenx(Call& call);
void cmd_scan(Call& call);
void cmd_swapdb(Call& call);
void cmd_touch(Call& call);
void cmd_ttl(Call& call);
void cmd_type(Call& call);
void cmd_unlink(Call& call);

// commands_list.cpp
void cmd_blpop(Call& call);
void cmd_brpop(Call& call);
void cmd_lindex(Call& call);
void cmd_linsert(Call& call);
void cmd_llen(Call& call);
void cmd_lmove(Call& call);
void cmd_lpop(Call& call);
void cmd_lpush(Call& call);
void cmd_lpushx(Call& call);
void cmd_lrange(Call& call);
void cmd_lrem(Call& call);
void cmd_lset(Call& call);
void cmd_ltrim(Call& call);
void cmd_rpop(Call& call);
void cmd_rpoplpush(Call& call);
void cmd_rpush(Call& call);
void cmd_rpushx(Call& call);

// commands_hash.cpp
void cmd_hdel(Call& call);
void cmd_hexists(Call& call);
void cmd_hget(Call& call);
void cmd_hgetall(Call& call);
void cmd_hincrby(Call& call);
void cmd_hkeys(Call& call);
void cmd_hlen(Call& call);
void cmd_hmget(Call& call);
void cmd_hmset(Call& call);
void cmd_hscan(Call& call);
void cmd_hset(Call& call);
void cmd_hsetnx(Call& call);
void cmd_hstrlen(Call& call);
void cmd_hvals(Call& call);

// commands_set.cpp
void cmd_sadd(Call& call);
void cmd_scard(Call& call);
void cmd_sdiff(Call& call);
void cmd_sinter(Call& call);
void cmd_sismember(Call& call);
void cmd_smembers(Call& call);
void cmd_smismember(Call& call);
void cmd_smove(Call& call);
void cmd_spop(Call& call);
void cmd_srandmember(Call& call);
void cmd_srem(Call& call);
void cmd_sscan(Call& call);
void cmd_sunion(Call& call);

// commands_zset.cpp
void cmd_zadd(Call& call);
void cmd_zcard(Call& call);
void cmd_zincrby(Call& call);
void cmd_zpopmax(Call& call);
void cmd_zpopmin(Call& call);
void cmd_zrange(Call& call);
void cmd_zrem(Call& call);
void cmd_zscore(Call& call);

/// The options of SCAN, HSCAN and SSCAN.
struct ScanOptions {
  std::uint64_t count = 10;
  bool all = true;  // no pattern, or one that matches everything
  std::string_view pattern = {};
  std::string_view type = {};  // SCAN only; empty for any

  [[nodiscard]] bool matches(std::string_view name) const noexcept {
    return all || glob_match(pattern, name);
  }
};

/// Reads a scan cursor; answers an error otherwise.
[[nodiscard]] std::optional<std::uint64_t> cursor_arg(Call& call, std::string_view text);
/// Reads the options from `at` on; TYPE only where `typed`. Answers an error otherwise.
[[nodiscard]] std::optional<ScanOptions> scan_options(Call& call, std::size_t at, bool typed);
/// Begins the answer to a scan: the next cursor and the head of the array of `count` elements.
void reply_scan(Call& call, std::uint64_t cursor, std::size_t count);

/// Visits about `count` elements of a table from `cursor` on; returns the cursor to go on with.
/// Buckets that are empty count a tenth, so that a walk over a table with few elements left stays
/// short.
template <class T, class Visit>
std::uint64_t scan_table(T& table, std::uint64_t cursor, std::uint64_t count, Visit visit) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / 10;
  std::uint64_t seen = 0;
  std::uint64_t steps = count < most ? count * 10 : most;
  do {
    cursor = table.scan(cursor, [&](auto& node) {
      ++seen;
      visit(node);
    });
  } while (cursor != 0 && --steps != 0 && seen < count);
  return cursor;
}

/// The indices `first` to `last` of a sequence of `size` elements, as LRANGE takes them: negative
/// ones count from the end. `first` > `last` when nothing is left.
struct IndexRange {
  std::int64_t first;
  std::int64_t last;
  [[nodiscard]] bool empty() const noexcept { return first > last; }
};
[[nodiscard]] inline IndexRange index_range(std::int64_t first, std::int64_t last,
                                            std::size_t size) noexcept {
  const auto count = static_cast<std::int64_t>(size);
  if (first < 0) first = first + count < 0 ? 0 : first + count;
  if (last < 0) last += count;
  if (last >= count) last = count - 1;
  if (first > last || first >= count) return {1, 0};
  return {first, last};
}

/// The container of type `T` at a key that exists. `missing` is called for a key that does not; a
/// key of another type is answered with WRONGTYPE. Null in both cases.
template <class T, class Missing>
[[nodiscard]] T* existing(Call& call, Entry* entry, Missing missing) {
  if (entry == nullptr) {
    missing();
    return nullptr;
  }
  return container<T>(call, *entry);
}

}  // namespace respd
