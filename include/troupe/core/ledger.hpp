// core/ledger.hpp: the books on Rets: how many were made, answered, and still live, by site. Debug
// builds only.
//
// Every `Ret` is answered exactly once; a test proves it by asking that the ledger stands at zero
// when all is over. A site is the function that made the Ret, with its types. The books are kept by
// thread, since a Ret does not leave it; of those that live they tell also whose they are.
#pragma once
#include <cstdint>
#include <string_view>
#include <troupe/base/platform.hpp>
#include <troupe/base/time.hpp>

namespace troupe {

namespace detail {
struct Kernel;
/// The site of Rets that room `thread` makes of calls from other runtimes.
inline constexpr std::string_view far_site = "a Ret of another runtime";
}  // namespace detail

/// Counts of the Rets that one thread has made. In release builds nothing is counted and all is
/// zero.
class Ledger {
 public:
  struct Row {
    const void* site = nullptr;  // identity only
    std::string_view name;       ///< what answers: a method, or the type of a function
    std::uint64_t made = 0, answered = 0;
    bool far = false;          ///< its Rets are answers to other runtimes: `far_site`
    bool any_runtime = false;  ///< its Rets run a function and belong to no runtime: `ret_do`
    std::uint64_t live() const noexcept { return made - answered; }
  };
  /// Those of one site and one runtime that live.
  struct Open {
    const void* site = nullptr;               // identity only
    const detail::Kernel* runtime = nullptr;  ///< whose they are: of Rets that run a function, the
                                              ///< one that ran when they were made. Null: none
                                              ///< ran, or it has ended
    std::uint64_t live = 0;
    Instant since;  ///< by that runtime: when the first of them was made, or an earlier one
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
  /// Calls f(const Row&, const Open&) for the Rets that live, by site and runtime. A Ret of a
  /// function that is answered in a turn of another runtime than it was made in may be taken for
  /// one of that runtime.
  template <class F> void each_open(F&& f) const {
    for (const Open& open : open_)
      if (open.live != 0)
        if (const Row* row = row_of(open.site)) f(*row, open);
  }
  /// What is told of that site; null where it has made none.
  const Row* row_of(const void* site) const noexcept;
  void on_made(const void* site, std::string_view name, const detail::Kernel* whose) noexcept;
  void on_answered(const void* site, const detail::Kernel* whose) noexcept;
  /// What still lives is of no runtime.
  void on_end(const detail::Kernel& runtime) noexcept;

 private:
  static constexpr unsigned most_sites = enabled ? 1024 : 1;  // further sites share the totals only
  static unsigned place_of(const void* site) noexcept;
  Row* find_row(const void* site) noexcept;
  Open* find_open(const void* site, const detail::Kernel* whose) noexcept;
  Open* open_to_answer(const void* site, const detail::Kernel* whose) noexcept;
  void add_open(const Open& more) noexcept;
  void remove_open(Open& gone) noexcept;
  Row rows_[most_sites];
  Open open_[most_sites];  // by the site's place; no gap between that and where an entry stands
  std::uint64_t made_ = 0, answered_ = 0;
};

namespace detail {
void ledger_made(const void* site, std::string_view name, const Kernel* whose) noexcept;
void ledger_answered(const void* site, const Kernel* whose) noexcept;
}  // namespace detail

}  // namespace troupe
