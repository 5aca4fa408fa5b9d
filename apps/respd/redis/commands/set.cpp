// apps/respd/redis/commands/set.cpp: sets of strings.
#include <algorithm>
#include <span>
#include <unordered_map>

#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/containers.hpp"
#include "redis/number.hpp"
#include "redis/scan.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

// The set at a key, made when it is missing; null after a WRONGTYPE answer. The caller puts
// something into it.
Set* set_to_fill(Call& call, std::string_view key) {
  return container_to_fill<Set>(call, key).first;
}

template <class Missing> Set* set_to_read(Call& call, Missing missing) {
  return existing<Set>(call, call.look_up(call.args[1]), missing);
}

// The sets of SINTER and the like, null where a key is missing; nothing after a WRONGTYPE answer.
std::optional<std::vector<Set*>> operands(Call& call) {
  std::vector<Set*> sets;
  for (const std::string_view key : call.args.subspan(1)) {
    Entry* const entry = call.look_up(key);
    sets.push_back(entry == nullptr ? nullptr : container<Set>(call, *entry));
    if (entry != nullptr && sets.back() == nullptr) return std::nullopt;
  }
  return sets;
}

void reply_set(Call& call, const std::vector<std::string_view>& members) {
  call.reply.set(members.size());
  for (const std::string_view member : members) call.reply.bulk(member);
}

bool contains(Set* set, std::string_view member) {
  return set != nullptr && set->find(member) != nullptr;
}

// Members of `set` that `wanted` keeps.
template <class Wanted> std::vector<std::string_view> filtered(Set* set, Wanted wanted) {
  std::vector<std::string_view> members;
  if (set == nullptr) return members;
  set->for_each([&](Set::Node& node) {
    if (wanted(node.key())) members.push_back(node.key());
  });
  return members;
}

// Takes `count` different members by chance, removes them, and answers with them.
void pop_some(Call& call, Entry& entry, Set& set, std::uint64_t count) {
  count = std::min<std::uint64_t>(count, set.size());
  call.reply.set(count);
  for (; count != 0; --count) {
    Set::Node* const node = set.random(call.store.random);
    call.reply.bulk(node->key());
    set.erase(node);
  }
  if (set.empty()) call.store.keyspace.erase(entry);
}

// Answers with `count` different members by chance. O(count): drawn are the last `count` places of
// a shuffle of all, of which only the places that were exchanged are written down.
void reply_different(Call& call, Set& set, std::uint64_t count) {
  count = std::min<std::uint64_t>(count, set.size());
  call.reply.array(count);
  if (count == set.size()) {
    set.for_each([&call](Set::Node& node) { call.reply.bulk(node.key()); });
    return;
  }
  std::unordered_map<std::size_t, std::size_t> moved;
  const auto at = [&moved](std::size_t place) {
    const auto found = moved.find(place);
    return found == moved.end() ? place : found->second;
  };
  for (std::size_t left = set.size(); count != 0; --count) {
    const auto drawn = static_cast<std::size_t>(call.store.random.below(left--));
    call.reply.bulk(set.at(at(drawn))->key());
    moved[drawn] = at(left);
  }
}

// How many steps SDIFF takes to look each member of the first set up in all others, and to take
// all members of the others out of a copy of the first.
bool look_up_is_shorter(const std::vector<Set*>& sets) {
  std::size_t all = 0;
  for (const Set* const set : sets) all += set == nullptr ? 0 : set->size();
  return sets.front()->size() * (sets.size() - 1) <= all;
}

void cmd_sadd(Call& call) {
  Set* const set = set_to_fill(call, call.args[1]);
  if (set == nullptr) return;
  std::int64_t made = 0;
  for (const std::string_view member : call.args.subspan(2))
    made += set->insert(member).second ? 1 : 0;
  call.reply.integer(made);
}

void cmd_srem(Call& call) {
  Entry* const entry = call.find(call.args[1]);
  Set* const set = existing<Set>(call, entry, [&call] { call.reply.integer(0); });
  if (set == nullptr) return;
  std::int64_t erased = 0;
  for (const std::string_view member : call.args.subspan(2)) erased += set->erase(member) ? 1 : 0;
  if (set->empty()) call.store.keyspace.erase(*entry);
  call.reply.integer(erased);
}

void cmd_scard(Call& call) {
  Set* const set = set_to_read(call, [&call] { call.reply.integer(0); });
  if (set != nullptr) call.reply.integer(static_cast<std::int64_t>(set->size()));
}

void cmd_sismember(Call& call) {
  Set* const set = set_to_read(call, [&call] { call.reply.integer(0); });
  if (set != nullptr) call.reply.integer(contains(set, call.args[2]) ? 1 : 0);
}

void cmd_smismember(Call& call) {
  Entry* const entry = call.look_up(call.args[1]);
  Set* set = nullptr;
  if (entry != nullptr && (set = container<Set>(call, *entry)) == nullptr) return;
  call.reply.array(call.args.size() - 2);
  for (const std::string_view member : call.args.subspan(2))
    call.reply.integer(contains(set, member) ? 1 : 0);
}

void cmd_smembers(Call& call) {
  Set* const set = set_to_read(call, [&call] { call.reply.set(0); });
  if (set == nullptr) return;
  call.reply.set(set->size());
  set->for_each([&call](Set::Node& node) { call.reply.bulk(node.key()); });
}

void cmd_smove(Call& call) {
  Entry* const from = call.find(call.args[1]);
  Set* const source = existing<Set>(call, from, [&call] { call.reply.integer(0); });
  if (source == nullptr) return;
  Entry* const to = call.find(call.args[2]);
  if (to != nullptr && container<Set>(call, *to) == nullptr) return;
  if (from == to) return call.reply.integer(contains(source, call.args[3]) ? 1 : 0);
  if (!source->erase(call.args[3])) return call.reply.integer(0);
  if (source->empty()) call.store.keyspace.erase(*from);
  set_to_fill(call, call.args[2])->insert(call.args[3]);
  call.reply.integer(1);
}

void cmd_spop(Call& call) {
  if (call.args.size() > 3) return call.reply.error(syntax_error);
  const bool counted = call.args.size() == 3;
  std::uint64_t count = 1;
  if (counted) {
    const auto given =
        integer_arg_in(call, call.args[2], 0, std::numeric_limits<std::int64_t>::max(),
                       "ERR value is out of range, must be positive");
    if (!given) return;
    count = static_cast<std::uint64_t>(*given);
  }
  Entry* const entry = call.find(call.args[1]);
  Set* const set =
      existing<Set>(call, entry, [&] { counted ? call.reply.set(0) : call.reply.null(); });
  if (set == nullptr) return;
  if (counted) return pop_some(call, *entry, *set, count);
  Set::Node* const node = set->random(call.store.random);
  call.reply.bulk(node->key());
  set->erase(node);
  if (set->empty()) call.store.keyspace.erase(*entry);
}

void cmd_srandmember(Call& call) {
  if (call.args.size() > 3) return call.reply.error(syntax_error);
  if (call.args.size() == 2) {
    Set* const set = set_to_read(call, [&call] { call.reply.null(); });
    if (set != nullptr) call.reply.bulk(set->random(call.store.random)->key());
    return;
  }
  const auto count = integer_arg(call, call.args[2]);
  if (!count) return;
  // A negative count may give a member several times, so only this bound keeps one request from an
  // endless answer.
  constexpr std::int64_t most_repeated = std::int64_t{16} * 1024 * 1024;
  if (*count == std::numeric_limits<std::int64_t>::min()) {
    return call.reply.error(
        "ERR value is out of range, value must between -9223372036854775807 and "
        "9223372036854775807");
  }
  if (*count < -most_repeated) return call.reply.error("ERR value is out of range");
  Set* const set = set_to_read(call, [&call] { call.reply.array(0); });
  if (set == nullptr) return;
  if (*count >= 0) return reply_different(call, *set, static_cast<std::uint64_t>(*count));
  call.reply.array(static_cast<std::size_t>(-*count));
  for (std::int64_t i = 0; i < -*count; ++i) call.reply.bulk(set->random(call.store.random)->key());
}

void cmd_sinter(Call& call) {
  auto sets = operands(call);
  if (!sets) return;
  if (std::ranges::find(*sets, nullptr) != sets->end()) return call.reply.set(0);
  std::ranges::sort(*sets, {}, &Set::size);
  const auto in_all = [&sets](std::string_view member) {
    return std::all_of(sets->begin() + 1, sets->end(),
                       [&](Set* set) { return contains(set, member); });
  };
  reply_set(call, filtered(sets->front(), in_all));
}

void cmd_sdiff(Call& call) {
  const auto sets = operands(call);
  if (!sets) return;
  const auto in_no_other = [&sets](std::string_view member) {
    return std::none_of(sets->begin() + 1, sets->end(),
                        [&](Set* set) { return contains(set, member); });
  };
  if (sets->front() == nullptr || look_up_is_shorter(*sets))
    return reply_set(call, filtered(sets->front(), in_no_other));
  Set left(call.store.options.seed);
  sets->front()->for_each([&left](Set::Node& node) { left.insert(node.key()); });
  for (Set* const set : std::span(*sets).subspan(1)) {
    if (set != nullptr) set->for_each([&left](Set::Node& node) { left.erase(node.key()); });
  }
  reply_set(call, filtered(&left, [](std::string_view) { return true; }));
}

void cmd_sunion(Call& call) {
  const auto sets = operands(call);
  if (!sets) return;
  Set all(call.store.options.seed);
  for (Set* const set : *sets) {
    if (set != nullptr) set->for_each([&all](Set::Node& node) { all.insert(node.key()); });
  }
  reply_set(call, filtered(&all, [](std::string_view) { return true; }));
}

void cmd_sscan(Call& call) {
  const auto cursor = cursor_arg(call, call.args[2]);
  if (!cursor) return;
  Set* const set = set_to_read(call, [&call] { reply_scan(call, 0, 0); });
  if (set == nullptr) return;
  const auto options = scan_options(call, 3, false);
  if (!options) return;
  std::vector<std::string_view> found;
  const std::uint64_t next = set->scan(*cursor, options->count, [&](Set::Node& node) {
    if (options->matches(node.key())) found.push_back(node.key());
  });
  reply_scan(call, next, found.size());
  for (const std::string_view member : found) call.reply.bulk(member);
}

using namespace flag;

constexpr Command rows[] = {
    {"sadd", cmd_sadd, -3, filling | fast, 1, 1, 1},
    {"scard", cmd_scard, 2, readonly | fast, 1, 1, 1},
    {"sdiff", cmd_sdiff, -2, readonly, 1, -1, 1, {}, Spread::difference},
    {"sinter", cmd_sinter, -2, readonly, 1, -1, 1, {}, Spread::intersection},
    {"sismember", cmd_sismember, 3, readonly | fast, 1, 1, 1},
    {"smembers", cmd_smembers, 2, readonly, 1, 1, 1},
    {"smismember", cmd_smismember, -3, readonly | fast, 1, 1, 1},
    {"smove", cmd_smove, 4, write | fast, 1, 2, 1},
    {"spop", cmd_spop, -2, write | fast, 1, 1, 1},
    {"srandmember", cmd_srandmember, -2, readonly, 1, 1, 1},
    {"srem", cmd_srem, -3, write | fast, 1, 1, 1},
    {"sscan", cmd_sscan, -3, readonly, 1, 1, 1},
    {"sunion", cmd_sunion, -2, readonly, 1, -1, 1, {}, Spread::set_union},
};

}  // namespace

std::span<const Command> set_commands() noexcept { return rows; }

}  // namespace respd
