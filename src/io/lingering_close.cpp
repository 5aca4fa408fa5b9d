// io/lingering_close.cpp: saying goodbye and hearing the other end out.
#include <array>
#include <troupe/io/lingering_close.hpp>
#include <troupe/task/timeout.hpp>

namespace troupe {

namespace {

Step<bool> hear_out(Connection& connection) {
  std::array<std::byte, 4096> dropped;
  for (;;) {
    const IoResult got = co_await connection.read_some(dropped);
    if (!got) co_return false;
    if (*got == 0) co_return true;
  }
}

}  // namespace

Task<bool> lingering_close(Connection connection, AnyDuration limit) {
  connection.shutdown_write();
  const Reply<bool> closed = co_await timeout(limit, hear_out(connection)).reply();
  co_return closed.value_or(false);
}

}  // namespace troupe
