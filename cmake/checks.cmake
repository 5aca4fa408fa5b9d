# cmake/checks.cmake: target troupe::checks, for programs that want Clang to check borrows of shares and Rets used twice.
#
# A target of its own, because a library does not choose its users' warnings: link it to have them.

add_library(troupe_checks INTERFACE)
add_library(troupe::checks ALIAS troupe_checks)
set_target_properties(troupe_checks PROPERTIES EXPORT_NAME checks)
target_compile_options(troupe_checks INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:-Wthread-safety;-Wconsumed;-Wno-error=consumed>)
