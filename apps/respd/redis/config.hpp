// apps/respd/redis/config.hpp: the parameters that CONFIG GET shows.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace respd {

/// Names and values, in the order of CONFIG GET. Begins with those that clients ask for before they
/// start work.
class Config {
 public:
  Config();
  /// Sets a parameter, or adds it.
  void set(std::string_view name, std::string_view value);
  /// All parameters.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const noexcept {
    return all_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace respd
