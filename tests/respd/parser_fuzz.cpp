// tests/respd/parser_fuzz.cpp: whatever the bytes and however they arrive, the parser gives the
// same requests.
//
// The input's first bytes set the bounds and the sizes of the reads; the rest is what a client
// sends. It is parsed once as a whole and once in pieces, each in memory of its own size, so that a
// sanitizer sees every look beyond the end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redis/input.hpp"
#include "redis/parser.hpp"

namespace {

struct Outcome {
  std::vector<std::vector<std::string>> requests;
  std::string error;
  std::size_t used = 0;
  bool operator==(const Outcome&) const = default;
};

void require(bool condition) {
  if (!condition) std::abort();
}

// Takes all requests that are there; false after an error.
template <class Unread, class Consume>
bool take_requests(respd::Parser& parser, Outcome& outcome, Unread unread, Consume consume) {
  for (;;) {
    const std::string_view bytes = unread();
    const auto copy = std::make_unique<char[]>(bytes.size());
    if (!bytes.empty()) std::memcpy(copy.get(), bytes.data(), bytes.size());
    const respd::Parsed parsed = parser.parse({copy.get(), bytes.size()});
    require(parsed.consumed <= bytes.size());
    if (parsed.state == respd::ParseState::request) {
      require(!parsed.args.empty() && parsed.consumed != 0);
      outcome.requests.emplace_back(parsed.args.begin(), parsed.args.end());
    }
    outcome.used += parsed.consumed;
    consume(parsed.consumed);
    if (parsed.state == respd::ParseState::error) {
      outcome.error = parsed.error;
      require(outcome.error.starts_with("Protocol error: "));
      return false;
    }
    if (parsed.state == respd::ParseState::need_more) return true;
  }
}

Outcome whole(std::string_view bytes, const respd::ParserLimits& limits) {
  respd::Parser parser(limits);
  Outcome outcome;
  take_requests(
      parser, outcome, [&] { return bytes; }, [&](std::size_t used) { bytes.remove_prefix(used); });
  return outcome;
}

Outcome in_pieces(std::string_view bytes, const respd::ParserLimits& limits, std::uint8_t step) {
  respd::Parser parser(limits);
  respd::InputBuffer buffer;
  Outcome outcome;
  std::size_t size = step % 7 + 1;
  while (!bytes.empty()) {
    size = size < bytes.size() ? size : bytes.size();
    const auto room = buffer.room(size);
    std::memcpy(room.data(), bytes.data(), size);
    buffer.filled(size);
    bytes.remove_prefix(size);
    const bool more = take_requests(
        parser, outcome, [&] { return buffer.unread(); },
        [&](std::size_t used) { buffer.consume(used); });
    if (!more) break;
    size = (size * 5 + step) % 23 + 1;
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t head = 2;
  if (size < head) return 0;
  respd::ParserLimits limits;
  limits.max_args = 1000;
  if ((data[0] & 1) != 0) {
    limits.max_line = 20;
    limits.max_bulk = 50;
    limits.max_args = 5;
    limits.max_request = 100;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + head, size - head);
  require(whole(bytes, limits) == in_pieces(bytes, limits, data[1]));
  return 0;
}
