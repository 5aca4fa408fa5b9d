// core/ledger.cpp: two small hash tables a thread: of sites, and of Rets that live.
#include <algorithm>
#include <initializer_list>
#include <troupe/core/kernel.hpp>
#include <troupe/core/ledger.hpp>
#include <utility>

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
  row.far = site == detail::far_site;
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

unsigned Ledger::place_of(const void* site) noexcept {
  return static_cast<unsigned>((reinterpret_cast<std::uintptr_t>(site) >> 4) * 0x9E3779B97F4A7C15u %
                               most_sites);
}

Ledger::Row* Ledger::find_row(const void* site) noexcept {
  unsigned at = place_of(site);
  for (unsigned tried = 0; tried < most_sites; ++tried, at = (at + 1) % most_sites)
    if (rows_[at].site == site || !rows_[at].site) return &rows_[at];
  return nullptr;
}

const Ledger::Row* Ledger::row_of(const void* site) const noexcept {
  const Row* const row = const_cast<Ledger*>(this)->find_row(site);
  return row && row->site ? row : nullptr;
}

Ledger::Open* Ledger::find_open(const void* site, const detail::Kernel* whose) noexcept {
  unsigned at = place_of(site);
  for (unsigned tried = 0; tried < most_sites && open_[at].live != 0;
       ++tried, at = (at + 1) % most_sites)
    if (open_[at].site == site && open_[at].runtime == whose) return &open_[at];
  return nullptr;
}

// Where it is not known whose it is, it is taken to be of the runtime that runs.
Ledger::Open* Ledger::open_to_answer(const void* site, const detail::Kernel* whose) noexcept {
  for (const detail::Kernel* k :
       {whose, static_cast<const detail::Kernel*>(detail::Kernel::current),
        static_cast<const detail::Kernel*>(nullptr)})
    if (Open* const open = find_open(site, k)) return open;
  for (Open& open : open_)
    if (open.live != 0 && open.site == site) return &open;
  return nullptr;
}

void Ledger::add_open(const Open& more) noexcept {
  if (Open* const open = find_open(more.site, more.runtime)) {
    open->live += more.live;
    return;
  }
  unsigned at = place_of(more.site);
  for (unsigned tried = 0; tried < most_sites; ++tried, at = (at + 1) % most_sites) {
    if (open_[at].live != 0) continue;
    open_[at] = more;
    return;
  }
}

// Those behind it that it has kept from their place move up.
void Ledger::remove_open(Open& gone) noexcept {
  auto gap = static_cast<unsigned>(&gone - open_);
  gone.live = 0;
  for (unsigned at = (gap + 1) % most_sites; open_[at].live != 0; at = (at + 1) % most_sites) {
    const unsigned way = (at - place_of(open_[at].site)) % most_sites;
    if (way < (at - gap) % most_sites) continue;
    open_[gap] = std::exchange(open_[at], Open{});
    gap = at;
  }
}

void Ledger::on_made(const void* site, std::string_view name,
                     const detail::Kernel* whose) noexcept {
  ++made_;
  if (Row* row = find_row(site)) {
    if (!row->site) name_site(*row, name);
    row->site = site;
    ++row->made;
  }
  if (!whose) whose = detail::Kernel::current;
  add_open({site, whose, 1, whose ? whose->now : Instant{}});
}

void Ledger::on_answered(const void* site, const detail::Kernel* whose) noexcept {
  ++answered_;
  if (Row* row = find_row(site); row && row->site) ++row->answered;
  if (Open* open = open_to_answer(site, whose); open && --open->live == 0) remove_open(*open);
}

void Ledger::on_end(const detail::Kernel& runtime) noexcept {
  for (bool more = true; more;) {  // taking one out moves others
    more = false;
    for (Open& open : open_) {
      if (open.live == 0 || open.runtime != &runtime) continue;
      Open rest = open;
      remove_open(open);
      rest.runtime = nullptr;
      add_open(rest);
      more = true;
    }
  }
}

std::uint64_t Ledger::live_of_runtimes() const noexcept {
  std::uint64_t n = 0;
  each([&](const Row& row) {
    if (!row.any_runtime) n += row.live();
  });
  return n;
}

namespace detail {
void ledger_made(const void* site, std::string_view name, const Kernel* whose) noexcept {
  Ledger::here().on_made(site, name, whose);
}
void ledger_answered(const void* site, const Kernel* whose) noexcept {
  Ledger::here().on_answered(site, whose);
}
}  // namespace detail

}  // namespace troupe
