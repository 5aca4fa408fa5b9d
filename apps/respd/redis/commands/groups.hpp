// apps/respd/redis/commands/groups.hpp: all commands, as the files of this folder declare them.
#pragma once
#include <span>

#include "redis/command.hpp"

namespace respd {

std::span<const Command> connection_commands() noexcept;
std::span<const Command> expiry_commands() noexcept;
std::span<const Command> hash_commands() noexcept;
std::span<const Command> key_commands() noexcept;
std::span<const Command> list_commands() noexcept;
std::span<const Command> pubsub_commands() noexcept;
std::span<const Command> server_commands() noexcept;
std::span<const Command> set_commands() noexcept;
std::span<const Command> string_commands() noexcept;
std::span<const Command> zset_commands() noexcept;

}  // namespace respd
