// apps/respd/redis/args.hpp: the shape in which a request travels from the parser to a command.
#pragma once
#include <span>
#include <string_view>

namespace respd {

/// The words of one request, the command's name first. They are views into the bytes that were
/// received: whoever needs one for longer than the call copies it.
using Args = std::span<const std::string_view>;

}  // namespace respd
