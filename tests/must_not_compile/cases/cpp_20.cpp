// must_not_compile/cpp_20.cpp: the language before C++23.
// expect: Troupe needs C++23: compile with -std=c++23
// compilers: gcc
// flags: -std=c++20
// door: header
// errors-gcc: 2 GCC goes on behind the first
#include <troupe/core.hpp>

void use(troupe::Runtime&) {}
