// io/io_error.hpp: why a read, a write, an accept or a connect did not succeed, as a value.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace troupe {

/// What became of I/O that failed: a kind to decide by, and the system's own number to log. 8
/// bytes.
class IoError {
 public:
  enum class Kind : std::uint8_t {
    closed,          ///< this end was closed, its handle or its loop has gone
    reset,           ///< the other end broke the connection, or had gone when bytes were sent
    refused,         ///< nobody listens there
    timed_out,       ///< the network gave up
    cancelled,       ///< the operation was called off
    address_in_use,  ///< somebody listens there already
    bad_address,     ///< no such address, name or port, or not one of this machine
    unreachable,     ///< there is no way to that address
    no_memory,       ///< memory, descriptors or buffers of the system have run out
    would_block,     ///< not now: between a plug and its handle, never told to a task
    other,           ///< see system()
  };
  // not `using enum`, of which GCC 12 dies inside templates
  static constexpr Kind closed = Kind::closed;
  static constexpr Kind reset = Kind::reset;
  static constexpr Kind refused = Kind::refused;
  static constexpr Kind timed_out = Kind::timed_out;
  static constexpr Kind cancelled = Kind::cancelled;
  static constexpr Kind address_in_use = Kind::address_in_use;
  static constexpr Kind bad_address = Kind::bad_address;
  static constexpr Kind unreachable = Kind::unreachable;
  static constexpr Kind no_memory = Kind::no_memory;
  static constexpr Kind would_block = Kind::would_block;
  static constexpr Kind other = Kind::other;
  IoError(Kind kind = other, int system = 0) noexcept : kind_(kind), system_(system) {}
  /// From the value of `errno`.
  static IoError from_system(int number) noexcept;
  Kind kind() const noexcept { return kind_; }
  /// The system's number (`errno`), 0 where there is none.
  int system() const noexcept { return system_; }
  /// A sentence for people: "connection reset (Connection reset by peer)". Allocates.
  std::string text() const;
  friend bool operator==(const IoError& a, Kind kind) noexcept { return a.kind_ == kind; }
  friend bool operator==(const IoError& a, const IoError& b) noexcept { return a.kind_ == b.kind_; }

 private:
  Kind kind_;
  int system_;
};
/// The kind in words: "connection reset".
std::string_view to_string(IoError::Kind kind) noexcept;

/// How many bytes, or why not.
using IoResult = std::expected<std::size_t, IoError>;

}  // namespace troupe
