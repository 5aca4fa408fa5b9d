// apps/respd/redis/commands/list.cpp: lists, and pops that may wait.
#include <algorithm>
#include <cmath>

#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/containers.hpp"
#include "redis/number.hpp"
#include "redis/steps.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

enum class End : std::uint8_t { left, right };

void push(List& list, End end, std::string_view value) {
  if (end == End::left)
    list.emplace_front(value);
  else
    list.emplace_back(value);
}

Text pop(List& list, End end) {
  Text value = std::move(end == End::left ? list.front() : list.back());
  if (end == End::left)
    list.pop_front();
  else
    list.pop_back();
  return value;
}

// The list at a key, made when it is missing; null after a WRONGTYPE answer. The caller puts
// something into it.
List* list_to_fill(Call& call, std::string_view key) {
  const auto [list, made] = container_to_fill<List>(call, key);
  if (made) call.store.watches.list_made(call.client.db, key);
  return list;
}

void erase_if_empty(Call& call, Entry& entry, const List& list) {
  if (list.empty()) call.store.keyspace.erase(entry);
}

void push_all(Call& call, End end, bool only_existing) {
  List* list = nullptr;
  if (only_existing) {
    list = existing<List>(call, call.find(call.args[1]), [&call] { call.reply.integer(0); });
  } else {
    list = list_to_fill(call, call.args[1]);
  }
  if (list == nullptr) return;
  for (const std::string_view value : call.args.subspan(2)) push(*list, end, value);
  call.reply.integer(static_cast<std::int64_t>(list->size()));
}

void pop_some(Call& call, End end, std::string_view name) {
  if (call.args.size() > 3) return wrong_arity(call, name);
  const bool counted = call.args.size() == 3;
  std::int64_t count = 1;
  if (counted) {
    const auto given =
        integer_arg_in(call, call.args[2], 0, std::numeric_limits<std::int64_t>::max(),
                       "ERR value is out of range, must be positive");
    if (!given) return;
    count = *given;
  }
  Entry* const entry = call.find(call.args[1]);
  List* const list =
      existing<List>(call, entry, [&] { counted ? call.reply.null_array() : call.reply.null(); });
  if (list == nullptr) return;
  if (counted) {
    count = std::min(count, static_cast<std::int64_t>(list->size()));
    call.reply.array(static_cast<std::size_t>(count));
  }
  for (; count > 0; --count) call.reply.bulk(pop(*list, end));
  erase_if_empty(call, *entry, *list);
}

// The element that an index of a request means, or null.
Text* element(List& list, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(list.size());
  if (index < 0) index += size;
  return index < 0 || index >= size ? nullptr : &list[static_cast<std::size_t>(index)];
}

std::optional<End> end_arg(std::string_view word) {
  if (is_word(word, "left")) return End::left;
  if (is_word(word, "right")) return End::right;
  return std::nullopt;
}

void move_element(Call& call, End from, End to) {
  Entry* const source = call.find(call.args[1]);
  List* const list = existing<List>(call, source, [&call] { call.reply.null(); });
  if (list == nullptr) return;
  // The target is looked at before anything changes.
  Entry* const target = call.find(call.args[2]);
  if (target != nullptr && container<List>(call, *target) == nullptr) return;
  const Text value = pop(*list, from);
  push(*list_to_fill(call, call.args[2]), to, value);
  erase_if_empty(call, *source, *list);
  call.reply.bulk(value);
}

// The time limit of a blocking command; zero for none.
std::optional<troupe::Duration> limit_arg(Call& call, std::string_view text) {
  const auto seconds = parse_long_double(text);
  if (!seconds) {
    call.reply.error("ERR timeout is not a float or out of range");
    return std::nullopt;
  }
  const long double ms = std::ceil(*seconds * 1000);
  if (ms < 0 || ms >= 0x1p63L) {  // Redis' milliseconds wrap around there
    call.reply.error("ERR timeout is negative");
    return std::nullopt;
  }
  // A time beyond what a Duration holds is as good as none.
  constexpr long double most = 9.0e12L;  // milliseconds
  if (ms > most) return troupe::Duration::zero();
  return std::chrono::duration_cast<troupe::Duration>(
      std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
}

void pop_or_wait(Call& call, End end) {
  const auto limit = limit_arg(call, call.args.back());
  if (!limit) return;
  const Args keys = call.args.subspan(1, call.args.size() - 2);
  for (const std::string_view key : keys) {
    Entry* const entry = call.find(key);
    if (entry == nullptr) continue;
    List* const list = container<List>(call, *entry);
    if (list == nullptr) return;
    call.reply.array(2);
    call.reply.bulk(key);
    call.reply.bulk(pop(*list, end));
    return erase_if_empty(call, *entry, *list);
  }
  call.outcome = {After::wait, keys, *limit};
}

// Removes up to `count` elements equal to `value`, all when it is 0, from the end of the list when
// it is negative.
std::int64_t remove_equal(List& list, std::int64_t count, std::string_view value) {
  const std::uint64_t most = count == 0  ? std::numeric_limits<std::uint64_t>::max()
                             : count < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(count)
                                         : static_cast<std::uint64_t>(count);
  std::uint64_t removed = 0;
  const auto matches = [&](const Text& item) {
    step();
    return removed < most && item.view() == value && ++removed != 0;
  };
  if (count >= 0) {
    list.erase(std::remove_if(list.begin(), list.end(), matches), list.end());
  } else {
    list.erase(list.begin(), std::remove_if(list.rbegin(), list.rend(), matches).base());
  }
  return static_cast<std::int64_t>(removed);
}

void cmd_lpush(Call& call) { push_all(call, End::left, false); }
void cmd_rpush(Call& call) { push_all(call, End::right, false); }
void cmd_lpushx(Call& call) { push_all(call, End::left, true); }
void cmd_rpushx(Call& call) { push_all(call, End::right, true); }
void cmd_lpop(Call& call) { pop_some(call, End::left, "lpop"); }
void cmd_rpop(Call& call) { pop_some(call, End::right, "rpop"); }
void cmd_blpop(Call& call) { pop_or_wait(call, End::left); }
void cmd_brpop(Call& call) { pop_or_wait(call, End::right); }

void cmd_llen(Call& call) {
  List* const list =
      existing<List>(call, call.look_up(call.args[1]), [&call] { call.reply.integer(0); });
  if (list != nullptr) call.reply.integer(static_cast<std::int64_t>(list->size()));
}

void cmd_lrange(Call& call) {
  const auto first = integer_arg(call, call.args[2]);
  if (!first) return;
  const auto last = integer_arg(call, call.args[3]);
  if (!last) return;
  List* const list =
      existing<List>(call, call.look_up(call.args[1]), [&call] { call.reply.array(0); });
  if (list == nullptr) return;
  const IndexRange range = index_range(*first, *last, list->size());
  if (range.empty()) return call.reply.array(0);
  call.reply.array(static_cast<std::size_t>(range.last - range.first + 1));
  auto item = list->cbegin() + range.first;
  for (std::int64_t i = range.first; i <= range.last; ++i, ++item) call.reply.bulk(*item);
}

void cmd_lindex(Call& call) {
  List* const list =
      existing<List>(call, call.look_up(call.args[1]), [&call] { call.reply.null(); });
  if (list == nullptr) return;
  const auto index = integer_arg(call, call.args[2]);
  if (!index) return;
  if (const Text* const found = element(*list, *index))
    call.reply.bulk(*found);
  else
    call.reply.null();
}

void cmd_lset(Call& call) {
  List* const list =
      existing<List>(call, call.find(call.args[1]), [&call] { call.reply.error(no_such_key); });
  if (list == nullptr) return;
  const auto index = integer_arg(call, call.args[2]);
  if (!index) return;
  Text* const found = element(*list, *index);
  if (found == nullptr) return call.reply.error("ERR index out of range");
  found->assign(call.args[3]);
  call.reply.ok();
}

void cmd_lrem(Call& call) {
  const auto count = integer_arg(call, call.args[2]);
  if (!count) return;
  Entry* const entry = call.find(call.args[1]);
  List* const list = existing<List>(call, entry, [&call] { call.reply.integer(0); });
  if (list == nullptr) return;
  const std::int64_t removed = remove_equal(*list, *count, call.args[3]);
  erase_if_empty(call, *entry, *list);
  call.reply.integer(removed);
}

void cmd_ltrim(Call& call) {
  const auto first = integer_arg(call, call.args[2]);
  if (!first) return;
  const auto last = integer_arg(call, call.args[3]);
  if (!last) return;
  Entry* const entry = call.find(call.args[1]);
  List* const list = existing<List>(call, entry, [&call] { call.reply.ok(); });
  if (list == nullptr) return;
  const IndexRange range = index_range(*first, *last, list->size());
  if (range.empty()) {
    call.store.keyspace.erase(*entry);
  } else {
    list->erase(list->begin() + range.last + 1, list->end());
    list->erase(list->begin(), list->begin() + range.first);
  }
  call.reply.ok();
}

void cmd_linsert(Call& call) {
  const bool after = is_word(call.args[2], "after");
  if (!after && !is_word(call.args[2], "before")) return call.reply.error(syntax_error);
  List* const list =
      existing<List>(call, call.find(call.args[1]), [&call] { call.reply.integer(0); });
  if (list == nullptr) return;
  const auto pivot = std::find_if(list->begin(), list->end(), [&](const Text& item) {
    step();
    return item.view() == call.args[3];
  });
  if (pivot == list->end()) return call.reply.integer(-1);
  step(list->size() / 2);
  list->emplace(after ? pivot + 1 : pivot, call.args[4]);
  call.reply.integer(static_cast<std::int64_t>(list->size()));
}

void cmd_rpoplpush(Call& call) { move_element(call, End::right, End::left); }

void cmd_lmove(Call& call) {
  const auto from = end_arg(call.args[3]);
  const auto to = end_arg(call.args[4]);
  if (!from || !to) return call.reply.error(syntax_error);
  move_element(call, *from, *to);
}

using namespace flag;

constexpr Command rows[] = {
    {"blpop", cmd_blpop, -3, write | noscript | blocking, 1, -2, 1, {}, Spread::waits},
    {"brpop", cmd_brpop, -3, write | noscript | blocking, 1, -2, 1, {}, Spread::waits},
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
    {"rpop", cmd_rpop, -2, write | fast, 1, 1, 1},
    {"rpoplpush", cmd_rpoplpush, 3, filling, 1, 2, 1},
    {"rpush", cmd_rpush, -3, filling | fast, 1, 1, 1},
    {"rpushx", cmd_rpushx, -3, filling | fast, 1, 1, 1},
};

}  // namespace

std::span<const Command> list_commands() noexcept { return rows; }

}  // namespace respd
