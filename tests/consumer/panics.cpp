// consumer/panics.cpp: the smallest program that needs the library.
#include <troupe/base/panic.hpp>

int main(int count, char**) {
  if (count > 1) troupe::panic("no arguments are taken");
}
