// apps/respd/redis/commands_server.cpp: the connection, what the server tells about itself, publish
// and subscribe.
#include <algorithm>
#include <initializer_list>

#include "redis/glob.hpp"
#include "redis/handlers.hpp"

namespace respd {

namespace {

constexpr std::string_view wrong_password =
    "WRONGPASS invalid username-password pair or user is disabled.";

// Compares in a time that tells nothing about where two strings differ.
bool same_secret(std::string_view given, std::string_view secret) {
  unsigned different = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const char other = secret.empty() ? '\0' : secret[i % secret.size()];
    different |= static_cast<unsigned char>(given[i] ^ other);
  }
  return different == 0;
}

bool login(Call& call, std::string_view user, std::string_view password) {
  const std::string& secret = call.store.options().password;
  const bool ok = user == "default" && (secret.empty() || same_secret(password, secret));
  if (ok)
    call.client.authenticated = true;
  else
    call.reply.error(wrong_password);
  return ok;
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

bool set_name(Call& call, std::string_view name) {
  if (!printable(name)) {
    call.reply.error("ERR Client names cannot contain spaces, newlines or special characters.");
    return false;
  }
  call.client.name.assign(name);
  return true;
}

void reply_help(Call& call, std::string_view name, std::initializer_list<std::string_view> lines) {
  call.reply.array(lines.size() + 3);
  call.reply.simple(
      std::string(name).append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
  for (const std::string_view line : lines) call.reply.simple(line);
  call.reply.simple("HELP");
  call.reply.simple("    Print this help.");
}

// The options of HELLO behind the version; false after an error answer.
bool hello_options(Call& call) {
  for (std::size_t at = 2; at < call.args.size(); ++at) {
    const std::size_t more = call.args.size() - at - 1;
    if (is_word(call.args[at], "auth") && more >= 2) {
      if (!login(call, call.args[at + 1], call.args[at + 2])) return false;
      at += 2;
    } else if (is_word(call.args[at], "setname") && more >= 1) {
      if (!set_name(call, call.args[++at])) return false;
    } else {
      call.reply.error(
          std::string("ERR Syntax error in HELLO option '").append(call.args[at]).append("'"));
      return false;
    }
  }
  return true;
}

// What HELLO answers, in the protocol that it has chosen.
void greet(const Call& call, Reply reply) {
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(call.store.options().version);
  reply.bulk("proto");
  reply.integer(reply.resp3() ? 3 : 2);
  reply.bulk("id");
  reply.integer(static_cast<std::int64_t>(call.client.id));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

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

void hand_over(Call& call, Action action) { call.outcome.action = action; }

}  // namespace

std::string describe(const Client& client, troupe::Instant now) {
  const auto seconds = [now](troupe::Instant then) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - then).count());
  };
  std::string text = "id=" + std::to_string(client.id);
  text += " addr=" + client.address + " laddr=" + client.local_address + " name=" + client.name;
  text += " age=" + seconds(client.connected) + " idle=" + seconds(client.last_command);
  std::string flags;
  if (client.channels + client.patterns != 0) flags += 'P';
  if (client.waiting) flags += 'b';
  text += " flags=" + (flags.empty() ? "N" : flags);
  text += " db=" + std::to_string(client.db) + " sub=" + std::to_string(client.channels);
  text +=
      " psub=" + std::to_string(client.patterns) + " multi=-1 cmd=" + std::string(client.command);
  text += " user=default resp=" + std::to_string(client.protocol);
  return text + " lib-name=" + client.library + " lib-ver=" + client.library_version;
}

void cmd_ping(Call& call) {
  if (call.args.size() > 2) return wrong_arity(call, "ping");
  if (call.client.held_to_subscriptions()) {
    call.reply.array(2);
    call.reply.bulk("pong");
    call.reply.bulk(call.args.size() == 2 ? call.args[1] : std::string_view());
  } else if (call.args.size() == 2) {
    call.reply.bulk(call.args[1]);
  } else {
    call.reply.simple("PONG");
  }
}

void cmd_echo(Call& call) { call.reply.bulk(call.args[1]); }

void cmd_quit(Call& call) {
  call.reply.ok();
  hand_over(call, Action::quit);
}

void cmd_reset(Call& call) {
  Client& client = call.client;
  client.db = 0;
  client.protocol = 2;
  client.name.clear();
  client.authenticated = false;
  call.reply.simple("RESET");
  hand_over(call, Action::reset);
}

void cmd_select(Call& call) {
  // Redis tells a number that is too large from what is no number here, and here only.
  const bool number = parse_integer(call.args[1]).has_value();
  const auto db = database_arg(
      call, call.args[1],
      number ? "ERR value is out of range, value must between -2147483648 and 2147483647"
             : not_an_integer);
  if (!db) return;
  call.client.db = static_cast<std::uint8_t>(*db);
  call.reply.ok();
}

void cmd_auth(Call& call) {
  if (call.args.size() > 3) return call.reply.error(syntax_error);
  if (call.args.size() == 2 && call.store.options().password.empty()) {
    return call.reply.error(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your "
        "configuration is correct?");
  }
  if (login(call, call.args.size() == 3 ? call.args[1] : "default", call.args.back()))
    call.reply.ok();
}

void cmd_hello(Call& call) {
  std::uint8_t protocol = call.client.protocol;
  if (call.args.size() > 1) {
    const auto version =
        integer_arg(call, call.args[1], "ERR Protocol version is not an integer or out of range");
    if (!version) return;
    if (*version < 2 || *version > 3)
      return call.reply.error("NOPROTO unsupported protocol version");
    protocol = static_cast<std::uint8_t>(*version);
    if (!hello_options(call)) return;
  }
  if (call.store.wants_login(call.client)) {
    return call.reply.error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
        "AUTH <user> <pass> "
        "option can be used to authenticate the client and select the RESP protocol version at the "
        "same time");
  }
  call.client.protocol = protocol;
  greet(call, Reply(call.reply.out(), protocol));
}

void cmd_time(Call& call) {
  const std::int64_t us = call.store.unix_us(call.now);
  call.reply.array(2);
  call.reply.bulk_integer(us / 1'000'000);
  call.reply.bulk_integer(us % 1'000'000);
}

void cmd_client_id(Call& call) { call.reply.integer(static_cast<std::int64_t>(call.client.id)); }

void cmd_client_getname(Call& call) {
  if (call.client.name.empty())
    call.reply.null();
  else
    call.reply.bulk(call.client.name);
}

void cmd_client_setname(Call& call) {
  if (set_name(call, call.args[2])) call.reply.ok();
}

void cmd_client_setinfo(Call& call) {
  const std::string_view option = call.args[2];
  std::string* const field = is_word(option, "lib-name")  ? &call.client.library
                             : is_word(option, "lib-ver") ? &call.client.library_version
                                                          : nullptr;
  if (field == nullptr) {
    return call.reply.error(std::string("ERR Unrecognized option '").append(option).append("'"));
  }
  if (!printable(call.args[3])) {
    return call.reply.error(std::string("ERR ").append(option).append(
        " cannot contain spaces, newlines or special characters."));
  }
  field->assign(call.args[3]);
  call.reply.ok();
}

void cmd_client_info(Call& call) { call.reply.verbatim(describe(call.client, call.now) + "\n"); }

void cmd_client_list(Call& call) {
  if (call.args.size() > 2) return call.reply.error(syntax_error);
  hand_over(call, Action::client_list);
}

void cmd_client_no_evict(Call& call) {
  if (is_word(call.args[2], "on") || is_word(call.args[2], "off"))
    call.reply.ok();
  else
    call.reply.error(syntax_error);
}

void cmd_client_help(Call& call) {
  reply_help(call, "CLIENT",
             {"GETNAME", "    Return the name of the current connection.", "ID",
              "    Return the ID of the current connection.", "INFO",
              "    Return information about the current client connection.", "LIST",
              "    Return information about client connections.", "NO-EVICT (ON|OFF)",
              "    Accepted; no client is ever evicted.", "SETINFO (LIB-NAME|LIB-VER) <value>",
              "    Tell what library the client uses.", "SETNAME <name>",
              "    Assign the name <name> to the current connection."});
}

void cmd_command(Call& call) {
  call.reply.array(all_commands().size());
  for (const Command& command : all_commands()) describe_command(call, command);
}

void cmd_command_count(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(all_commands().size()));
}

void cmd_command_docs(Call& call) { call.reply.map(0); }

void cmd_command_info(Call& call) {
  if (call.args.size() == 2) return cmd_command(call);
  call.reply.array(call.args.size() - 2);
  for (const std::string_view name : call.args.subspan(2)) {
    if (const Command* const command = CommandIndex::shared().find(name))
      describe_command(call, *command);
    else
      call.reply.null();
  }
}

void cmd_command_list(Call& call) {
  if (call.args.size() > 2) return call.reply.error(syntax_error);
  call.reply.array(all_commands().size());
  for (const Command& command : all_commands()) call.reply.bulk(command.name);
}

void cmd_command_help(Call& call) {
  reply_help(
      call, "COMMAND",
      {"(no subcommand)", "    Return details about all commands.", "COUNT",
       "    Return the total number of commands in this server.", "DOCS",
       "    Accepted; there is no documentation in this server.", "INFO [<command-name> ...]",
       "    Return details about commands.", "LIST", "    Return the names of all commands."});
}

void cmd_config_get(Call& call) {
  std::vector<std::pair<std::string_view, std::string_view>> found;
  const Args patterns = call.args.subspan(2);
  for (const auto& parameter : call.store.config()) {
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
      std::any_of(call.store.config().begin(), call.store.config().end(),
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
  call.store.reset_counts();
  call.reply.ok();
}

void cmd_config_help(Call& call) {
  reply_help(
      call, "CONFIG",
      {"GET <pattern>", "    Return parameters matching the glob-like <pattern> and their values.",
       "SET <directive> <value>", "    Refused: parameters are set on the command line.",
       "RESETSTAT", "    Reset statistics reported by the INFO command."});
}

void cmd_info(Call& call) { call.reply.verbatim(call.store.info(call.args.subspan(1), call.now)); }

void cmd_subscribe(Call& call) { hand_over(call, Action::subscribe); }
void cmd_unsubscribe(Call& call) { hand_over(call, Action::unsubscribe); }
void cmd_psubscribe(Call& call) { hand_over(call, Action::psubscribe); }
void cmd_punsubscribe(Call& call) { hand_over(call, Action::punsubscribe); }
void cmd_publish(Call& call) { hand_over(call, Action::publish); }
void cmd_pubsub_numsub(Call& call) { hand_over(call, Action::numsub); }
void cmd_pubsub_numpat(Call& call) { hand_over(call, Action::numpat); }

void cmd_pubsub_channels(Call& call) {
  if (call.args.size() > 3) {
    return call.reply.error(std::string("ERR unknown subcommand or wrong number of arguments for '")
                                .append(call.args[1])
                                .append("'. Try PUBSUB HELP."));
  }
  hand_over(call, Action::channels);
}

void cmd_pubsub_help(Call& call) {
  reply_help(call, "PUBSUB",
             {"CHANNELS [<pattern>]",
              "    Return the currently active channels matching a <pattern> (default: '*').",
              "NUMPAT", "    Return number of subscriptions to patterns.", "NUMSUB [<channel> ...]",
              "    Return the number of subscribers for the specified channels."});
}

void cmd_object_help(Call& call) {
  reply_help(call, "OBJECT",
             {"ENCODING <key>",
              "    Return the kind of internal representation used in order to store the value.",
              "REFCOUNT <key>", "    Return the number of references of the value: always 1."});
}

void cmd_container(Call& call) { wrong_arity(call, lower_case(call.args[0])); }

}  // namespace respd
