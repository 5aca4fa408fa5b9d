// io/lingering_close.hpp: closing a connection such that the other end gets all that was written.
#pragma once
#include <troupe/io/connection.hpp>
#include <troupe/task/task.hpp>

namespace troupe {

/// How long lingering_close() hears the other end out, unless it is told otherwise.
inline constexpr Duration linger_time = std::chrono::seconds(1);

/// Closes a connection such that the other end gets what was written to it before. A plain close while bytes of the
/// other end are unread, or still arrive, is told to that end as a reset, which may overtake what is on its way. So
/// this says that nothing more will be written, reads and drops what still arrives until the other end has closed,
/// fails, or the limit is over, and closes then.
/// @param connection one that nobody else reads or writes any more; without a connection this is done at once
/// @param limit for all of it, counted from the await or spawn; 0 or less hears only what is there
/// @returns whether the other end closed in time: false behind an error of the connection, and at the limit
/// Cancellation: the connection is closed at once. Cost: one timer, 4 KiB of the pool; however much arrives.
Task<bool> lingering_close(Connection connection, AnyDuration limit = linger_time);

}  // namespace troupe
