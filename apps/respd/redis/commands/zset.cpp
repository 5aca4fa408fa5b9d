// apps/respd/redis/commands/zset.cpp: sorted sets, as far as queues by priority need them (ranges
// by rank, not by score).
#include <algorithm>
#include <cmath>

#include "redis/arguments.hpp"
#include "redis/commands/groups.hpp"
#include "redis/containers.hpp"
#include "redis/number.hpp"
#include "redis/words.hpp"

namespace respd {

namespace {

SortedSet* sorted_to_fill(Call& call, std::string_view key) {
  return container_to_fill<SortedSet>(call, key).first;
}

struct AddOptions {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;
  bool changed = false;
  bool add = false;
  std::size_t pairs_at = 2;
};

AddOptions read_options(Args args) {
  AddOptions options;
  for (; options.pairs_at < args.size(); ++options.pairs_at) {
    const std::string_view word = args[options.pairs_at];
    if (is_word(word, "nx"))
      options.nx = true;
    else if (is_word(word, "xx"))
      options.xx = true;
    else if (is_word(word, "gt"))
      options.gt = true;
    else if (is_word(word, "lt"))
      options.lt = true;
    else if (is_word(word, "ch"))
      options.changed = true;
    else if (is_word(word, "incr"))
      options.add = true;
    else
      break;
  }
  return options;
}

bool options_ok(Call& call, const AddOptions& options) {
  const std::size_t rest = call.args.size() - options.pairs_at;
  if (rest == 0 || rest % 2 != 0) {
    call.reply.error(syntax_error);
  } else if (options.nx && options.xx) {
    call.reply.error("ERR XX and NX options at the same time are not compatible");
  } else if ((options.gt && (options.nx || options.lt)) || (options.lt && options.nx)) {
    call.reply.error("ERR GT, LT, and/or NX options at the same time are not compatible");
  } else if (options.add && rest > 2) {
    call.reply.error("ERR INCR option supports a single increment-element pair");
  } else {
    return true;
  }
  return false;
}

enum class Change : std::uint8_t { none, updated, added, not_a_number };

struct Changed {
  Change change = Change::none;
  bool skipped = false;  // an option kept the member as it was
  double score = 0;
};

// Redis keeps a score of -0 as 0, other than in a sorted set that is large or has long members.
double without_sign_of_zero(double score) { return score == 0 ? 0 : score; }

Changed put(SortedSet& sorted, const AddOptions& options, double score, std::string_view member) {
  if (SortedSet::Node* const node = sorted.find(member)) {
    const double held = node->value.score;
    if (options.nx) return {Change::none, true, held};
    if (options.add) score += held;
    if (std::isnan(score)) return {Change::not_a_number, false, score};
    if ((options.gt && score <= held) || (options.lt && score >= held))
      return {Change::none, true, held};
    if (score == held) return {Change::none, false, score};
    sorted.set_score(*node, without_sign_of_zero(score));
    return {Change::updated, false, score};
  }
  if (options.xx) return {Change::none, true, score};
  sorted.insert(member, without_sign_of_zero(score));
  return {Change::added, false, score};
}

// Runs ZADD and ZINCRBY on checked options.
void add(Call& call, const AddOptions& options, const std::vector<double>& scores, Args pairs) {
  Entry* const entry = call.find(call.args[1]);
  SortedSet* sorted = nullptr;
  if (entry != nullptr) {
    sorted = container<SortedSet>(call, *entry);
    if (sorted == nullptr) return;
  } else if (options.xx) {
    return options.add ? call.reply.null() : call.reply.integer(0);
  } else {
    sorted = sorted_to_fill(call, call.args[1]);
  }
  std::int64_t added = 0;
  std::int64_t updated = 0;
  Changed last;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    last = put(*sorted, options, scores[i], pairs[2 * i + 1]);
    if (last.change == Change::not_a_number)
      return call.reply.error("ERR resulting score is not a number (NaN)");
    added += last.change == Change::added ? 1 : 0;
    updated += last.change == Change::updated ? 1 : 0;
  }
  if (!options.add) return call.reply.integer(options.changed ? added + updated : added);
  if (last.skipped)
    call.reply.null();
  else
    call.reply.number(last.score);
}

// Pairs of member and score are pairs in RESP3 and follow each other in RESP2.
void reply_pairs_head(Call& call, std::size_t count) {
  call.reply.array(call.reply.resp3() ? count : count * 2);
}

void reply_pair(Call& call, std::string_view member, double score) {
  if (call.reply.resp3()) call.reply.array(2);
  call.reply.bulk(member);
  call.reply.number(score);
}

void pop_one(Call& call, SortedSet& sorted, bool highest, bool as_pair) {
  SortedSet::Node& node = sorted.at(highest ? sorted.size() - 1 : 0);
  if (as_pair) {
    reply_pair(call, node.key(), node.value.score);
  } else {
    call.reply.bulk(node.key());
    call.reply.number(node.value.score);
  }
  sorted.erase(node);
}

void pop_some(Call& call, bool highest) {
  if (call.args.size() > 3) return call.reply.error(syntax_error);
  const bool counted = call.args.size() == 3;
  std::uint64_t count = 1;
  if (counted) {
    const auto given =
        integer_arg_in(call, call.args[2], 0, std::numeric_limits<std::int64_t>::max(),
                       "ERR value is out of range, must be positive");
    if (!given) return;
    count = static_cast<std::uint64_t>(*given);
  }
  Entry* const entry = call.find(call.args[1]);
  SortedSet* const sorted = existing<SortedSet>(call, entry, [&call] { call.reply.array(0); });
  if (sorted == nullptr) return;
  count = std::min<std::uint64_t>(count, sorted->size());
  if (counted)
    reply_pairs_head(call, count);
  else
    call.reply.array(2);
  for (; count != 0; --count) pop_one(call, *sorted, highest, counted);
  if (sorted->empty()) call.store.keyspace.erase(*entry);
}

struct RangeOptions {
  bool with_scores = false;
  bool reverse = false;
};

std::optional<RangeOptions> range_options(Call& call) {
  RangeOptions options;
  for (const std::string_view word : call.args.subspan(4)) {
    if (is_word(word, "withscores")) {
      options.with_scores = true;
    } else if (is_word(word, "rev")) {
      options.reverse = true;
    } else {
      call.reply.error(syntax_error);
      return std::nullopt;
    }
  }
  return options;
}

void cmd_zadd(Call& call) {
  const AddOptions options = read_options(call.args);
  if (!options_ok(call, options)) return;
  const Args pairs = call.args.subspan(options.pairs_at);
  std::vector<double> scores;
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    const auto score = parse_double(pairs[i]);
    if (!score) return call.reply.error(not_a_float);
    scores.push_back(*score);
  }
  add(call, options, scores, pairs);
}

void cmd_zincrby(Call& call) {
  const auto score = parse_double(call.args[2]);
  if (!score) return call.reply.error(not_a_float);
  AddOptions options;
  options.add = true;
  add(call, options, {*score}, call.args.subspan(2));
}

void cmd_zrem(Call& call) {
  Entry* const entry = call.find(call.args[1]);
  SortedSet* const sorted = existing<SortedSet>(call, entry, [&call] { call.reply.integer(0); });
  if (sorted == nullptr) return;
  std::int64_t erased = 0;
  for (const std::string_view member : call.args.subspan(2)) {
    if (SortedSet::Node* const node = sorted->find(member)) {
      sorted->erase(*node);
      ++erased;
    }
  }
  if (sorted->empty()) call.store.keyspace.erase(*entry);
  call.reply.integer(erased);
}

void cmd_zcard(Call& call) {
  SortedSet* const sorted =
      existing<SortedSet>(call, call.look_up(call.args[1]), [&call] { call.reply.integer(0); });
  if (sorted != nullptr) call.reply.integer(static_cast<std::int64_t>(sorted->size()));
}

void cmd_zscore(Call& call) {
  SortedSet* const sorted =
      existing<SortedSet>(call, call.look_up(call.args[1]), [&call] { call.reply.null(); });
  if (sorted == nullptr) return;
  const SortedSet::Node* const node = sorted->find(call.args[2]);
  if (node == nullptr)
    call.reply.null();
  else
    call.reply.number(node->value.score);
}

void cmd_zpopmin(Call& call) { pop_some(call, false); }
void cmd_zpopmax(Call& call) { pop_some(call, true); }

void cmd_zrange(Call& call) {
  const auto options = range_options(call);
  if (!options) return;
  const auto first = integer_arg(call, call.args[2]);
  if (!first) return;
  const auto last = integer_arg(call, call.args[3]);
  if (!last) return;
  SortedSet* const sorted =
      existing<SortedSet>(call, call.look_up(call.args[1]), [&call] { call.reply.array(0); });
  if (sorted == nullptr) return;
  const IndexRange range = index_range(*first, *last, sorted->size());
  if (range.empty()) return call.reply.array(0);
  const auto count = static_cast<std::size_t>(range.last - range.first + 1);
  if (options->with_scores)
    reply_pairs_head(call, count);
  else
    call.reply.array(count);
  const auto answer = [&](const SortedSet::Node& node) {
    if (options->with_scores)
      reply_pair(call, node.key(), node.value.score);
    else
      call.reply.bulk(node.key());
  };
  sorted->visit(static_cast<std::size_t>(range.first), count, options->reverse, answer);
}

using namespace flag;

constexpr Command rows[] = {
    {"zadd", cmd_zadd, -4, filling | fast, 1, 1, 1},
    {"zcard", cmd_zcard, 2, readonly | fast, 1, 1, 1},
    {"zincrby", cmd_zincrby, 4, filling | fast, 1, 1, 1},
    {"zpopmax", cmd_zpopmax, -2, write | fast, 1, 1, 1},
    {"zpopmin", cmd_zpopmin, -2, write | fast, 1, 1, 1},
    {"zrange", cmd_zrange, -4, readonly, 1, 1, 1},
    {"zrem", cmd_zrem, -3, write | fast, 1, 1, 1},
    {"zscore", cmd_zscore, 3, readonly | fast, 1, 1, 1},
};

}  // namespace

std::span<const Command> zset_commands() noexcept { return rows; }

}  // namespace respd
