// apps/respd/redis/subcommands.hpp: what commands that have subcommands share.
#pragma once
#include <initializer_list>
#include <string_view>

#include "redis/command.hpp"

namespace respd {

/// Answers "NAME HELP" with these lines, and those that all have.
void reply_help(Call& call, std::string_view name, std::initializer_list<std::string_view> lines);
/// The handler of a command that is nothing without a subcommand.
void needs_subcommand(Call& call);

}  // namespace respd
