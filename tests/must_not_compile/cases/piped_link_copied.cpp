// must_not_compile/piped_link_copied.cpp: a link that outlives its thread.
// expect: deleted
#include <memory>
#include <troupe/thread.hpp>

using namespace troupe;

using Link = PipedLink<int, int>;
#ifdef FIXED
void work(Link& link) { (void)link.send(5); }
#else
void work(Link link) { (void)link.send(5); }
#endif
void use(Link& link) { work(link); }
