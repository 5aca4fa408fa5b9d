// apps/respd/redis/reply.hpp: writes answers in the protocol that the client speaks.
//
// RESP2 is what every client starts with; RESP3, after HELLO 3, adds maps, sets, doubles, a null of
// its own and pushes. A command says what it means and the writer picks the form.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "redis/number.hpp"
#include "redis/steps.hpp"

namespace respd {

/// Appends answers to a buffer that somebody else owns and sends. Cheap to make, holds nothing of
/// its own.
class Reply {
 public:
  /// Writes to `out` in RESP `protocol`, 2 or 3. What would make the answer larger than `most`
  /// bytes is left out (see is_too_large): strings of 10 bytes and more, and heads of arrays with
  /// more elements than could stand there. So the answer stays below 4 times as much.
  Reply(std::string& out, int protocol, std::size_t most = no_limit) noexcept
      : out_(out),
        end_(most > no_limit - out.size() ? no_limit : out.size() + most),
        resp3_(protocol >= 3) {}

  /// "+text". `text` holds no line ends.
  void simple(std::string_view text) { line('+', text); }
  /// "+OK".
  void ok() { out_.append("+OK\r\n", 5); }
  /// "-text", text with its code ("ERR syntax error"). Line ends in it become spaces, and stand for
  /// none at its end.
  void error(std::string_view text);
  /// ":value".
  void integer(std::int64_t value) { header(':', value); }
  /// A string of any bytes.
  void bulk(std::string_view bytes) {
    step();
    if (bytes.size() < 10) {
      // One append instead of three for the sizes that most answers have.
      char small[16] = {'$', static_cast<char>('0' + bytes.size()), '\r', '\n'};
      bytes.copy(small + 4, bytes.size());
      small[4 + bytes.size()] = '\r';
      small[5 + bytes.size()] = '\n';
      out_.append(small, bytes.size() + 6);
    } else {
      large_bulk(bytes);
    }
  }
  /// An integer as a string.
  void bulk_integer(std::int64_t value) { bulk(IntegerText(value).view()); }
  /// Text for people: a verbatim string in RESP3, a plain one in RESP2.
  void verbatim(std::string_view text);
  /// Nothing, in place of a string.
  void null() { resp3_ ? out_.append("_\r\n", 3) : out_.append("$-1\r\n", 5); }
  /// Nothing, in place of an array.
  void null_array() { resp3_ ? out_.append("_\r\n", 3) : out_.append("*-1\r\n", 5); }
  /// The head of an array: `count` answers follow.
  void array(std::size_t count) { header('*', static_cast<std::int64_t>(count)); }
  /// The head of a map: `count` keys and as many values follow, in turn.
  void map(std::size_t count) {
    header(resp3_ ? '%' : '*', static_cast<std::int64_t>(resp3_ ? count : count * 2));
  }
  /// The head of a set: `count` answers follow.
  void set(std::size_t count) { header(resp3_ ? '~' : '*', static_cast<std::int64_t>(count)); }
  /// The head of a message that answers no request.
  void push(std::size_t count) { header(resp3_ ? '>' : '*', static_cast<std::int64_t>(count)); }
  /// A truth value: "#t" in RESP3, 1 in RESP2.
  void boolean(bool value) {
    if (resp3_)
      out_.append(value ? "#t\r\n" : "#f\r\n", 4);
    else
      integer(value ? 1 : 0);
  }
  /// A floating-point number.
  void number(double value);

  /// Whether something has been left out: the answer is of no use.
  [[nodiscard]] bool is_too_large() const noexcept { return is_too_large_; }
  /// Whether maps, sets and nulls have a form of their own.
  [[nodiscard]] bool resp3() const noexcept { return resp3_; }
  /// The buffer that answers go to.
  [[nodiscard]] std::string& out() noexcept { return out_; }

 private:
  void line(char kind, std::string_view text);
  void header(char kind, std::int64_t value) {
    if (value >= 0 && value < 10) {
      const char small[4] = {kind, static_cast<char>('0' + value), '\r', '\n'};
      out_.append(small, 4);
    } else {
      long_header(kind, value);
    }
  }
  void long_header(char kind, std::int64_t value);
  void large_bulk(std::string_view bytes);
  [[nodiscard]] bool has_room(std::size_t bytes) noexcept;

  static constexpr std::size_t no_limit = std::size_t{0} - 1;

  std::string& out_;
  std::size_t end_;  // how large `out_` may become
  bool resp3_;
  bool is_too_large_ = false;
};

/// What a subscription message is about: the word that stands first in it.
enum class Subscription : std::uint8_t { subscribe, unsubscribe, psubscribe, punsubscribe };

/// Confirms one (un)subscription to `channel`; `count` is how many the client holds from now on.
void write_subscription(Reply& reply, Subscription what, std::string_view channel,
                        std::size_t count);
/// Confirms an UNSUBSCRIBE or PUNSUBSCRIBE without names from a client that had none; `count` as
/// above.
void write_unsubscribed_from_none(Reply& reply, Subscription what, std::size_t count);
/// One published message for a subscriber of `channel`.
void write_message(Reply& reply, std::string_view channel, std::string_view payload);
/// One published message for a subscriber of `pattern`, which matched `channel`.
void write_pattern_message(Reply& reply, std::string_view pattern, std::string_view channel,
                           std::string_view payload);

}  // namespace respd
