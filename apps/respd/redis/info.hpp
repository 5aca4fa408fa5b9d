// apps/respd/redis/info.hpp: what INFO tells.
#pragma once
#include <troupe/base/time.hpp>

#include <string>

#include "redis/args.hpp"
#include "redis/store.hpp"

namespace respd {

/// The text of INFO for these sections; for the usual ones when none is named.
[[nodiscard]] std::string info_text(const Store& store, Args sections, troupe::Instant now);

}  // namespace respd
