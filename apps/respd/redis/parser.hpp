// apps/respd/redis/parser.hpp: finds the requests in the bytes that a client has sent.
//
// A request is an array of bulk strings ("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n") or one line of words
// ("GET k\r\n"). The parser remembers where it stopped, so a request that arrives byte by byte
// costs as much as one that arrives whole, and it hands out views: the bytes of an argument are
// looked at once and never copied (quoted words of a line aside).
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "redis/args.hpp"

namespace respd {

/// What one request may cost. A request beyond a bound is a protocol error.
struct ParserLimits {
  /// Bytes of one whole request, as sent.
  std::size_t max_request = std::size_t{1024} * 1024 * 1024;
  /// Bytes of one argument.
  std::size_t max_bulk = std::size_t{512} * 1024 * 1024;
  /// Arguments of one request, the command's name included.
  std::size_t max_args = std::numeric_limits<std::int32_t>::max();
  /// Bytes of one line: an inline request, or the line of a count or length.
  std::size_t max_line = std::size_t{64} * 1024;
};

/// What `Parser::parse` came to.
enum class ParseState : std::uint8_t {
  request,    ///< `args` holds one request
  need_more,  ///< the bytes end inside a request: call again with more
  error,      ///< `error` says what is wrong; the connection is of no further use
};

/// The answer of `Parser::parse`.
struct Parsed {
  ParseState state = ParseState::need_more;
  /// How many bytes at the front are done with. The caller drops them before it calls again (after
  /// it has used `args`).
  std::size_t consumed = 0;
  /// The words of the request, never none; valid until the bytes move or change, or `parse` is
  /// called again.
  Args args;
  /// The error without its "ERR " prefix; valid as long as the parser.
  std::string_view error;
};

/// Incremental parser of one connection. It holds no bytes; the session does.
class Parser {
 public:
  explicit Parser(const ParserLimits& limits = {}) : limits_(limits) {}

  /// Looks for one request at the front of `unread`: all bytes that have arrived and are not
  /// consumed. After `need_more` the next call must pass the same bytes (at any address), less
  /// those consumed, with more behind them. Empty requests (blank lines, "*0") are skipped. After
  /// an error every call gives the same error, until `reset`. Cost: linear in the bytes that are
  /// new.
  [[nodiscard]] Parsed parse(std::string_view unread);

  /// How many bytes beyond those seen the current request needs at least; 0 when that is not known.
  /// A session may reserve that much room at once.
  [[nodiscard]] std::size_t wanted() const noexcept { return wanted_; }

  /// As long as this is set, requests are held to what a login needs (10 words of 16384 bytes), as
  /// Redis does before AUTH.
  void hold_to_login(bool on) noexcept { login_only_ = on; }
  [[nodiscard]] bool is_held_to_login() const noexcept { return login_only_; }

  /// Forgets a request that is half read, and an error.
  void reset() noexcept;

 private:
  enum class Progress : std::uint8_t { done, more, failed };
  struct Range {
    std::size_t offset;
    std::size_t size;
  };

  std::size_t whole_request(std::string_view in);
  Parsed parse_slowly(std::string_view unread);
  Progress multibulk(std::string_view in);
  Progress read_count(std::string_view in);
  Progress read_bulks(std::string_view in);
  Progress read_number(std::string_view in, std::int64_t& value, bool& valid);
  Progress read_bulk_size(std::string_view in);
  Progress inline_request(std::string_view in);
  bool split_line(std::string_view line);
  void add_arg(std::string_view word);
  Progress fail(std::string_view words);

  static constexpr std::size_t no_bulk = ~std::size_t{0};

  ParserLimits limits_;
  std::size_t pos_ = 0;   // offset of the next byte to look at, from the first byte of the request
  std::size_t scan_ = 0;  // where the search for the end of the current line goes on
  std::size_t missing_ = 0;     // arguments still to come; 0 before the count is read
  std::size_t bulk_ = no_bulk;  // size of the argument at pos_, when its length line is read
  std::size_t wanted_ = 0;
  bool login_only_ = false;
  bool between_requests_ =
      true;  // nothing of the next request has been looked at, and there was no error
  std::vector<Range>
      ranges_;  // arguments found so far, as offsets: the bytes may move between calls
  std::vector<std::string_view>
      args_;  // the first count_ are the words of the request; the others are spare
  std::size_t count_ = 0;
  std::string words_;  // unescaped words of an inline request
  std::string error_;
};

}  // namespace respd
