// io/lingering_close.hpp: closing a connection such that the other end gets all that was written.
#pragma once
#include <troupe/io/connection.hpp>
#include <troupe/task/task.hpp>

namespace troupe {

/// How long lingering_close() hears the other end out, unless it is told otherwise.
inline constexpr Duration linger_time = std::chrono::seconds(1);

/// Closes a connection such that the other end gets all that was written. First ends writing. Then
/// reads and discards input until the other end closes, an error comes, or the limit is over. Then
/// closes. (A plain close sends a reset where input is unread or still arrives, and the reset may
/// overtake what was written.)
/// @param connection one that nobody else reads or writes any more
/// @param limit for all of it, counted from the await or spawn; with 0 or less only input that is
/// there now is read
/// @returns whether the other end closed in time; false after an error of the connection, when the
/// limit is over, and, at once, for an empty handle: `lingering_close(Connection())`
///
/// Cancellation: the connection is closed at once. Cost: one timer and 4 KiB of the pool, however
/// much arrives.
Task<bool> lingering_close(Connection connection, AnyDuration limit = linger_time);

}  // namespace troupe
