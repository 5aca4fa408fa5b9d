// apps/respd/redis/parser.cpp: the state machine behind Parser. The error texts are those of Redis.
#include "redis/parser.hpp"

#include <algorithm>

#include "redis/number.hpp"

namespace respd {

namespace {

// More views than this are given back after use, so that one large request does not weigh on an
// idle connection.
constexpr std::size_t kept_args = 1024;

// What a client may send before it has logged in.
constexpr std::size_t login_args = 10;
constexpr std::size_t login_bulk = 16384;

// CR LF.
constexpr std::ptrdiff_t line_end = 2;

// Reads a line "?N\r\n" of a number of up to four digits without leading zeros; `at` is at its
// first byte. Returns where the next line begins, or null for anything else, lines that are not
// there in full among it.
inline const char* short_number(const char* at, const char* end, std::size_t& value) {
  constexpr std::ptrdiff_t one_digit = 4;
  constexpr std::ptrdiff_t most_digits = 7;
  const auto digit = [at](std::ptrdiff_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(at[i])) - '0';
  };
  if (end - at < one_digit || digit(1) > 9) return nullptr;
  unsigned number = digit(1);
  std::ptrdiff_t i = 2;
  if (at[i] != '\r') {
    if (end - at < most_digits || number == 0) return nullptr;
    for (; i < most_digits - line_end && digit(i) <= 9; ++i) number = number * 10 + digit(i);
    if (at[i] != '\r') return nullptr;
  }
  value = number;
  return at + i + line_end;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Fewer bytes end a bare word of a line than may stand between words.
bool ends_word(char c) { return c == ' ' || c == '\t' || c == '\r'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// Appends what stands between quotes to `out`; `at` goes from behind the opening quote to behind
// the closing one. False when the quotes do not close, or do not end the word.
bool read_quoted(std::string_view line, std::size_t& at, char quote, std::string& out) {
  while (at < line.size()) {
    const char c = line[at];
    const std::size_t left = line.size() - at;
    if (c == quote) {
      ++at;
      return at == line.size() || is_space(line[at]);
    }
    if (quote == '"' && c == '\\' && left >= 4 && line[at + 1] == 'x' &&
        hex_digit(line[at + 2]) >= 0 && hex_digit(line[at + 3]) >= 0) {
      out += static_cast<char>(hex_digit(line[at + 2]) * 16 + hex_digit(line[at + 3]));
      at += 4;
    } else if (quote == '"' && c == '\\' && left >= 2) {
      out += unescaped(line[at + 1]);
      at += 2;
    } else if (quote == '\'' && c == '\\' && left >= 2 && line[at + 1] == '\'') {
      out += '\'';
      at += 2;
    } else {
      out += c;
      ++at;
    }
  }
  return false;
}

}  // namespace

void Parser::reset() noexcept {
  pos_ = scan_ = missing_ = wanted_ = 0;
  between_requests_ = true;
  bulk_ = no_bulk;
  ranges_.clear();
  error_.clear();
}

Parser::Progress Parser::fail(std::string_view words) {
  error_.assign("Protocol error: ").append(words);
  return Progress::failed;
}

Parsed Parser::parse(std::string_view unread) {
  if (between_requests_ && !login_only_) [[likely]] {
    if (const std::size_t size = whole_request(unread)) [[likely]] {
      return {ParseState::request, size, {args_.data(), count_}, {}};
    }
  }
  return parse_slowly(unread);
}

// Takes a request of the usual kind that is there in full: an array of short strings. Returns its
// size, or 0 where anything is out of the ordinary; then nothing has changed.
inline std::size_t Parser::whole_request(std::string_view in) {
  const char* at = in.data();
  const char* const end = at + in.size();
  std::size_t count = 0;
  if (in.empty() || *at != '*' || (at = short_number(at, end, count)) == nullptr) return 0;
  if (count == 0 || count > limits_.max_args || count > kept_args) return 0;
  if (args_.size() < count) args_.resize(count);
  std::string_view* arg = args_.data();
  for (const std::string_view* const last = arg + count; arg != last; ++arg) {
    std::size_t size = 0;
    if (at == end || *at != '$' || (at = short_number(at, end, size)) == nullptr) return 0;
    if (size > limits_.max_bulk ||
        static_cast<std::size_t>(end - at) < size + std::size_t{line_end})
      return 0;
    *arg = {at, size};
    at += size + line_end;
  }
  const auto total = static_cast<std::size_t>(at - in.data());
  if (total > limits_.max_request) return 0;
  count_ = count;
  return total;
}

Parsed Parser::parse_slowly(std::string_view unread) {
  if (!error_.empty()) return {ParseState::error, 0, {}, error_};
  if (args_.size() > kept_args && ranges_.empty()) {
    args_ = {};
    ranges_ = {};
  }
  std::size_t skipped = 0;
  while (skipped < unread.size()) {
    const std::string_view in = unread.substr(skipped);
    count_ = 0;
    wanted_ = 0;
    const Progress progress = in[0] == '*' ? multibulk(in) : inline_request(in);
    between_requests_ = progress == Progress::done;
    if (progress == Progress::more) break;
    if (progress == Progress::failed) return {ParseState::error, skipped, {}, error_};
    skipped += pos_;
    pos_ = scan_ = 0;
    if (count_ != 0) return {ParseState::request, skipped, {args_.data(), count_}, {}};
  }
  return {ParseState::need_more, skipped, {}, {}};
}

void Parser::add_arg(std::string_view word) {
  if (args_.size() == count_) args_.emplace_back();
  args_[count_++] = word;
}

// Reads the line at pos_: one byte of kind, a number, CR LF. `valid` tells whether it was a number.
Parser::Progress Parser::read_number(std::string_view in, std::int64_t& value, bool& valid) {
  const std::size_t from = std::max(scan_, pos_);
  const std::size_t end = in.find('\r', from);
  if (end == std::string_view::npos) {
    if (in.size() - pos_ > limits_.max_line) {
      return fail(missing_ == 0 ? "too big mbulk count string" : "too big bulk count string");
    }
    scan_ = in.size();
    return Progress::more;
  }
  // The bound holds for a line that is there in full as well, so that the outcome does not depend
  // on the reads.
  if (end - pos_ > limits_.max_line) {
    return fail(missing_ == 0 ? "too big mbulk count string" : "too big bulk count string");
  }
  scan_ = end;
  if (end + 2 > in.size()) return Progress::more;
  const auto number = parse_integer(in.substr(pos_ + 1, end > pos_ ? end - pos_ - 1 : 0));
  valid = number.has_value();
  value = number.value_or(0);
  pos_ = end + 2;
  return Progress::done;
}

Parser::Progress Parser::multibulk(std::string_view in) {
  if (missing_ == 0) {
    const Progress progress = read_count(in);
    if (progress != Progress::done || missing_ == 0) return progress;
  }
  const Progress progress = read_bulks(in);
  if (progress != Progress::done) return progress;
  for (const Range& range : ranges_) add_arg(in.substr(range.offset, range.size));
  ranges_.clear();
  return Progress::done;
}

Parser::Progress Parser::read_count(std::string_view in) {
  std::int64_t count = 0;
  bool valid = false;
  const Progress progress = read_number(in, count, valid);
  if (progress != Progress::done) return progress;
  if (!valid || (count > 0 && static_cast<std::uint64_t>(count) > limits_.max_args)) {
    return fail("invalid multibulk length");
  }
  if (count <= 0) return Progress::done;
  missing_ = static_cast<std::size_t>(count);
  if (login_only_ && missing_ > login_args) return fail("unauthenticated multibulk length");
  return Progress::done;
}

Parser::Progress Parser::read_bulk_size(std::string_view in) {
  const std::size_t line = pos_;
  std::int64_t size = 0;
  bool valid = false;
  if (line >= in.size()) return Progress::more;
  const Progress progress = read_number(in, size, valid);
  if (progress != Progress::done) return progress;
  if (in[line] != '$') {
    const char got = in[line] == '\r' || in[line] == '\n' ? ' ' : in[line];
    fail("expected '$', got '");
    // The text is a C string in Redis, and ends at a zero byte.
    if (got != '\0') error_.append(1, got).append(1, '\'');
    return Progress::failed;
  }
  if (!valid || size < 0 || static_cast<std::uint64_t>(size) > limits_.max_bulk)
    return fail("invalid bulk length");
  bulk_ = static_cast<std::size_t>(size);
  if (login_only_ && bulk_ > login_bulk) return fail("unauthenticated bulk length");
  if (limits_.max_request < pos_ || limits_.max_request - pos_ < bulk_ + std::size_t{line_end})
    return fail("too big request");
  return Progress::done;
}

Parser::Progress Parser::read_bulks(std::string_view in) {
  while (missing_ != 0) {
    if (bulk_ == no_bulk) {
      const Progress progress = read_bulk_size(in);
      if (progress != Progress::done) return progress;
    }
    if (in.size() - pos_ < bulk_ + std::size_t{line_end}) {
      wanted_ = bulk_ + std::size_t{line_end} - (in.size() - pos_);
      return Progress::more;
    }
    ranges_.push_back({pos_, bulk_});
    pos_ += bulk_ + std::size_t{line_end};
    bulk_ = no_bulk;
    --missing_;
  }
  return Progress::done;
}

Parser::Progress Parser::inline_request(std::string_view in) {
  const std::size_t end = in.find('\n', scan_);
  if (end == std::string_view::npos) {
    if (in.size() > limits_.max_line) return fail("too big inline request");
    scan_ = in.size();
    return Progress::more;
  }
  if (end > limits_.max_line) return fail("too big inline request");
  pos_ = end + 1;
  const std::size_t size = end != 0 && in[end - 1] == '\r' ? end - 1 : end;
  if (!split_line(in.substr(0, size))) return fail("unbalanced quotes in request");
  return Progress::done;
}

// Splits a line into words. Words without quotes are views of the line; the others are unescaped
// into words_.
bool Parser::split_line(std::string_view line) {
  words_.clear();
  words_.reserve(
      line.size());  // an unescaped word is never longer, so the views into words_ stay valid
  std::size_t at = 0;
  for (;;) {
    while (at < line.size() && is_space(line[at])) ++at;
    if (at == line.size()) return true;
    const std::size_t begin = at;
    while (at < line.size() && !ends_word(line[at]) && line[at] != '"' && line[at] != '\'') ++at;
    if (at == line.size() || ends_word(line[at])) {
      add_arg(line.substr(begin, at - begin));
      continue;
    }
    const std::size_t word = words_.size();
    words_.append(line.substr(begin, at - begin));
    const char quote = line[at++];
    if (!read_quoted(line, at, quote, words_)) return false;
    add_arg(std::string_view(words_).substr(word));
  }
}

}  // namespace respd
