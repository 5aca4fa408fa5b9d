// consumer/asio.cpp: a runtime in an io_context; that it compiles under each compiler is half of the test.
#include <troupe/loop/asio.hpp>

int main() {}
