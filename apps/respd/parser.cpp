// apps/respd/parser.cpp: the state machine behind Parser. The error texts are those of Redis.
#include "parser.hpp"

#include <algorithm>

#include "number.hpp"

namespace respd {

namespace {

// More views than this are given back after use, so that one large request does not weigh on an idle connection.
constexpr std::size_t kept_args = 1024;

// What a client may send before it has logged in.
constexpr std::size_t login_args = 10;
constexpr std::size_t login_bulk = 16384;

// CR LF.
constexpr std::size_t line_end = 2;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char unescaped(char c) {
  switch (c) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'a': return '\a';
    default: return c;
  }
}

// Appends what stands between quotes to `out`; `at` goes from behind the opening quote to behind the closing one.
// False when the quotes do not close, or do not end the word.
bool read_quoted(std::string_view line, std::size_t& at, char quote, std::string& out) {
  while (at < line.size()) {
    const char c = line[at];
    const std::size_t left = line.size() - at;
    if (c == quote) {
      ++at;
      return at == line.size() || is_space(line[at]);
    }
    if (quote == '"' && c == '\\' && left >= 4 && line[at + 1] == 'x' && hex_digit(line[at + 2]) >= 0 &&
        hex_digit(line[at + 3]) >= 0) {
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
  bulk_ = no_bulk;
  ranges_.clear();
  error_.clear();
}

Parser::Progress Parser::fail(std::string_view words) {
  error_.assign("Protocol error: ").append(words);
  return Progress::failed;
}

Parsed Parser::parse(std::string_view unread) {
  if (!error_.empty()) return {ParseState::error, 0, {}, error_};
  if (args_.capacity() > kept_args && ranges_.empty()) {
    args_ = {};
    ranges_ = {};
  }
  std::size_t skipped = 0;
  while (skipped < unread.size()) {
    const std::string_view in = unread.substr(skipped);
    args_.clear();
    wanted_ = 0;
    const Progress progress = in[0] == '*' ? multibulk(in) : inline_request(in);
    if (progress == Progress::more) break;
    if (progress == Progress::failed) return {ParseState::error, skipped, {}, error_};
    skipped += pos_;
    pos_ = scan_ = 0;
    if (!args_.empty()) return {ParseState::request, skipped, args_, {}};
  }
  return {ParseState::need_more, skipped, {}, {}};
}

// Reads the line at pos_: one byte of kind, a number, CR LF. `valid` tells whether it was a number.
inline Parser::Progress Parser::read_number(std::string_view in, std::int64_t& value, bool& valid) {
  // Nearly every line is "$3\r\n" or like it, so short numbers without a sign go ahead without a search for the end.
  constexpr std::size_t short_line = 8;
  if (in.size() - pos_ >= short_line) {
    const char* at = in.data() + pos_ + 1;
    auto digit = static_cast<unsigned>(static_cast<unsigned char>(*at)) - unsigned{'0'};
    if (digit - 1U <= 8U) {
      unsigned number = digit;
      const char* const stop = at + (short_line - 2);
      while (++at < stop && (digit = static_cast<unsigned>(static_cast<unsigned char>(*at)) - unsigned{'0'}) <= 9) {
        number = number * 10 + digit;
      }
      if (at < stop && *at == '\r') {
        value = number;
        valid = true;
        pos_ = static_cast<std::size_t>(at - in.data()) + 2;
        return Progress::done;
      }
    }
  }
  return read_number_slowly(in, value, valid);
}

Parser::Progress Parser::read_number_slowly(std::string_view in, std::int64_t& value, bool& valid) {
  const std::size_t from = std::max(scan_, pos_);
  const std::size_t end = in.find('\r', from);
  if (end == std::string_view::npos) {
    if (in.size() - pos_ > limits_.max_line) {
      return fail(missing_ == 0 ? "too big mbulk count string" : "too big bulk count string");
    }
    scan_ = in.size();
    return Progress::more;
  }
  // The bound holds for a line that is there in full as well, so that the outcome does not depend on the reads.
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
  args_.resize(ranges_.size());
  for (std::size_t i = 0; i < ranges_.size(); ++i) args_[i] = {in.data() + ranges_[i].offset, ranges_[i].size};
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
  if (!valid || size < 0 || static_cast<std::uint64_t>(size) > limits_.max_bulk) return fail("invalid bulk length");
  bulk_ = static_cast<std::size_t>(size);
  if (login_only_ && bulk_ > login_bulk) return fail("unauthenticated bulk length");
  if (limits_.max_request < pos_ || limits_.max_request - pos_ < bulk_ + line_end) return fail("too big request");
  return Progress::done;
}

Parser::Progress Parser::read_bulks(std::string_view in) {
  while (missing_ != 0) {
    if (bulk_ == no_bulk) {
      const Progress progress = read_bulk_size(in);
      if (progress != Progress::done) return progress;
    }
    if (in.size() - pos_ < bulk_ + line_end) {
      wanted_ = bulk_ + line_end - (in.size() - pos_);
      return Progress::more;
    }
    ranges_.push_back({pos_, bulk_});
    pos_ += bulk_ + line_end;
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

// Splits a line into words. Words without quotes are views of the line; the others are unescaped into words_.
bool Parser::split_line(std::string_view line) {
  words_.clear();
  words_.reserve(line.size());  // an unescaped word is never longer, so the views into words_ stay valid
  std::size_t at = 0;
  for (;;) {
    while (at < line.size() && is_space(line[at])) ++at;
    if (at == line.size()) return true;
    const std::size_t begin = at;
    while (at < line.size() && !is_space(line[at]) && line[at] != '"' && line[at] != '\'') ++at;
    if (at == line.size() || is_space(line[at])) {
      args_.push_back(line.substr(begin, at - begin));
      continue;
    }
    const std::size_t word = words_.size();
    words_.append(line.substr(begin, at - begin));
    const char quote = line[at++];
    if (!read_quoted(line, at, quote, words_)) return false;
    args_.push_back(std::string_view(words_).substr(word));
  }
}

}  // namespace respd
