// apps/respd/redis/commands.cpp: the command table.
#include "redis/handlers.hpp"

namespace respd {

namespace {

using namespace flag;

constexpr std::uint16_t connection = noscript | loading | stale | fast;
constexpr std::uint16_t subscribing = pubsub | noscript | loading | stale | when_subscribed;
constexpr std::uint16_t telling = loading | stale;
constexpr std::uint16_t filling = write | denyoom;

constexpr Command client_commands[] = {
    {"client|getname", cmd_client_getname, 2, connection & ~fast},
    {"client|help", cmd_client_help, 2, telling},
    {"client|id", cmd_client_id, 2, connection & ~fast},
    {"client|info", cmd_client_info, 2, connection & ~fast},
    {"client|list", cmd_client_list, -2, admin | noscript | telling},
    {"client|no-evict", cmd_client_no_evict, 3, admin | noscript | telling},
    {"client|setinfo", cmd_client_setinfo, 4, connection & ~fast},
    {"client|setname", cmd_client_setname, 3, connection & ~fast},
};

constexpr Command command_commands[] = {
    {"command|count", cmd_command_count, 2, telling},
    {"command|docs", cmd_command_docs, -2, telling},
    {"command|help", cmd_command_help, 2, telling},
    {"command|info", cmd_command_info, -2, telling},
    {"command|list", cmd_command_list, -2, telling},
};

constexpr Command config_commands[] = {
    {"config|get", cmd_config_get, -3, admin | noscript | telling},
    {"config|help", cmd_config_help, 2, telling},
    {"config|resetstat", cmd_config_resetstat, 2, admin | noscript | telling},
    {"config|set", cmd_config_set, -4, admin | noscript | telling},
};

constexpr Command object_commands[] = {
    {"object|encoding", cmd_object_encoding, 3, readonly, 2, 2, 1},
    {"object|help", cmd_object_help, 2, telling},
    {"object|refcount", cmd_object_refcount, 3, readonly, 2, 2, 1},
};

constexpr Command pubsub_commands[] = {
    {"pubsub|channels", cmd_pubsub_channels, -2, pubsub | telling},
    {"pubsub|help", cmd_pubsub_help, 2, telling},
    {"pubsub|numpat", cmd_pubsub_numpat, 2, pubsub | telling},
    {"pubsub|numsub", cmd_pubsub_numsub, -2, pubsub | telling},
};

constexpr Command table[] = {
    {"append", cmd_append, 3, filling | fast, 1, 1, 1},
    {"auth", cmd_auth, -2, connection | no_auth},
    {"blpop", cmd_blpop, -3, write | noscript | blocking, 1, -2, 1},
    {"brpop", cmd_brpop, -3, write | noscript | blocking, 1, -2, 1},
    {"client", cmd_container, -2, 0, 0, 0, 0, client_commands},
    {"command", cmd_command, -1, telling, 0, 0, 0, command_commands},
    {"config", cmd_container, -2, 0, 0, 0, 0, config_commands},
    {"copy", cmd_copy, -3, filling, 1, 2, 1},
    {"dbsize", cmd_dbsize, 1, readonly | fast},
    {"decr", cmd_decr, 2, filling | fast, 1, 1, 1},
    {"decrby", cmd_decrby, 3, filling | fast, 1, 1, 1},
    {"del", cmd_del, -2, write, 1, -1, 1},
    {"echo", cmd_echo, 2, loading | stale | fast},
    {"exists", cmd_exists, -2, readonly | fast, 1, -1, 1},
    {"expire", cmd_expire, -3, write | fast, 1, 1, 1},
    {"expireat", cmd_expireat, -3, write | fast, 1, 1, 1},
    {"expiretime", cmd_expiretime, 2, readonly | fast, 1, 1, 1},
    {"flushall", cmd_flushall, -1, write},
    {"flushdb", cmd_flushdb, -1, write},
    {"get", cmd_get, 2, readonly | fast, 1, 1, 1},
    {"getdel", cmd_getdel, 2, write | fast, 1, 1, 1},
    {"getex", cmd_getex, -2, write | fast, 1, 1, 1},
    {"getrange", cmd_getrange, 4, readonly, 1, 1, 1},
    {"getset", cmd_getset, 3, filling | fast, 1, 1, 1},
    {"hdel", cmd_hdel, -3, write | fast, 1, 1, 1},
    {"hello", cmd_hello, -1, connection | no_auth},
    {"hexists", cmd_hexists, 3, readonly | fast, 1, 1, 1},
    {"hget", cmd_hget, 3, readonly | fast, 1, 1, 1},
    {"hgetall", cmd_hgetall, 2, readonly, 1, 1, 1},
    {"hincrby", cmd_hincrby, 4, filling | fast, 1, 1, 1},
    {"hkeys", cmd_hkeys, 2, readonly, 1, 1, 1},
    {"hlen", cmd_hlen, 2, readonly | fast, 1, 1, 1},
    {"hmget", cmd_hmget, -3, readonly | fast, 1, 1, 1},
    {"hmset", cmd_hmset, -4, filling | fast, 1, 1, 1},
    {"hscan", cmd_hscan, -3, readonly, 1, 1, 1},
    {"hset", cmd_hset, -4, filling | fast, 1, 1, 1},
    {"hsetnx", cmd_hsetnx, 4, filling | fast, 1, 1, 1},
    {"hstrlen", cmd_hstrlen, 3, readonly | fast, 1, 1, 1},
    {"hvals", cmd_hvals, 2, readonly, 1, 1, 1},
    {"incr", cmd_incr, 2, filling | fast, 1, 1, 1},
    {"incrby", cmd_incrby, 3, filling | fast, 1, 1, 1},
    {"info", cmd_info, -1, telling},
    {"keys", cmd_keys, 2, readonly},
    {"lindex", cmd_lindex, 3, readonly, 1, 1, 1},
    {"linsert", cmd_linsert, 5, filling, 1, 1, 1},
    {"llen", cmd_llen, 2, readonly | fast, 1, 1, 1},
    {"lmove", cmd_lmove, 5, filling, 1, 2, 1},
    {"lpop", cmd_lpop, -2, write | fast, 1, 1, 1},
    {"lpush", cmd_lpush, -3, filling | fast, 1, 1, 1},
    {"lpushx", cmd_lpushx, -3, filling | fast, 1, 1, 1},
    {"lrange", cmd_lrange, 4, readonly, 1, 1, 1},
    {"lrem", cmd_lrem, 4, write, 1, 1, 1},
    {"lset", cmd_lset, 4, filling, 1, 1, 1},
    {"ltrim", cmd_ltrim, 4, write, 1, 1, 1},
    {"mget", cmd_mget, -2, readonly | fast, 1, -1, 1},
    {"move", cmd_move, 3, write | fast, 1, 1, 1},
    {"mset", cmd_mset, -3, filling, 1, -1, 2},
    {"msetnx", cmd_msetnx, -3, filling, 1, -1, 2},
    {"object", cmd_container, -2, 0, 0, 0, 0, object_commands},
    {"persist", cmd_persist, 2, write | fast, 1, 1, 1},
    {"pexpire", cmd_pexpire, -3, write | fast, 1, 1, 1},
    {"pexpireat", cmd_pexpireat, -3, write | fast, 1, 1, 1},
    {"pexpiretime", cmd_pexpiretime, 2, readonly | fast, 1, 1, 1},
    {"ping", cmd_ping, -1, fast | when_subscribed},
    {"psetex", cmd_psetex, 4, filling, 1, 1, 1},
    {"psubscribe", cmd_psubscribe, -2, subscribing},
    {"pttl", cmd_pttl, 2, readonly | fast, 1, 1, 1},
    {"publish", cmd_publish, 3, pubsub | loading | stale | fast},
    {"pubsub", cmd_container, -2, 0, 0, 0, 0, pubsub_commands},
    {"punsubscribe", cmd_punsubscribe, -1, subscribing},
    {"quit", cmd_quit, -1, connection | no_auth | when_subscribed},
    {"randomkey", cmd_randomkey, 1, readonly},
    {"rename", cmd_rename, 3, write, 1, 2, 1},
    {"renamenx", cmd_renamenx, 3, write | fast, 1, 2, 1},
    {"reset", cmd_reset, 1, connection | no_auth | when_subscribed},
    {"rpop", cmd_rpop, -2, write | fast, 1, 1, 1},
    {"rpoplpush", cmd_rpoplpush, 3, filling, 1, 2, 1},
    {"rpush", cmd_rpush, -3, filling | fast, 1, 1, 1},
    {"rpushx", cmd_rpushx, -3, filling | fast, 1, 1, 1},
    {"sadd", cmd_sadd, -3, filling | fast, 1, 1, 1},
    {"scan", cmd_scan, -2, readonly},
    {"scard", cmd_scard, 2, readonly | fast, 1, 1, 1},
    {"sdiff", cmd_sdiff, -2, readonly, 1, -1, 1},
    {"select", cmd_select, 2, loading | stale | fast},
    {"set", cmd_set, -3, filling, 1, 1, 1},
    {"setex", cmd_setex, 4, filling, 1, 1, 1},
    {"setnx", cmd_setnx, 3, filling | fast, 1, 1, 1},
    {"setrange", cmd_setrange, 4, filling, 1, 1, 1},
    {"sinter", cmd_sinter, -2, readonly, 1, -1, 1},
    {"sismember", cmd_sismember, 3, readonly | fast, 1, 1, 1},
    {"smembers", cmd_smembers, 2, readonly, 1, 1, 1},
    {"smismember", cmd_smismember, -3, readonly | fast, 1, 1, 1},
    {"smove", cmd_smove, 4, write | fast, 1, 2, 1},
    {"spop", cmd_spop, -2, write | fast, 1, 1, 1},
    {"srandmember", cmd_srandmember, -2, readonly, 1, 1, 1},
    {"srem", cmd_srem, -3, write | fast, 1, 1, 1},
    {"sscan", cmd_sscan, -3, readonly, 1, 1, 1},
    {"strlen", cmd_strlen, 2, readonly | fast, 1, 1, 1},
    {"subscribe", cmd_subscribe, -2, subscribing},
    {"substr", cmd_getrange, 4, readonly, 1, 1, 1},
    {"sunion", cmd_sunion, -2, readonly, 1, -1, 1},
    {"swapdb", cmd_swapdb, 3, write | fast},
    {"time", cmd_time, 1, loading | stale | fast},
    {"touch", cmd_touch, -2, readonly | fast, 1, -1, 1},
    {"ttl", cmd_ttl, 2, readonly | fast, 1, 1, 1},
    {"type", cmd_type, 2, readonly | fast, 1, 1, 1},
    {"unlink", cmd_unlink, -2, write | fast, 1, -1, 1},
    {"unsubscribe", cmd_unsubscribe, -1, subscribing},
    {"zadd", cmd_zadd, -4, filling | fast, 1, 1, 1},
    {"zcard", cmd_zcard, 2, readonly | fast, 1, 1, 1},
    {"zincrby", cmd_zincrby, 4, filling | fast, 1, 1, 1},
    {"zpopmax", cmd_zpopmax, -2, write | fast, 1, 1, 1},
    {"zpopmin", cmd_zpopmin, -2, write | fast, 1, 1, 1},
    {"zrange", cmd_zrange, -4, readonly, 1, 1, 1},
    {"zrem", cmd_zrem, -3, write | fast, 1, 1, 1},
    {"zscore", cmd_zscore, 3, readonly | fast, 1, 1, 1},
};

}  // namespace

std::span<const Command> all_commands() noexcept { return table; }

}  // namespace respd
