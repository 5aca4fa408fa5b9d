// core/ledger.cpp: a small hash table of sites, one a thread.
#include <algorithm>
#include <troupe/core/kernel.hpp>
#include <troupe/core/ledger.hpp>

namespace troupe {
namespace {

// The first template argument of `text`, which begins behind the '<'.
std::string_view first_argument(std::string_view text) noexcept {
  std::size_t depth = 0, at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == '>')) break;
    if (c == '<' || c == '(') ++depth;
    if (c == '>' || c == ')') --depth;
  }
  return text.substr(0, at);
}

// A site tells its type as the compiler spells it inside a signature; of that the reader wants the
// method or function.
void name_site(Ledger::Row& row, std::string_view site) noexcept {
  constexpr std::string_view method = "MethodCall<", function = "RetDoBody<",
                             type = "T = ", aliases = "; std::", own = "troupe::detail::";
  row.name = site;
  row.any_runtime = site == "ret_panic";
  if (const auto at = site.find(method); at != site.npos) {
    row.name = first_argument(site.substr(at + method.size()));
    while (row.name.starts_with('&') || row.name.starts_with('(')) row.name.remove_prefix(1);
    while (row.name.ends_with(')')) row.name.remove_suffix(1);
  } else if (const auto body = site.find(function); body != site.npos) {
    const std::string_view rest = site.substr(body + function.size());
    row.name = rest.substr(0, rest.substr(0, rest.find(aliases)).rfind('>'));
    while (row.name.ends_with(' ')) row.name.remove_suffix(1);  // `> >`
    row.any_runtime = true;
  } else if (const auto name = site.find(type); name != site.npos) {
    const std::string_view rest = site.substr(name + type.size());
    row.name = rest.substr(0, std::min(rest.find(aliases), rest.rfind(']')));
    if (row.name.starts_with(own)) row.name.remove_prefix(own.size());
  }
}

}  // namespace

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
    if (!row->site) name_site(*row, name);
    row->site = site;
    if (row->live() == 0)
      if (const detail::Kernel* k = detail::Kernel::current) row->since = k->now;
    ++row->made;
  }
}

void Ledger::on_answered(const void* site) noexcept {
  ++answered_;
  if (Row* row = row_of(site); row && row->site) ++row->answered;
}

std::uint64_t Ledger::live_of_runtimes() const noexcept {
  std::uint64_t n = 0;
  each([&](const Row& row) {
    if (!row.any_runtime) n += row.live();
  });
  return n;
}

#if TROUPE_DEBUG
namespace detail {
void ledger_made(const void* site, std::string_view name) noexcept {
  Ledger::here().on_made(site, name);
}
void ledger_answered(const void* site) noexcept { Ledger::here().on_answered(site); }
}  // namespace detail
#endif

}  // namespace troupe
