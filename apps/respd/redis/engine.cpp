// apps/respd/redis/engine.cpp: runs requests: finds the command, checks the call, keeps count.
#include "redis/engine.hpp"

#include <algorithm>
#include <string>

#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/errors.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

const CommandTable& all_commands() {
  static const CommandTable table{connection_commands(), expiry_commands(), hash_commands(),
                                  key_commands(),        list_commands(),   pubsub_commands(),
                                  server_commands(),     set_commands(),    string_commands(),
                                  zset_commands()};
  return table;
}

// What a request quotes in an error: as a C string of at most `most` bytes.
std::string_view quoted(std::string_view text, std::size_t most) {
  return text.substr(0, std::min(most, text.find('\0')));
}

void unknown_command(Call& call) {
  constexpr std::size_t preview = 128;
  std::string rest;
  for (const std::string_view word : call.args.subspan(1)) {
    if (rest.size() >= preview) break;
    const std::string_view shown = quoted(word, preview - rest.size());
    rest.append("'").append(shown).append("' ");
  }
  std::string text("ERR unknown command '");
  call.reply.error(text.append(quoted(call.args[0], preview))
                       .append("', with args beginning with: ")
                       .append(rest));
}

// A page of the web can make a browser send a request here whose body holds commands. It begins
// with one of these.
bool speaks_http(std::string_view word) { return is_word(word, "post") || is_word(word, "host:"); }

void unknown_subcommand(Call& call) {
  constexpr std::size_t preview = 128;
  std::string text("ERR unknown subcommand '");
  text.append(quoted(call.args[1], preview))
      .append("'. Try ")
      .append(upper_case(call.args[0]))
      .append(" HELP.");
  call.reply.error(text);
}

bool arity_ok(const Command& command, std::size_t words) {
  return command.arity >= 0 ? words == static_cast<std::size_t>(command.arity)
                            : words >= static_cast<std::size_t>(-command.arity);
}

// The command or subcommand that a request means; null after an error answer.
const Command* resolve(Call& call) {
  const Command* command = call.commands.find(call.args[0]);
  if (command == nullptr) {
    if (speaks_http(call.args[0]))
      call.outcome.after = After::abandon;
    else
      unknown_command(call);
    return nullptr;
  }
  if (!command->subcommands.empty() && call.args.size() > 1) {
    command = CommandTable::find_subcommand(*command, call.args[1]);
    if (command == nullptr) {
      unknown_subcommand(call);
      return nullptr;
    }
  }
  if (arity_ok(*command, call.args.size())) [[likely]]
    return command;
  wrong_arity(call, command->name);
  return nullptr;
}

bool needs_login(const Store& store, const Client& client, const Command& command) {
  return store.wants_login(client) && (command.flags & flag::no_auth) == 0;
}
bool is_held_back(const Client& client, const Command& command) {
  return client.held_to_subscriptions() && (command.flags & flag::when_subscribed) == 0;
}

// Whether the client may run the command in the state it is in; answers an error otherwise.
bool admitted(Call& call, const Command& command) {
  if (needs_login(call.store, call.client, command)) {
    call.reply.error("NOAUTH Authentication required.");
    return false;
  }
  if (is_held_back(call.client, command)) {
    std::string text("ERR Can't execute '");
    text.append(command.name);
    call.reply.error(text.append(
        "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
        "context"));
    return false;
  }
  return true;
}

// What the command has done to the data stays done.
void refuse_answer(Call& call, std::size_t answer) {
  std::string& out = call.reply.out();
  out.resize(answer);
  out.shrink_to_fit();
  call.reply.error(too_large_answer);
  call.outcome.after = After::refuse;
}

}  // namespace

Engine::Engine(StoreOptions options) : store_(std::move(options)), commands_(all_commands()) {}

const Command* Engine::command_of(const Client& client, Args args) const noexcept {
  const Command* command = commands_.find(args[0]);
  if (command != nullptr && !command->subcommands.empty() && args.size() > 1)
    command = CommandTable::find_subcommand(*command, args[1]);
  if (command == nullptr || !arity_ok(*command, args.size()) ||
      needs_login(store_, client, *command) || is_held_back(client, *command))
    return nullptr;
  return command;
}

Outcome Engine::execute(Client& client, Others& others, Args args, troupe::Instant now,
                        std::string& out) {
  client.last_command = now;
  const std::size_t answer = out.size();
  Call call{commands_,
            store_,
            others,
            client,
            args,
            now,
            store_.clock.unix_ms(now),
            Reply(out, client.protocol, store_.options.max_answer)};
  if (const Command* const command = resolve(call); command != nullptr && admitted(call, *command))
      [[likely]] {
    client.command = command->name;
    command->handler(call);
    ++store_.figures.commands;
    if (call.reply.is_too_large()) [[unlikely]]
      refuse_answer(call, answer);
  }
  if (out.size() > answer && out[answer] == '-') ++store_.figures.errors;
  return call.outcome;
}

}  // namespace respd
