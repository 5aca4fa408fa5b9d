// core/kept_core.hpp: a core that stays in memory for those who may outlive its runtime. (internal)
#pragma once
#include <troupe/core/core.hpp>

namespace troupe::detail {

// Counts as one who still needs the core. Not copyable: whoever needs another says so.
class KeptCore {
 public:
  explicit KeptCore(Core& core) noexcept : core_(core) { kernel_of(core_).retain(); }
  KeptCore(const KeptCore&) = delete;
  ~KeptCore() { kernel_of(core_).release(); }
  /// Whether anything that is queued will still run.
  bool is_alive() const noexcept { return !kernel_of(core_).is_ending(); }
  Core& operator*() const noexcept { return core_; }

 private:
  Core& core_;
};

}  // namespace troupe::detail
