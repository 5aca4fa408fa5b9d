// apps/respd/redis/commands/connection.cpp: what a client says about itself and its connection.
#include <algorithm>
#include <cstdint>
#include <string>

#include "redis/arguments.hpp"
#include "redis/client.hpp"
#include "redis/commands/groups.hpp"
#include "redis/subcommands.hpp"
#include "redis/words.hpp"

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
  const std::string& secret = call.store.options.password;
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
  reply.bulk(call.store.options.version);
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
  call.outcome.after = After::close;
}

void cmd_reset(Call& call) {
  Client& client = call.client;
  client.db = 0;
  client.protocol = 2;
  client.name.clear();
  client.authenticated = false;
  for (const Topic kind : {Topic::channel, Topic::pattern})
    for (const std::string& name : call.others.subscriptions(kind))
      call.others.unsubscribe(kind, name);
  call.reply.simple("RESET");
}

void cmd_select(Call& call) {
  const auto db = database_arg(call, call.args[1]);
  if (!db) return;
  call.client.db = static_cast<std::uint8_t>(*db);
  call.reply.ok();
}

void cmd_auth(Call& call) {
  if (call.args.size() > 3) return call.reply.error(syntax_error);
  if (call.args.size() == 2 && call.store.options.password.empty()) {
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
  call.reply.verbatim(call.others.list());
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

using namespace flag;

constexpr Command client_commands[] = {
    {"client|getname", cmd_client_getname, 2, connection & ~fast},
    {"client|help", cmd_client_help, 2, telling},
    {"client|id", cmd_client_id, 2, connection & ~fast},
    {"client|info", cmd_client_info, 2, connection & ~fast},
    {"client|list", cmd_client_list, -2, admin | noscript | telling, 0, 0, 0, {}, Spread::lines},
    {"client|no-evict", cmd_client_no_evict, 3, admin | noscript | telling},
    {"client|setinfo", cmd_client_setinfo, 4, connection & ~fast},
    {"client|setname", cmd_client_setname, 3, connection & ~fast},
};

constexpr Command rows[] = {
    {"auth", cmd_auth, -2, connection | no_auth},
    {"client", needs_subcommand, -2, 0, 0, 0, 0, client_commands},
    {"echo", cmd_echo, 2, loading | stale | fast},
    {"hello", cmd_hello, -1, connection | no_auth},
    {"ping", cmd_ping, -1, fast | when_subscribed},
    {"quit", cmd_quit, -1, connection | no_auth | when_subscribed, 0, 0, 0, {}, Spread::alone},
    {"reset", cmd_reset, 1, connection | no_auth | when_subscribed, 0, 0, 0, {}, Spread::alone},
    {"select", cmd_select, 2, loading | stale | fast},
};

}  // namespace

std::span<const Command> connection_commands() noexcept { return rows; }

}  // namespace respd
