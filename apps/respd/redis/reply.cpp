// apps/respd/redis/reply.cpp: the forms of answers that are not worth writing inline.
#include "redis/reply.hpp"

#include <cstring>

namespace respd {

void Reply::line(char kind, std::string_view text) {
  out_.push_back(kind);
  out_.append(text).append("\r\n", 2);
}

void Reply::error(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  out_.push_back('-');
  const std::size_t from = out_.size();
  out_.append(text);
  // An error quotes what the client sent; a line end in there would end the answer too early.
  for (std::size_t i = from; i < out_.size(); ++i) {
    if (out_[i] == '\r' || out_[i] == '\n') out_[i] = ' ';
  }
  out_.append("\r\n", 2);
}

bool Reply::has_room(std::size_t bytes) noexcept {
  if (out_.size() <= end_ && bytes <= end_ - out_.size()) return true;
  is_too_large_ = true;
  return false;
}

void Reply::long_header(char kind, std::int64_t value) {
  constexpr std::size_t smallest = 4;  // bytes of an element
  const bool has_elements = kind == '*' || kind == '%' || kind == '~' || kind == '>';
  if (has_elements && value > 0 && !has_room(static_cast<std::size_t>(value) * smallest)) return;
  const IntegerText digits(value);
  const std::string_view text = digits.view();
  char small[24];
  small[0] = kind;
  std::memcpy(small + 1, text.data(), text.size());
  small[1 + text.size()] = '\r';
  small[2 + text.size()] = '\n';
  out_.append(small, text.size() + 3);
}

void Reply::large_bulk(std::string_view bytes) {
  if (!has_room(bytes.size())) return;
  long_header('$', static_cast<std::int64_t>(bytes.size()));
  out_.append(bytes).append("\r\n", 2);
}

void Reply::verbatim(std::string_view text) {
  if (!resp3_) return bulk(text);
  long_header('=', static_cast<std::int64_t>(text.size() + 4));
  out_.append("txt:", 4).append(text).append("\r\n", 2);
}

void Reply::number(double value) {
  const std::string text = double_text(value);
  if (resp3_)
    line(',', text);
  else
    bulk(text);
}

namespace {

std::string_view word(Subscription what) {
  switch (what) {
    case Subscription::subscribe:
      return "subscribe";
    case Subscription::unsubscribe:
      return "unsubscribe";
    case Subscription::psubscribe:
      return "psubscribe";
    case Subscription::punsubscribe:
      return "punsubscribe";
  }
  return {};
}

}  // namespace

void write_subscription(Reply& reply, Subscription what, std::string_view channel,
                        std::size_t count) {
  reply.push(3);
  reply.bulk(word(what));
  reply.bulk(channel);
  reply.integer(static_cast<std::int64_t>(count));
}

void write_unsubscribed_from_none(Reply& reply, Subscription what, std::size_t count) {
  reply.push(3);
  reply.bulk(word(what));
  reply.null();
  reply.integer(static_cast<std::int64_t>(count));
}

void write_message(Reply& reply, std::string_view channel, std::string_view payload) {
  reply.push(3);
  reply.bulk("message");
  reply.bulk(channel);
  reply.bulk(payload);
}

void write_pattern_message(Reply& reply, std::string_view pattern, std::string_view channel,
                           std::string_view payload) {
  reply.push(4);
  reply.bulk("pmessage");
  reply.bulk(pattern);
  reply.bulk(channel);
  reply.bulk(payload);
}

}  // namespace respd
