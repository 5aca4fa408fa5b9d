// core/ledger.cpp: a small hash table of sites, one a thread.
#include <troupe/core/core.hpp>
#include <troupe/core/ledger.hpp>

namespace troupe {

Ledger& Ledger::here() noexcept {
  static thread_local Ledger ledger;
  return ledger;
}

Ledger::Row* Ledger::row_of(const void* site) noexcept {
  auto at = (reinterpret_cast<std::uintptr_t>(site) >> 4) * 0x9E3779B97F4A7C15u;
  for (unsigned tried = 0; tried < most_sites; ++tried) {
    Row& row = rows_[(at + tried) % most_sites];
    if (row.site == site || !row.site) return &row;
  }
  return nullptr;
}

void Ledger::on_made(const void* site, std::string_view name) noexcept {
  ++made_;
  if (Row* row = row_of(site)) {
    row->site = site;
    row->name = name;
    if (row->live() == 0)
      if (const Core* core = Core::current()) row->since = core->now();
    ++row->made;
  }
}

void Ledger::on_answered(const void* site) noexcept {
  ++answered_;
  if (Row* row = row_of(site); row && row->site) ++row->answered;
}

#if TROUPE_DEBUG
namespace detail {
void ledger_made(const void* site, std::string_view name) noexcept { Ledger::here().on_made(site, name); }
void ledger_answered(const void* site) noexcept { Ledger::here().on_answered(site); }
}  // namespace detail
#endif

}  // namespace troupe
