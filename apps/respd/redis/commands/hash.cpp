// apps/respd/redis/commands/hash.cpp: hashes: fields and values under one key.
#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/containers.hpp"
#include "redis/number.hpp"
#include "redis/scan.hpp"

namespace respd {

namespace {

// The hash at a key, made when it is missing; null after a WRONGTYPE answer. The caller puts
// something into it.
Hash* hash_to_fill(Call& call, std::string_view key) {
  return container_to_fill<Hash>(call, key).first;
}

template <class Missing> Hash* hash_to_read(Call& call, Missing missing) {
  return existing<Hash>(call, call.look_up(call.args[1]), missing);
}

std::int64_t set_fields(Call& call, Hash& hash) {
  std::int64_t made = 0;
  for (std::size_t i = 2; i < call.args.size(); i += 2) {
    const auto [node, is_new] = hash.insert(call.args[i]);
    node->value.assign(call.args[i + 1]);
    made += is_new ? 1 : 0;
  }
  return made;
}

void cmd_hset(Call& call) {
  if (call.args.size() % 2 != 0) return wrong_arity(call, "hset");
  if (Hash* const hash = hash_to_fill(call, call.args[1]))
    call.reply.integer(set_fields(call, *hash));
}

void cmd_hmset(Call& call) {
  if (call.args.size() % 2 != 0) return wrong_arity(call, "hmset");
  Hash* const hash = hash_to_fill(call, call.args[1]);
  if (hash == nullptr) return;
  set_fields(call, *hash);
  call.reply.ok();
}

void cmd_hsetnx(Call& call) {
  Hash* const hash = hash_to_fill(call, call.args[1]);
  if (hash == nullptr) return;
  const auto [node, made] = hash->insert(call.args[2]);
  if (made) node->value.assign(call.args[3]);
  call.reply.integer(made ? 1 : 0);
}

void cmd_hget(Call& call) {
  Hash* const hash = hash_to_read(call, [&call] { call.reply.null(); });
  if (hash == nullptr) return;
  const Hash::Node* const node = hash->find(call.args[2]);
  if (node == nullptr)
    call.reply.null();
  else
    call.reply.bulk(node->value);
}

void cmd_hmget(Call& call) {
  Entry* const entry = call.look_up(call.args[1]);
  Hash* hash = nullptr;
  if (entry != nullptr && (hash = container<Hash>(call, *entry)) == nullptr) return;
  call.reply.array(call.args.size() - 2);
  for (const std::string_view field : call.args.subspan(2)) {
    const Hash::Node* const node = hash == nullptr ? nullptr : hash->find(field);
    if (node == nullptr)
      call.reply.null();
    else
      call.reply.bulk(node->value);
  }
}

void cmd_hdel(Call& call) {
  Entry* const entry = call.find(call.args[1]);
  Hash* const hash = existing<Hash>(call, entry, [&call] { call.reply.integer(0); });
  if (hash == nullptr) return;
  std::int64_t erased = 0;
  for (const std::string_view field : call.args.subspan(2)) erased += hash->erase(field) ? 1 : 0;
  if (hash->empty()) call.store.keyspace.erase(*entry);
  call.reply.integer(erased);
}

void cmd_hexists(Call& call) {
  Hash* const hash = hash_to_read(call, [&call] { call.reply.integer(0); });
  if (hash != nullptr) call.reply.integer(hash->find(call.args[2]) != nullptr ? 1 : 0);
}

void cmd_hlen(Call& call) {
  Hash* const hash = hash_to_read(call, [&call] { call.reply.integer(0); });
  if (hash != nullptr) call.reply.integer(static_cast<std::int64_t>(hash->size()));
}

void cmd_hstrlen(Call& call) {
  Hash* const hash = hash_to_read(call, [&call] { call.reply.integer(0); });
  if (hash == nullptr) return;
  const Hash::Node* const node = hash->find(call.args[2]);
  call.reply.integer(node == nullptr ? 0 : static_cast<std::int64_t>(node->value.size()));
}

void cmd_hgetall(Call& call) {
  Hash* const hash = hash_to_read(call, [&call] { call.reply.map(0); });
  if (hash == nullptr) return;
  call.reply.map(hash->size());
  hash->for_each([&call](Hash::Node& node) {
    call.reply.bulk(node.key());
    call.reply.bulk(node.value);
  });
}

void cmd_hkeys(Call& call) {
  Hash* const hash = hash_to_read(call, [&call] { call.reply.array(0); });
  if (hash == nullptr) return;
  call.reply.array(hash->size());
  hash->for_each([&call](Hash::Node& node) { call.reply.bulk(node.key()); });
}

void cmd_hvals(Call& call) {
  Hash* const hash = hash_to_read(call, [&call] { call.reply.array(0); });
  if (hash == nullptr) return;
  call.reply.array(hash->size());
  hash->for_each([&call](Hash::Node& node) { call.reply.bulk(node.value); });
}

void cmd_hincrby(Call& call) {
  const auto amount = integer_arg(call, call.args[3]);
  if (!amount) return;
  Hash* hash = nullptr;
  Entry* const entry = call.find(call.args[1]);
  if (entry != nullptr && (hash = container<Hash>(call, *entry)) == nullptr) return;
  std::int64_t value = 0;
  if (const Hash::Node* const node = hash == nullptr ? nullptr : hash->find(call.args[2])) {
    const auto held = integer_arg(call, node->value, "ERR hash value is not an integer");
    if (!held) return;
    value = *held;
  }
  if (__builtin_add_overflow(value, *amount, &value)) {
    return call.reply.error("ERR increment or decrement would overflow");
  }
  if (hash == nullptr) hash = hash_to_fill(call, call.args[1]);
  hash->insert(call.args[2]).first->value.assign(IntegerText(value).view());
  call.reply.integer(value);
}

void cmd_hscan(Call& call) {
  const auto cursor = cursor_arg(call, call.args[2]);
  if (!cursor) return;
  Hash* const hash = hash_to_read(call, [&call] { reply_scan(call, 0, 0); });
  if (hash == nullptr) return;
  const auto options = scan_options(call, 3, false);
  if (!options) return;
  std::vector<const Hash::Node*> found;
  const std::uint64_t next = hash->scan(*cursor, options->count, [&](Hash::Node& node) {
    if (options->matches(node.key())) found.push_back(&node);
  });
  reply_scan(call, next, found.size() * 2);
  for (const Hash::Node* const node : found) {
    call.reply.bulk(node->key());
    call.reply.bulk(node->value);
  }
}

using namespace flag;

constexpr Command rows[] = {
    {"hdel", cmd_hdel, -3, write | fast, 1, 1, 1},
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
};

}  // namespace

std::span<const Command> hash_commands() noexcept { return rows; }

}  // namespace respd
