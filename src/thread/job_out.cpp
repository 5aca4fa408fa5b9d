// thread/job_out.cpp: a job is back.
#include <troupe/thread/job_out.hpp>

namespace troupe::detail {

// It is news only that the holder has let go.
const HomeCell::Ops JobOutCell::ops{
    [](HomeCell& self, std::uint32_t) { --static_cast<JobOutCell&>(self).kernel.jobs_out; },
    [](HomeCell&) noexcept {},
    [](HomeCell& self) noexcept { delete static_cast<JobOutCell*>(&self); }};

}  // namespace troupe::detail
