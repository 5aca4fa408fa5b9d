// apps/respd/redis/commands/key.cpp: keys whatever they hold: existence, names, walks.
#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/containers.hpp"
#include "redis/glob.hpp"
#include "redis/scan.hpp"
#include "redis/string_value.hpp"
#include "redis/subcommands.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

void erase_keys(Call& call) {
  std::int64_t erased = 0;
  for (const std::string_view key : call.args.subspan(1)) {
    if (Entry* const entry = call.find(key)) {
      call.store.keyspace.erase(*entry);
      ++erased;
    }
  }
  call.reply.integer(erased);
}

bool expired(const Call& call, const Entry& entry) {
  return call.store.keyspace.expiry(entry) < call.now_ms;
}

// Gives the value and expiry of `from` to the key `name` of database `db`, and removes `from`.
void move_entry(Call& call, Entry& from, std::size_t db, std::string_view name) {
  const UnixMs expiry = call.store.keyspace.expiry(from);
  const bool list = from.value.value.get<List>() != nullptr;
  Entry& to = *call.store.keyspace.insert(db, name, call.now_ms).first;
  call.store.keyspace.assign(to, std::move(from.value.value));
  call.store.keyspace.expire_at(to, expiry);
  call.store.keyspace.erase(from);
  if (list) call.store.watches.list_made(db, name);
}

void rename(Call& call, bool only_new) {
  Entry* const from = call.find(call.args[1]);
  if (from == nullptr) return call.reply.error(no_such_key);
  const bool same = call.args[1] == call.args[2];
  const bool taken = call.find(call.args[2]) != nullptr;
  if (only_new && taken) return call.reply.integer(0);
  if (!same) move_entry(call, *from, call.client.db, call.args[2]);
  if (only_new)
    call.reply.integer(1);
  else
    call.reply.ok();
}

struct CopyOptions {
  std::size_t db;
  bool replace = false;
};

std::optional<CopyOptions> copy_options(Call& call) {
  CopyOptions options{call.client.db};
  for (std::size_t at = 3; at < call.args.size(); ++at) {
    if (is_word(call.args[at], "replace")) {
      options.replace = true;
    } else if (is_word(call.args[at], "db") && at + 1 < call.args.size()) {
      const auto db = database_arg(call, call.args[++at]);
      if (!db) return std::nullopt;
      options.db = *db;
    } else {
      call.reply.error(syntax_error);
      return std::nullopt;
    }
  }
  return options;
}

bool flush_option_ok(Call& call) {
  if (call.args.size() == 1) return true;
  if (call.args.size() == 2 && (is_word(call.args[1], "async") || is_word(call.args[1], "sync")))
    return true;
  call.reply.error(syntax_error);
  return false;
}

std::string_view encoding(const Value& value) {
  constexpr std::size_t embedded = 44;
  std::optional<IntegerText> scratch;
  if (value.get<List>() != nullptr) return "quicklist";
  if (value.get<SortedSet>() != nullptr) return "skiplist";
  if (!value.is_string()) return "hashtable";
  const std::string_view text = string_bytes(value, scratch);
  if (parse_integer(text)) return "int";
  return text.size() <= embedded ? "embstr" : "raw";
}

void cmd_del(Call& call) { erase_keys(call); }
void cmd_unlink(Call& call) { erase_keys(call); }

void cmd_exists(Call& call) {
  std::int64_t found = 0;
  for (const std::string_view key : call.args.subspan(1))
    found += call.look_up(key) != nullptr ? 1 : 0;
  call.reply.integer(found);
}

void cmd_touch(Call& call) { cmd_exists(call); }

void cmd_type(Call& call) {
  Entry* const entry = call.look_up(call.args[1]);
  call.reply.simple(entry == nullptr ? "none" : entry->value.value.type_name());
}

void cmd_rename(Call& call) { rename(call, false); }
void cmd_renamenx(Call& call) { rename(call, true); }

void cmd_copy(Call& call) {
  const auto options = copy_options(call);
  if (!options) return;
  if (options->db == call.client.db && call.args[1] == call.args[2]) {
    return call.reply.error("ERR source and destination objects are the same");
  }
  Entry* const from = call.look_up(call.args[1]);
  if (from == nullptr) return call.reply.integer(0);
  const bool taken = call.store.keyspace.find(options->db, call.args[2], call.now_ms) != nullptr;
  if (taken && !options->replace) return call.reply.integer(0);
  Value copy = from->value.value.copy(call.store.options.seed);
  const bool list = copy.get<List>() != nullptr;
  Entry& to = *call.store.keyspace.insert(options->db, call.args[2], call.now_ms).first;
  call.store.keyspace.assign(to, std::move(copy));
  call.store.keyspace.expire_at(to, call.store.keyspace.expiry(*from));
  if (list) call.store.watches.list_made(options->db, call.args[2]);
  call.reply.integer(1);
}

void cmd_move(Call& call) {
  const auto db = database_arg(call, call.args[2]);
  if (!db) return;
  const std::size_t target = *db;
  if (target == call.client.db)
    return call.reply.error("ERR source and destination objects are the same");
  Entry* const from = call.find(call.args[1]);
  if (from == nullptr || call.store.keyspace.find(target, call.args[1], call.now_ms) != nullptr) {
    return call.reply.integer(0);
  }
  move_entry(call, *from, target, call.args[1]);
  call.reply.integer(1);
}

void cmd_swapdb(Call& call) {
  // Both are numbers before either is a database.
  const auto number = [&call](std::string_view text, std::string_view error) {
    return database_number_arg(call, text, error).has_value();
  };
  if (!number(call.args[1], "ERR invalid first DB index") ||
      !number(call.args[2], "ERR invalid second DB index"))
    return;
  const auto first = database_arg(call, call.args[1]);
  if (!first) return;
  const auto second = database_arg(call, call.args[2]);
  if (!second) return;
  call.store.keyspace.swap(*first, *second);
  call.store.watches.databases_swapped(call.store.keyspace, *first, *second, call.now_ms);
  call.reply.ok();
}

void cmd_randomkey(Call& call) {
  Keys& keys = call.store.keyspace.keys(call.client.db);
  while (Entry* const entry = keys.random(call.store.random)) {
    if (!expired(call, *entry)) return call.reply.bulk(entry->key());
    call.store.keyspace.erase(*entry);
  }
  call.reply.null();
}

void cmd_keys(Call& call) {
  std::vector<std::string_view> found;
  call.store.keyspace.keys(call.client.db).for_each([&](Entry& entry) {
    if (!expired(call, entry) && glob_match(call.args[1], entry.key()))
      found.push_back(entry.key());
  });
  call.reply.array(found.size());
  for (const std::string_view key : found) call.reply.bulk(key);
}

void cmd_scan(Call& call) {
  const auto cursor = cursor_arg(call, call.args[1]);
  if (!cursor) return;
  const auto options = scan_options(call, 2, true);
  if (!options) return;
  Keys& keys = call.store.keyspace.keys(call.client.db);
  std::vector<std::string_view> found;
  const std::uint64_t next = keys.scan(*cursor, options->count, [&](Entry& entry) {
    if (!expired(call, entry) && options->matches(entry.key()) &&
        (options->type.empty() || is_word(options->type, entry.value.value.type_name()))) {
      found.push_back(entry.key());
    }
  });
  reply_scan(call, next, found.size());
  for (const std::string_view key : found) call.reply.bulk(key);
}

void cmd_dbsize(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.store.keyspace.size(call.client.db)));
}

void cmd_flushdb(Call& call) {
  if (!flush_option_ok(call)) return;
  call.store.keyspace.clear(call.client.db);
  call.reply.ok();
}

void cmd_flushall(Call& call) {
  if (!flush_option_ok(call)) return;
  call.store.keyspace.clear();
  call.reply.ok();
}

void cmd_object_encoding(Call& call) {
  Entry* const entry = call.look_up(call.args[2]);
  if (entry == nullptr) return call.reply.null();
  call.reply.bulk(encoding(entry->value.value));
}

void cmd_object_refcount(Call& call) {
  if (call.look_up(call.args[2]) == nullptr) return call.reply.null();
  call.reply.integer(1);
}

void cmd_object_help(Call& call) {
  reply_help(call, "OBJECT",
             {"ENCODING <key>",
              "    Return the kind of internal representation used in order to store the value.",
              "REFCOUNT <key>", "    Return the number of references of the value: always 1."});
}

using namespace flag;

constexpr Command object_commands[] = {
    {"object|encoding", cmd_object_encoding, 3, readonly, 2, 2, 1},
    {"object|help", cmd_object_help, 2, telling},
    {"object|refcount", cmd_object_refcount, 3, readonly, 2, 2, 1},
};

constexpr Command rows[] = {
    {"copy", cmd_copy, -3, filling, 1, 2, 1},
    {"dbsize", cmd_dbsize, 1, readonly | fast, 0, 0, 0, {}, Spread::sum},
    {"del", cmd_del, -2, write, 1, -1, 1, {}, Spread::sum},
    {"exists", cmd_exists, -2, readonly | fast, 1, -1, 1, {}, Spread::sum},
    {"flushall", cmd_flushall, -1, write, 0, 0, 0, {}, Spread::alike},
    {"flushdb", cmd_flushdb, -1, write, 0, 0, 0, {}, Spread::alike},
    {"keys", cmd_keys, 2, readonly, 0, 0, 0, {}, Spread::keys},
    {"move", cmd_move, 3, write | fast, 1, 1, 1},
    {"object", needs_subcommand, -2, 0, 0, 0, 0, object_commands},
    {"randomkey", cmd_randomkey, 1, readonly, 0, 0, 0, {}, Spread::random_key},
    {"rename", cmd_rename, 3, write, 1, 2, 1},
    {"renamenx", cmd_renamenx, 3, write | fast, 1, 2, 1},
    {"scan", cmd_scan, -2, readonly, 0, 0, 0, {}, Spread::scan},
    {"swapdb", cmd_swapdb, 3, write | fast, 0, 0, 0, {}, Spread::alike},
    {"touch", cmd_touch, -2, readonly | fast, 1, -1, 1, {}, Spread::sum},
    {"type", cmd_type, 2, readonly | fast, 1, 1, 1},
    {"unlink", cmd_unlink, -2, write | fast, 1, -1, 1, {}, Spread::sum},
};

}  // namespace

std::span<const Command> key_commands() noexcept { return rows; }

}  // namespace respd
