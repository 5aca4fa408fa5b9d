// apps/respd/redis/commands/string.cpp: strings and the numbers that they spell.
#include <algorithm>

#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/string_value.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

// The string entry of a key. `found` is false after a WRONGTYPE answer.
struct StringEntry {
  Entry* entry = nullptr;
  bool ok = true;
};

StringEntry string_entry(Call& call, Entry* entry) {
  if (entry == nullptr || entry->value.value.is_string()) return {entry, true};
  call.reply.error(wrong_type);
  return {entry, false};
}

// Answers with the string at a key; false when that was an error.
bool reply_get(Call& call, std::string_view key) {
  const auto [entry, ok] = string_entry(call, call.look_up(key));
  if (!ok) return false;
  if (entry == nullptr)
    call.reply.null();
  else
    reply_string(call.reply, entry->value.value);
  return true;
}

// Makes the entry a string of these bytes, whatever it holds.
void assign_string(Call& call, Entry& entry, std::string_view bytes) {
  Text* text = entry.value.value.text();
  if (text == nullptr) [[unlikely]] {
    call.store.keyspace.assign(entry, Value());
    text = entry.value.value.text();
  }
  text->assign(bytes);
}

void set_key(Call& call, std::string_view key, std::string_view value, bool keep_ttl) {
  Entry& entry = *call.insert(key).first;
  assign_string(call, entry, value);
  if (!keep_ttl) call.store.keyspace.expire_at(entry, Slot::never);
}

// The options of SET and GETEX.
struct Options {
  bool nx = false;
  bool xx = false;
  bool get = false;
  bool keep_ttl = false;
  bool persist = false;
  bool timed = false;
  bool absolute = false;
  TimeUnit unit = TimeUnit::seconds;
  std::string_view time = {};
};

// Takes EX, PX, EXAT or PXAT and its time at `at`; false when it is none of them.
bool take_time(Args args, std::size_t& at, Options& options) {
  const std::string_view word = args[at];
  const bool seconds = is_word(word, "ex") || is_word(word, "exat");
  const bool milliseconds = is_word(word, "px") || is_word(word, "pxat");
  if ((!seconds && !milliseconds) || options.keep_ttl || options.persist || at + 1 == args.size())
    return false;
  const TimeUnit unit = seconds ? TimeUnit::seconds : TimeUnit::milliseconds;
  const bool absolute = word.size() == 4;
  // The same word may come twice, and the last time counts; two different ones contradict each
  // other.
  if (options.timed && (options.unit != unit || options.absolute != absolute)) return false;
  options.timed = true;
  options.unit = unit;
  options.absolute = absolute;
  options.time = args[++at];
  return true;
}

bool take_set_option(Args args, std::size_t& at, Options& options) {
  const std::string_view word = args[at];
  if (is_word(word, "nx") && !options.xx) return options.nx = true;
  if (is_word(word, "xx") && !options.nx) return options.xx = true;
  if (is_word(word, "get")) return options.get = true;
  if (is_word(word, "keepttl") && !options.persist && !options.timed)
    return options.keep_ttl = true;
  return take_time(args, at, options);
}

bool take_getex_option(Args args, std::size_t& at, Options& options) {
  if (is_word(args[at], "persist") && !options.timed) return options.persist = true;
  return take_time(args, at, options);
}

void set_with_options(Call& call, const Options& options) {
  const std::string_view key = call.args[1];
  std::optional<UnixMs> expiry;
  if (options.timed) {
    expiry = expiry_arg(call, options.time, options.unit, options.absolute, "set");
    if (!expiry) return;
  }
  if (options.get && !reply_get(call, key)) return;
  const bool found = call.find(key) != nullptr;
  if ((options.nx && found) || (options.xx && !found)) {
    if (!options.get) call.reply.null();
    return;
  }
  set_key(call, key, call.args[2], options.keep_ttl);
  if (expiry) call.store.keyspace.expire_at(*call.find(key), *expiry);
  if (!options.get) call.reply.ok();
}

void set_with_time(Call& call, TimeUnit unit, std::string_view name) {
  const auto expiry = expiry_arg(call, call.args[2], unit, false, name);
  if (!expiry) return;
  const auto [entry, made] = call.insert(call.args[1]);
  assign_string(call, *entry, call.args[3]);
  call.store.keyspace.expire_at(*entry, *expiry);
  call.reply.ok();
}

void set_many(Call& call) {
  for (std::size_t i = 1; i < call.args.size(); i += 2)
    set_key(call, call.args[i], call.args[i + 1], false);
}

void add(Call& call, std::int64_t amount) {
  Entry* const entry = call.find(call.args[1]);
  std::int64_t value = 0;
  if (entry != nullptr) {
    Value& held = entry->value.value;
    if (!held.is_string()) return call.reply.error(wrong_type);
    if (const Text* const text = held.text()) {
      const auto number_read = integer_arg(call, *text);
      if (!number_read) return;
      value = *number_read;
    } else {
      value = held.number();
    }
  }
  if (__builtin_add_overflow(value, amount, &value)) {
    return call.reply.error("ERR increment or decrement would overflow");
  }
  (entry != nullptr ? entry : call.insert(call.args[1]).first)->value.value.make_number(value);
  call.reply.integer(value);
}

// The string of an entry, in a form that can be changed.
Text& as_text(Entry& entry) {
  Value& value = entry.value.value;
  if (Text* const text = value.text()) return *text;
  const IntegerText digits(value.number());
  Text& text = value.make_text();
  text.assign(digits.view());
  return text;
}

bool fits(Call& call, std::uint64_t size) {
  if (size <= call.store.options.max_value) return true;
  call.reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  return false;
}

void cmd_get(Call& call) { reply_get(call, call.args[1]); }

void cmd_set(Call& call) {
  if (call.args.size() == 3) [[likely]] {
    set_key(call, call.args[1], call.args[2], false);
    return call.reply.ok();
  }
  Options options;
  for (std::size_t at = 3; at < call.args.size(); ++at) {
    if (!take_set_option(call.args, at, options)) return call.reply.error(syntax_error);
  }
  set_with_options(call, options);
}

void cmd_setnx(Call& call) {
  if (call.find(call.args[1]) != nullptr) return call.reply.integer(0);
  set_key(call, call.args[1], call.args[2], false);
  call.reply.integer(1);
}

void cmd_setex(Call& call) { set_with_time(call, TimeUnit::seconds, "setex"); }
void cmd_psetex(Call& call) { set_with_time(call, TimeUnit::milliseconds, "psetex"); }

void cmd_getset(Call& call) {
  if (reply_get(call, call.args[1])) set_key(call, call.args[1], call.args[2], false);
}

void cmd_getdel(Call& call) {
  if (!reply_get(call, call.args[1])) return;
  if (Entry* const entry = call.find(call.args[1])) call.store.keyspace.erase(*entry);
}

void cmd_getex(Call& call) {
  Options options;
  for (std::size_t at = 2; at < call.args.size(); ++at) {
    if (!take_getex_option(call.args, at, options)) return call.reply.error(syntax_error);
  }
  const auto [entry, ok] = string_entry(call, call.look_up(call.args[1]));
  if (!ok) return;
  if (entry == nullptr) return call.reply.null();
  std::optional<UnixMs> expiry;
  if (options.timed) {
    expiry = expiry_arg(call, options.time, options.unit, options.absolute, "getex");
    if (!expiry) return;
  }
  reply_string(call.reply, entry->value.value);
  if (expiry && *expiry < call.now_ms)
    call.store.keyspace.erase(*entry);
  else if (expiry)
    call.store.keyspace.expire_at(*entry, *expiry);
  else if (options.persist)
    call.store.keyspace.expire_at(*entry, Slot::never);
}

void cmd_mget(Call& call) {
  call.reply.array(call.args.size() - 1);
  for (const std::string_view key : call.args.subspan(1)) {
    Entry* const entry = call.look_up(key);
    if (entry == nullptr || !entry->value.value.is_string())
      call.reply.null();
    else
      reply_string(call.reply, entry->value.value);
  }
}

void cmd_mset(Call& call) {
  if (call.args.size() % 2 == 0) return wrong_arity(call, "mset");
  set_many(call);
  call.reply.ok();
}

void cmd_msetnx(Call& call) {
  if (call.args.size() % 2 == 0) return wrong_arity(call, "msetnx");
  for (std::size_t i = 1; i < call.args.size(); i += 2) {
    if (call.find(call.args[i]) != nullptr) return call.reply.integer(0);
  }
  set_many(call);
  call.reply.integer(1);
}

void cmd_incr(Call& call) { add(call, 1); }
void cmd_decr(Call& call) { add(call, -1); }

void cmd_incrby(Call& call) {
  if (const auto amount = integer_arg(call, call.args[2])) add(call, *amount);
}

void cmd_decrby(Call& call) {
  const auto amount = integer_arg(call, call.args[2]);
  if (!amount) return;
  if (*amount == std::numeric_limits<std::int64_t>::min())
    return call.reply.error("ERR decrement would overflow");
  add(call, -*amount);
}

void cmd_append(Call& call) {
  const std::string_view more = call.args[2];
  const auto [entry, ok] = string_entry(call, call.find(call.args[1]));
  if (!ok) return;
  if (entry == nullptr) {
    assign_string(call, *call.insert(call.args[1]).first, more);
    return call.reply.integer(static_cast<std::int64_t>(more.size()));
  }
  Text& text = as_text(*entry);
  if (!fits(call, text.size() + more.size())) return;
  text.append(more);
  call.reply.integer(static_cast<std::int64_t>(text.size()));
}

void cmd_strlen(Call& call) {
  const auto [entry, ok] = string_entry(call, call.look_up(call.args[1]));
  if (!ok) return;
  std::optional<IntegerText> scratch;
  call.reply.integer(entry == nullptr ? 0
                                      : static_cast<std::int64_t>(
                                            string_bytes(entry->value.value, scratch).size()));
}

void cmd_getrange(Call& call) {
  const auto first = integer_arg(call, call.args[2]);
  if (!first) return;
  const auto last = integer_arg(call, call.args[3]);
  if (!last) return;
  const auto [entry, ok] = string_entry(call, call.look_up(call.args[1]));
  if (!ok) return;
  if (entry == nullptr || (*first < 0 && *last < 0 && *first > *last)) return call.reply.bulk({});
  std::optional<IntegerText> scratch;
  const std::string_view text = string_bytes(entry->value.value, scratch);
  const auto size = static_cast<std::int64_t>(text.size());
  const std::int64_t begin = std::max<std::int64_t>(*first < 0 ? size + *first : *first, 0);
  const std::int64_t end =
      std::min(std::max<std::int64_t>(*last < 0 ? size + *last : *last, 0), size - 1);
  if (begin > end || size == 0) return call.reply.bulk({});
  call.reply.bulk(
      text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin + 1)));
}

void cmd_setrange(Call& call) {
  const auto offset = integer_arg(call, call.args[2]);
  if (!offset) return;
  if (*offset < 0) return call.reply.error("ERR offset is out of range");
  const std::string_view bytes = call.args[3];
  const auto [found, ok] = string_entry(call, call.find(call.args[1]));
  if (!ok) return;
  if (bytes.empty()) {
    std::optional<IntegerText> scratch;
    const std::size_t size =
        found == nullptr ? 0 : string_bytes(found->value.value, scratch).size();
    return call.reply.integer(static_cast<std::int64_t>(size));
  }
  const std::uint64_t end = static_cast<std::uint64_t>(*offset) + bytes.size();
  if (!fits(call, end)) return;
  Text& text = as_text(found != nullptr ? *found : *call.insert(call.args[1]).first);
  text.write(static_cast<std::size_t>(*offset), bytes);
  call.reply.integer(static_cast<std::int64_t>(text.size()));
}

using namespace flag;

constexpr Command rows[] = {
    {"append", cmd_append, 3, filling | fast, 1, 1, 1},
    {"decr", cmd_decr, 2, filling | fast, 1, 1, 1},
    {"decrby", cmd_decrby, 3, filling | fast, 1, 1, 1},
    {"get", cmd_get, 2, readonly | fast, 1, 1, 1},
    {"getdel", cmd_getdel, 2, write | fast, 1, 1, 1},
    {"getex", cmd_getex, -2, write | fast, 1, 1, 1},
    {"getrange", cmd_getrange, 4, readonly, 1, 1, 1},
    {"getset", cmd_getset, 3, filling | fast, 1, 1, 1},
    {"incr", cmd_incr, 2, filling | fast, 1, 1, 1},
    {"incrby", cmd_incrby, 3, filling | fast, 1, 1, 1},
    {"mget", cmd_mget, -2, readonly | fast, 1, -1, 1, {}, Spread::values},
    {"mset", cmd_mset, -3, filling, 1, -1, 2},
    {"msetnx", cmd_msetnx, -3, filling, 1, -1, 2},
    {"psetex", cmd_psetex, 4, filling, 1, 1, 1},
    {"set", cmd_set, -3, filling, 1, 1, 1},
    {"setex", cmd_setex, 4, filling, 1, 1, 1},
    {"setnx", cmd_setnx, 3, filling | fast, 1, 1, 1},
    {"setrange", cmd_setrange, 4, filling, 1, 1, 1},
    {"strlen", cmd_strlen, 2, readonly | fast, 1, 1, 1},
    {"substr", cmd_getrange, 4, readonly, 1, 1, 1},
};

}  // namespace

std::span<const Command> string_commands() noexcept { return rows; }

}  // namespace respd
