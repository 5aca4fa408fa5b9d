// apps/respd/redis/commands/server.cpp: what the server tells about itself.
#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "redis/arguments.hpp"
#include "redis/command_table.hpp"
#include "redis/commands/groups.hpp"
#include "redis/glob.hpp"
#include "redis/info.hpp"
#include "redis/subcommands.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

void describe_command(Call& call, const Command& command) {
  constexpr std::pair<std::uint16_t, std::string_view> names[] = {
      {flag::write, "write"},       {flag::readonly, "readonly"}, {flag::denyoom, "denyoom"},
      {flag::admin, "admin"},       {flag::pubsub, "pubsub"},     {flag::noscript, "noscript"},
      {flag::blocking, "blocking"}, {flag::loading, "loading"},   {flag::stale, "stale"},
      {flag::fast, "fast"},         {flag::no_auth, "no_auth"}};
  Reply& reply = call.reply;
  reply.array(10);
  reply.bulk(command.name);
  reply.integer(command.arity);
  const auto set = [&command](const auto& name) { return (command.flags & name.first) != 0; };
  reply.set(static_cast<std::size_t>(std::count_if(std::begin(names), std::end(names), set)));
  for (const auto& name : names) {
    if (set(name)) reply.simple(name.second);
  }
  reply.integer(command.first_key);
  reply.integer(command.last_key);
  reply.integer(command.key_step);
  reply.set(0);    // access categories
  reply.array(0);  // tips
  reply.array(0);  // key specifications
  reply.array(command.subcommands.size());
  for (const Command& sub : command.subcommands) describe_command(call, sub);
}

void cmd_time(Call& call) {
  const std::int64_t us = call.store.clock.unix_us(call.now);
  call.reply.array(2);
  call.reply.bulk_integer(us / 1'000'000);
  call.reply.bulk_integer(us % 1'000'000);
}

void cmd_command(Call& call) {
  call.reply.array(call.commands.all().size());
  for (const Command& command : call.commands.all()) describe_command(call, command);
}

void cmd_command_count(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.commands.all().size()));
}

void cmd_command_docs(Call& call) { call.reply.map(0); }

void cmd_command_info(Call& call) {
  if (call.args.size() == 2) return cmd_command(call);
  call.reply.array(call.args.size() - 2);
  for (const std::string_view name : call.args.subspan(2)) {
    if (const Command* const command = call.commands.find_full(name))
      describe_command(call, *command);
    else
      call.reply.null();
  }
}

// The names of those that `wanted` keeps, subcommands behind their commands.
template <class Wanted>
void reply_names(Call& call, std::span<const Command> commands, Wanted wanted) {
  std::vector<std::string_view> names;
  const auto add = [&](const Command& command) {
    if (wanted(command)) names.push_back(command.name);
  };
  for (const Command& command : commands) {
    add(command);
    for (const Command& sub : command.subcommands) add(sub);
  }
  call.reply.array(names.size());
  for (const std::string_view name : names) call.reply.bulk(name);
}

void cmd_command_list(Call& call) {
  const std::span<const Command> all = call.commands.all();
  if (call.args.size() == 2) return reply_names(call, all, [](const Command&) { return true; });
  if (call.args.size() != 5 || !is_word(call.args[2], "filterby"))
    return call.reply.error(syntax_error);
  const std::string_view filter = call.args[4];
  // There are neither modules nor access categories here.
  if (is_word(call.args[3], "module") || is_word(call.args[3], "aclcat"))
    return call.reply.array(0);
  if (!is_word(call.args[3], "pattern")) return call.reply.error(syntax_error);
  reply_names(call, all,
              [&](const Command& command) { return glob_match(filter, command.name, true); });
}

void cmd_command_help(Call& call) {
  reply_help(
      call, "COMMAND",
      {"(no subcommand)", "    Return details about all commands.", "COUNT",
       "    Return the total number of commands in this server.", "DOCS",
       "    Accepted; there is no documentation in this server.", "INFO [<command-name> ...]",
       "    Return details about commands.", "LIST [FILTERBY (MODULE|ACLCAT|PATTERN) <filter>]",
       "    Return the names of commands."});
}

void cmd_config_get(Call& call) {
  std::vector<std::pair<std::string_view, std::string_view>> found;
  const Args patterns = call.args.subspan(2);
  for (const auto& parameter : call.store.config.all()) {
    const auto matches = [&](std::string_view pattern) {
      return glob_match(pattern, parameter.first, true);
    };
    const auto matching = std::find_if(patterns.begin(), patterns.end(), matches);
    if (matching == patterns.end()) continue;
    // A name that was asked for in full is answered in the case in which it was asked for.
    const bool in_full = matching->find_first_of("*?[") == std::string_view::npos;
    found.emplace_back(in_full ? *matching : std::string_view(parameter.first), parameter.second);
  }
  call.reply.map(found.size());
  for (const auto& [name, value] : found) {
    call.reply.bulk(name);
    call.reply.bulk(value);
  }
}

void cmd_config_set(Call& call) {
  // Parameters are flags of the server's command line; from inside they do not change.
  if (call.args.size() % 2 != 0) return call.reply.error(syntax_error);
  const std::string_view name = call.args[2];
  const bool known =
      std::any_of(call.store.config.all().begin(), call.store.config.all().end(),
                  [&](const auto& parameter) { return is_word(name, parameter.first); });
  if (known) {
    return call.reply.error(std::string("ERR CONFIG SET failed (possibly related to argument '")
                                .append(name)
                                .append("') - can't set immutable config"));
  }
  call.reply.error(std::string("ERR Unknown option or number of arguments for CONFIG SET - '")
                       .append(name)
                       .append("'"));
}

void cmd_config_resetstat(Call& call) {
  call.store.figures.reset();
  call.store.keyspace.reset_expired();
  call.reply.ok();
}

void cmd_config_help(Call& call) {
  reply_help(
      call, "CONFIG",
      {"GET <pattern>", "    Return parameters matching the glob-like <pattern> and their values.",
       "SET <directive> <value>", "    Refused: parameters are set on the command line.",
       "RESETSTAT", "    Reset statistics reported by the INFO command."});
}

void cmd_info(Call& call) {
  call.reply.verbatim(
      info_text(call.store, info_figures(call.store), call.args.subspan(1), call.now));
}

using namespace flag;

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
    {"config|resetstat",
     cmd_config_resetstat,
     2,
     admin | noscript | telling,
     0,
     0,
     0,
     {},
     Spread::alike},
    {"config|set", cmd_config_set, -4, admin | noscript | telling},
};

constexpr Command rows[] = {
    {"command", cmd_command, -1, telling, 0, 0, 0, command_commands},
    {"config", needs_subcommand, -2, 0, 0, 0, 0, config_commands},
    {"info", cmd_info, -1, telling, 0, 0, 0, {}, Spread::figures},
    {"time", cmd_time, 1, loading | stale | fast},
};

}  // namespace

std::span<const Command> server_commands() noexcept { return rows; }

}  // namespace respd
