# cmake/programs.cmake: the programs that readers see: examples/*.cpp, and those in README.md, ARCHITECTURE.md and docs/.
#
# Each is built as it stands and links the rooms that it includes. Where examples/<name>.expected lies beside one, or a
# ```text block follows one in a document, a test compares its output with that, to the byte. One that includes GoogleTest is
# a test by itself, where this build has tests. A program that includes a room which this build leaves out is left out with
# it. Target `examples` builds all of them.
add_custom_target(examples)

# Adds program <name> from <source>; <expected> is a file, or empty.
function(troupe_program name source expected)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(STRINGS ${source} includes REGEX "^#include <troupe/")
  set(rooms)
  foreach(line IN LISTS includes)
    string(REGEX REPLACE "^#include <troupe/([a-z_]+).*" "\\1" room "${line}")
    if(line MATCHES "<troupe/[a-z]+/(asio|spdlog)")
      set(room ${CMAKE_MATCH_1})
    endif()
    if(NOT TARGET troupe_${room})
      message(STATUS "${name} is left out: it includes ${room}, which this build does not have")
      return()
    endif()
    list(APPEND rooms troupe_${room})
  endforeach()
  file(STRINGS ${source} tests REGEX "^#include <gtest/")
  if(tests)
    if(NOT TARGET troupe_gtest_main)
      message(STATUS "${name} is left out: it includes GoogleTest, and this build has no tests")
      return()
    endif()
    list(APPEND rooms troupe_gtest_main)
  endif()

  add_executable(${name} ${source})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
  target_link_libraries(${name} PRIVATE ${rooms} troupe_checks)
  add_dependencies(examples ${name})
  if(EXISTS "${expected}")
    add_test(NAME example.${name} COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:${name}> -DEXPECTED=${expected}
      -P ${PROJECT_SOURCE_DIR}/cmake/compare_output.cmake)
  elseif(tests)
    add_test(NAME example.${name} COMMAND ${name})
  endif()
  if(TEST example.${name})
    set_tests_properties(example.${name} PROPERTIES LABELS example TIMEOUT 60)
  endif()
endfunction()

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp)
file(GLOB outputs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.expected)
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  troupe_program(${name} ${source} ${PROJECT_SOURCE_DIR}/examples/${name}.expected)
endforeach()

file(GLOB documents CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/ARCHITECTURE.md ${PROJECT_SOURCE_DIR}/docs/*.md)
find_package(Python3 COMPONENTS Interpreter)
if(documents AND Python3_FOUND)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${documents} ${PROJECT_SOURCE_DIR}/tools/doc_programs)
  set(folder ${PROJECT_BINARY_DIR}/doc_programs)
  execute_process(
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/doc_programs ${folder} ${documents}
    OUTPUT_VARIABLE names OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" names "${names}")
  foreach(name IN LISTS names)
    # libc++ has std::stop_token only where it is asked for what is experimental.
    file(STRINGS ${folder}/${name}.cpp stops REGEX "^#include <stop_token>")
    if(NOT (stops AND CMAKE_CXX_FLAGS MATCHES "-stdlib=libc\\+\\+"))
      troupe_program(${name} ${folder}/${name}.cpp ${folder}/${name}.expected)
    endif()
  endforeach()
endif()
