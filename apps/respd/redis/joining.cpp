// apps/respd/redis/joining.cpp: sums, lists, sets, texts.
#include "redis/joining.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <utility>

#include "redis/answer_reader.hpp"

namespace respd {

namespace {

using Parts = std::span<const std::string_view>;
using Names = std::vector<std::string_view>;

std::int64_t sum(Parts parts) {
  std::int64_t total = 0;
  for (const std::string_view part : parts) total += AnswerReader(part).number();
  return total;
}

void take_list(AnswerReader& reader, Names& names) {
  for (std::int64_t left = reader.number(); left > 0; --left) names.push_back(*reader.bulk());
}

Names all_names(Parts parts) {
  Names names;
  for (const std::string_view part : parts) {
    AnswerReader reader(part);
    take_list(reader, names);
  }
  return names;
}

void leave_each_once(Names& names) {
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
}

void reply_list(Reply& reply, const Names& names) {
  reply.array(names.size());
  for (const std::string_view name : names) reply.bulk(name);
}

void reply_set(Reply& reply, const Names& names) {
  reply.set(names.size());
  for (const std::string_view name : names) reply.bulk(name);
}

void join_values(const Joining& joining, Parts parts, Reply& reply) {
  std::vector<AnswerReader> readers;
  for (const std::string_view part : parts) readers.emplace_back(part).number();
  reply.array(joining.owners.size());
  for (const std::uint8_t owner : joining.owners) {
    if (const auto value = readers[owner].bulk())
      reply.bulk(*value);
    else
      reply.null();
  }
}

// Those that all parts have.
Names intersection(Parts parts) {
  Names all = all_names(parts);
  std::ranges::sort(all);
  Names in_all;
  for (auto at = all.begin(); at != all.end();) {
    const auto end = std::upper_bound(at, all.end(), *at);
    if (static_cast<std::size_t>(end - at) == parts.size()) in_all.push_back(*at);
    at = end;
  }
  return in_all;
}

Names difference(Parts parts, std::size_t first) {
  Names left = all_names(parts.subspan(first, 1)), others;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    AnswerReader reader(parts[i]);
    if (i != first) take_list(reader, others);
  }
  std::ranges::sort(others);
  std::erase_if(left,
                [&](std::string_view name) { return std::ranges::binary_search(others, name); });
  return left;
}

void join_counts(Parts parts, Reply& reply) {
  std::vector<AnswerReader> readers;
  std::int64_t words = 0;
  for (const std::string_view part : parts) words = readers.emplace_back(part).number();
  reply.array(static_cast<std::size_t>(words));
  for (; words > 0; words -= 2) {
    std::string_view name;
    std::int64_t count = 0;
    for (AnswerReader& reader : readers) {
      name = *reader.bulk();
      count += reader.number();
    }
    reply.bulk(name);
    reply.integer(count);
  }
}

// The lines begin with "id=".
void join_lines(Parts parts, Reply& reply) {
  std::map<std::uint64_t, std::string_view> lines;
  for (const std::string_view part : parts) {
    std::string_view text = *AnswerReader(part).bulk();
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n') + 1);
      std::uint64_t id = 0;
      std::from_chars(line.data() + 3, line.data() + line.size(), id);
      lines.emplace(id, line);
      text.remove_prefix(line.size());
    }
  }
  std::string all;
  for (const auto& [id, line] : lines) all.append(line);
  reply.verbatim(all);
}

// Each store has been scanned from its beginning, but the first, which has been from the cursor on.
// What a store gave counts when all before it are at their end.
void join_scan(const Joining& joining, Parts parts, Reply& reply) {
  Names names;
  std::uint64_t cursor = 0;
  std::size_t store = joining.first;
  for (const std::string_view part : parts) {
    AnswerReader reader(part);
    (void)reader.number();
    const std::string_view next = *reader.bulk();
    std::from_chars(next.data(), next.data() + next.size(), cursor);
    take_list(reader, names);
    if (cursor != 0) break;
    ++store;
  }
  reply.array(2);
  reply.bulk(std::to_string(cursor == 0 ? 0 : cursor * joining.stores + store));
  reply_list(reply, names);
}

void join_random_key(Parts parts, Random& random, Reply& reply) {
  std::vector<std::pair<std::uint64_t, std::string_view>> drawn;
  std::uint64_t keys = 0;
  for (const std::string_view part : parts) {
    AnswerReader reader(part);
    const auto size = static_cast<std::uint64_t>(reader.number());
    const auto key = reader.bulk();
    if (!key) continue;
    keys += size;
    drawn.emplace_back(keys, *key);
  }
  if (keys == 0) return reply.null();
  const std::uint64_t at = random.below(keys);
  reply.bulk(std::ranges::find_if(drawn, [at](const auto& one) { return at < one.first; })->second);
}

void join_figures(const Joining& joining, Parts parts, const Store& store, troupe::Instant now,
                  Reply& reply) {
  InfoFigures all;
  all.figures = store.figures;
  all.figures.reset();
  all.figures.clients = all.figures.blocked_clients = 0;
  Names channels, patterns;
  for (const std::string_view part : parts) {
    InfoFigures one;
    std::memcpy(&one, part.data(), sizeof(one));
    all.add(one);
    AnswerReader reader(part.substr(sizeof(one)));
    take_list(reader, channels);
    take_list(reader, patterns);
  }
  leave_each_once(channels);
  leave_each_once(patterns);
  all.figures.channels = channels.size();
  all.figures.patterns = patterns.size();
  const Names sections(joining.sections.begin(), joining.sections.end());
  reply.verbatim(info_text(store, all, sections, now));
}

}  // namespace

void write_figures(const Store& store, std::span<const std::string_view> channels,
                   std::span<const std::string> patterns, std::string& out) {
  const InfoFigures figures = info_figures(store);
  out.append(reinterpret_cast<const char*>(&figures), sizeof(figures));
  Reply reply(out, 2);
  reply.array(channels.size());
  for (const std::string_view name : channels) reply.bulk(name);
  reply.array(patterns.size());
  for (const std::string_view name : patterns) reply.bulk(name);
}

void write_random_key(std::size_t keys, std::string_view answer, std::string& out) {
  Reply(out, 2).integer(static_cast<std::int64_t>(keys));
  out.append(answer);
}

void join(const Joining& joining, std::span<const std::string_view> parts, Store& store,
          troupe::Instant now, Reply& reply) {
  const auto refused = std::ranges::find_if(
      parts, [](std::string_view part) { return AnswerReader(part).is_error(); });
  if (refused != parts.end() && joining.how != Spread::figures)
    return void(reply.out().append(*refused));
  switch (joining.how) {
    case Spread::sum:
    case Spread::messages:
      return reply.integer(sum(parts));
    case Spread::values:
      return join_values(joining, parts, reply);
    case Spread::set_union: {
      Names names = all_names(parts);
      leave_each_once(names);
      return reply_set(reply, names);
    }
    case Spread::intersection:
      return reply_set(reply, intersection(parts));
    case Spread::difference:
      return reply_set(reply, difference(parts, joining.first));
    case Spread::keys:
      return reply_list(reply, all_names(parts));
    case Spread::topics:
    case Spread::patterns: {
      Names names = all_names(parts);
      leave_each_once(names);
      if (joining.how == Spread::topics) return reply_list(reply, names);
      return reply.integer(static_cast<std::int64_t>(names.size()));
    }
    case Spread::counts:
      return join_counts(parts, reply);
    case Spread::lines:
      return join_lines(parts, reply);
    case Spread::scan:
      return join_scan(joining, parts, reply);
    case Spread::random_key:
      return join_random_key(parts, store.random, reply);
    case Spread::figures:
      return join_figures(joining, parts, store, now, reply);
    case Spread::by_keys:
    case Spread::alone:
    case Spread::waits:
    case Spread::alike:
      return void(reply.out().append(parts.front()));
  }
}

}  // namespace respd
