// core/ledger.hpp: the books on Rets: how many were made, answered, and still live, by site. Debug
// builds only.
//
// Every `Ret` is answered exactly once; a test proves it by asking that the ledger stands at zero
// when all is over. A site is the function that made the Ret, with its types. The books are kept by
// thread, since a Ret does not leave it.
#pragma once
#include <cstdint>
#include <string_view>
#include <troupe/base/platform.hpp>
#include <troupe/base/time.hpp>

namespace troupe {

/// Counts of the Rets that one thread has made. In release builds nothing is counted and all is
/// zero.
class Ledger {
 public:
  struct Row {
    const void* site = nullptr;  // identity only
    std::string_view name;       ///< what answers: a method, or the type of a function
    std::uint64_t made = 0, answered = 0;
    Instant since;  ///< by the runtime that ran then: when the first of those that live was made,
                    ///< or an earlier one
    bool any_runtime = false;  ///< its Rets run a function and belong to no runtime: `ret_do`
    std::uint64_t live() const noexcept { return made - answered; }
  };
  static constexpr bool enabled = TROUPE_DEBUG;
  /// The ledger of the calling thread.
  static Ledger& here() noexcept;
  std::uint64_t made() const noexcept { return made_; }
  std::uint64_t answered() const noexcept { return answered_; }
  std::uint64_t live() const noexcept { return made_ - answered_; }
  /// Those that live and belong to a runtime. Costs a walk through all sites.
  std::uint64_t live_of_runtimes() const noexcept;
  /// Calls f(const Row&) for each site that has made a Ret on this thread.
  template <class F> void each(F&& f) const {
    for (const Row& row : rows_)
      if (row.site) f(row);
  }
  void on_made(const void* site, std::string_view name) noexcept;
  void on_answered(const void* site) noexcept;

 private:
  static constexpr unsigned most_sites = enabled ? 1024 : 1;  // further sites share the totals only
  Row* row_of(const void* site) noexcept;
  Row rows_[most_sites];
  std::uint64_t made_ = 0, answered_ = 0;
};

namespace detail {
#if TROUPE_DEBUG
void ledger_made(const void* site, std::string_view name) noexcept;
void ledger_answered(const void* site) noexcept;
#else
inline void ledger_made(const void*, std::string_view) noexcept {}
inline void ledger_answered(const void*) noexcept {}
#endif
}  // namespace detail

}  // namespace troupe
