// core/kept_core.hpp: a core that stays in memory for those who may outlive its runtime. (internal)
#pragma once
#include <troupe/core/life.hpp>

namespace troupe::detail {

// Counts as one who still needs the core. Not copyable: whoever needs another says so.
class KeptCore {
 public:
  explicit KeptCore(Core& core) noexcept : core_(core) { Access::keep(core_); }
  KeptCore(const KeptCore&) = delete;
  ~KeptCore() { Access::unkeep(core_); }
  /// Whether anything that is queued will still run.
  bool is_alive() const noexcept { return !Access::ending(core_); }
  Core& operator*() const noexcept { return core_; }

 private:
  Core& core_;
};

}  // namespace troupe::detail
