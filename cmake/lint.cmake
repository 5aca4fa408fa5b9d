# cmake/lint.cmake: troupe_lint_coroutines(<target>...): each build looks for what GCC 12 miscompiles in their sources.
#
# A build under GCC 12 or older runs tools/coroutine-lint over the sources of each target before it compiles them, and
# stops where it finds something. Other compilers have none of these faults: for them nothing happens.

if(NOT TROUPE_COROUTINE_LINT)
  set(TROUPE_COROUTINE_LINT ${CMAKE_CURRENT_LIST_DIR}/../tools/coroutine-lint)
endif()
set_property(GLOBAL PROPERTY TROUPE_COROUTINE_LINT ${TROUPE_COROUTINE_LINT})

function(troupe_lint_coroutines)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    return()
  endif()
  find_package(Python3 QUIET COMPONENTS Interpreter)
  if(NOT Python3_FOUND)
    message(WARNING "troupe_lint_coroutines needs Python 3: nothing is looked at")
    return()
  endif()
  get_property(lint GLOBAL PROPERTY TROUPE_COROUTINE_LINT)
  foreach(target IN LISTS ARGV)
    get_target_property(names ${target} SOURCES)
    get_target_property(folder ${target} SOURCE_DIR)
    set(sources)
    foreach(name IN LISTS names)
      if(name MATCHES "\\.(c|cc|cpp|cxx|h|hh|hpp|hxx|ipp)$" AND NOT name MATCHES "\\$<")
        cmake_path(ABSOLUTE_PATH name BASE_DIRECTORY ${folder} NORMALIZE)
        list(APPEND sources ${name})
      endif()
    endforeach()
    if(NOT sources)
      continue()
    endif()
    set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${target}_coroutine_lint.stamp)
    add_custom_command(OUTPUT ${stamp}
      COMMAND ${Python3_EXECUTABLE} ${lint} --always ${sources}
      COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
      DEPENDS ${sources} ${lint} COMMENT "Looking for what GCC 12 miscompiles in ${target}" VERBATIM)
    add_custom_target(${target}_coroutine_lint DEPENDS ${stamp})
    add_dependencies(${target} ${target}_coroutine_lint)
  endforeach()
endfunction()
