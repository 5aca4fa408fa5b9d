// must_not_compile/channel_send_aggregate.cpp: an aggregate that is made where its sending is
// awaited: GCC 12 destroys it twice.
// expect: name_it_first_GCC_12_destroys_an_aggregate_twice
// compilers: gcc
#include <string>
#include <troupe/core.hpp>
#include <troupe/task.hpp>
#include <troupe/thread.hpp>

using namespace troupe;

struct Job {
  int number;
  std::string name;
};
Task<> use(BoundedSender<Job> sender) {
#ifdef FIXED
  const Job job{1, "x"};
  (void)co_await sender.send(job);
#else
  (void)co_await sender.send({1, "x"});
#endif
}
