// apps/respd/redis/subcommands.cpp: help, and the lack of a subcommand.
#include "redis/subcommands.hpp"

#include <string>

#include "redis/arguments.hpp"
#include "redis/words.hpp"

namespace respd {

void reply_help(Call& call, std::string_view name, std::initializer_list<std::string_view> lines) {
  call.reply.array(lines.size() + 3);
  call.reply.simple(
      std::string(name).append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
  for (const std::string_view line : lines) call.reply.simple(line);
  call.reply.simple("HELP");
  call.reply.simple("    Print this help.");
}

void needs_subcommand(Call& call) { wrong_arity(call, lower_case(call.args[0])); }

}  // namespace respd
