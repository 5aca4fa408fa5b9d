// io/io_error.cpp: the system's numbers as kinds, and the kinds as words.
#include <troupe/io/io_error.hpp>

#include <cerrno>
#include <system_error>

namespace troupe {

IoError IoError::from_system(int number) noexcept {
  switch (number) {
    case EBADF:
    case ESHUTDOWN:
      return {closed, number};
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ENOTCONN:
      return {reset, number};
    case ECONNREFUSED:
      return {refused, number};
    case ETIMEDOUT:
      return {timed_out, number};
    case ECANCELED:
      return {cancelled, number};
    case EADDRINUSE:
      return {address_in_use, number};
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
      return {bad_address, number};
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
      return {unreachable, number};
    case ENOMEM:
    case ENOBUFS:
    case EMFILE:
    case ENFILE:
      return {no_memory, number};
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
      return {would_block, number};
    default:
      return {other, number};
  }
}

std::string_view to_string(IoError::Kind kind) noexcept {
  switch (kind) {
    case IoError::closed:
      return "connection closed";
    case IoError::reset:
      return "connection reset";
    case IoError::refused:
      return "connection refused";
    case IoError::timed_out:
      return "timed out";
    case IoError::cancelled:
      return "cancelled";
    case IoError::address_in_use:
      return "address in use";
    case IoError::bad_address:
      return "bad address";
    case IoError::unreachable:
      return "unreachable";
    case IoError::no_memory:
      return "out of memory or descriptors";
    case IoError::would_block:
      return "would block";
    case IoError::other:
      break;
  }
  return "input or output error";
}

std::string IoError::text() const {
  std::string text(to_string(kind_));
  if (system_ != 0) text.append(" (").append(std::generic_category().message(system_)).append(")");
  return text;
}

}  // namespace troupe
