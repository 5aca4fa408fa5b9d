// apps/respd/redis/config.cpp: what a server tells of itself where nobody has set it.
#include "redis/config.hpp"

namespace respd {

Config::Config()
    : all_{{"appendonly", "no"},
           {"appendfsync", "everysec"},
           {"bind", "127.0.0.1"},
           {"databases", "16"},
           {"maxclients", "10000"},
           {"maxmemory", "0"},
           {"save", ""},
           {"maxmemory-policy", "noeviction"},
           {"port", "6379"},
           {"protected-mode", "no"},
           {"proto-max-bulk-len", "536870912"},
           {"requirepass", ""},
           {"tcp-keepalive", "0"},
           {"timeout", "0"}} {}

void Config::set(std::string_view name, std::string_view value) {
  for (auto& [known, held] : all_) {
    if (known == name) return void(held.assign(value));
  }
  all_.emplace_back(name, value);
}

}  // namespace respd
