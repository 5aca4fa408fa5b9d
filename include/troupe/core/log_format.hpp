// core/log_format.hpp: a record of the log as a line for people, or as a line of JSON.
//
// A line is exactly one line, whatever the texts contain: nothing that a peer sends can forge a
// record.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/core/log_record.hpp>

namespace troupe {

/// Bytes after which a line takes no more: the text and the values are cut there, and the fields
/// end with `log_cut`.
inline constexpr std::size_t log_line_limit = 256 * 1024;
/// Levels of maps and arrays in a record's fields that are shown; deeper ones appear as "...".
inline constexpr unsigned log_depth_limit = 64;

/// Which time a line shows: the runtime's `now`, or wall-clock time (ISO 8601, UTC) where the
/// record has it.
enum class LogTime : std::uint8_t { now, wall };

/// Appends the fields of `record` as `key=value key{...} key[...] key`, the last for null, with
/// `before` and `after` around them if there are any. A text that is empty or contains white space,
/// a control character or one of `"=\[]{}` stands in double quotes; `\XX` (two hexadecimal digits)
/// is an escaped byte. Bytes above ASCII pass as they are. A value that throws ends the fields with
/// `log_error`.
void append_text_fields(std::string& out, const LogRecord& record, std::string_view before = {},
                        std::string_view after = {});

/// Appends the fields of `record` as members of a JSON object, without its braces, with `before`
/// and `after` around them if there are any. Always valid JSON: NaN and infinities become null,
/// broken UTF-8 becomes U+FFFD, containers that were not ended are ended. A value that throws ends
/// the fields with a member `log_error`.
void append_json_fields(std::string& out, const LogRecord& record, std::string_view before = {},
                        std::string_view after = {});

/// Appends `#3 [net] connected port=80`: id, target if any, text if any, fields; `1#3` where the
/// record has the number of a runtime. Control characters of target and text are escaped as `\XX`.
/// Without '\n'.
void append_text_message(std::string& out, const LogRecord& record);

/// Appends `12.000000000 INFO #3 [net] connected port=80`: time in seconds (or ISO 8601), level,
/// then as `append_text_message`. Without '\n'.
void append_text_line(std::string& out, const LogRecord& record, LogTime time = LogTime::now);

/// Appends
/// `{"time":12000000,"level":"INFO","id":3,"target":"net","text":"up","fields":{"port":80}}`: time
/// in nanoseconds (or an ISO 8601 text); an empty target and empty fields are left out; behind the
/// id stands the number of a runtime, where there is one. Always valid JSON. Without '\n'.
void append_json_line(std::string& out, const LogRecord& record, LogTime time = LogTime::now);

}  // namespace troupe
