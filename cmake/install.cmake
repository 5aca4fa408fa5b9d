# cmake/install.cmake: install rules, the CMake package (one component a target) and the pkg-config files.
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/troupe)
file(RELATIVE_PATH PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)  # so that the tree may be moved

# The code in the headers and the compiled code must agree on what platform.hpp decides: whether assertions are on, and
# whether free memory is poisoned. So a library that is installed says how it was built, and its users follow.
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
string(CONCAT flags "${CMAKE_CXX_FLAGS} " "${CMAKE_CXX_FLAGS_${type}}")
set(debug 1)
if(flags MATCHES "-DNDEBUG")
  set(debug 0)
endif()
set(asan 0)
if(flags MATCHES "-fsanitize=[a-z,]*address")
  set(asan 1)
endif()
if(TARGET troupe_base)
  target_compile_definitions(troupe_base PUBLIC
    $<INSTALL_INTERFACE:TROUPE_DEBUG=${debug}> $<INSTALL_INTERFACE:TROUPE_ASAN=${asan}>)
endif()

set(TROUPE_COMPONENTS)
get_property(names GLOBAL PROPERTY TROUPE_TARGETS)
list(APPEND names checks)
foreach(name IN LISTS names)
  get_property(depends GLOBAL PROPERTY TROUPE_DEPENDS_${name})
  string(APPEND TROUPE_COMPONENTS "set(troupe_depends_${name} ${depends})\n")

  install(TARGETS troupe_${name} EXPORT troupe-${name} FILE_SET HEADERS)
  install(EXPORT troupe-${name} NAMESPACE troupe:: DESTINATION ${package})
  if(name STREQUAL "checks")
    continue()
  endif()

  # pkg-config
  list(TRANSFORM depends PREPEND troupe-)
  list(JOIN depends " " PC_REQUIRES)
  set(PC_NAME ${name})
  set(PC_LIBS)
  set(PC_CFLAGS)
  get_target_property(type troupe_${name} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    set(PC_LIBS "-L\${libdir} -ltroupe_${name}")
  endif()
  if(name STREQUAL "base")
    set(PC_CFLAGS "-DTROUPE_DEBUG=${debug} -DTROUPE_ASAN=${asan}")
  elseif(name STREQUAL "asio")
    # What Clang needs and GCC does not stands in a header, since a .pc file cannot tell them apart.
    set(PC_CFLAGS "-DASIO_STANDALONE -pthread -include \${includedir}/troupe/loop/asio_config.hpp")
    string(APPEND PC_LIBS " -pthread")
  elseif(name STREQUAL "spdlog")
    string(APPEND PC_REQUIRES " spdlog")
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/troupe.pc.in ${PROJECT_BINARY_DIR}/troupe-${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/troupe-${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

# The .pc files name the headers as a system's, so that a user's warnings pass them over. A folder that compilers search by
# themselves must not be named so: libstdc++ finds <stdlib.h> no more then. There -I does no harm, and has the same effect.
install(CODE "set(system_folders ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
set(include_folder ${CMAKE_INSTALL_INCLUDEDIR})
set(pc_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)")
install(CODE [[
file(REAL_PATH "${CMAKE_INSTALL_PREFIX}/${include_folder}" headers)
foreach(folder IN LISTS system_folders)
  if("${folder}" STREQUAL "${headers}")
    file(GLOB packages "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${pc_folder}/troupe-*.pc")
    foreach(package IN LISTS packages)
      file(READ "${package}" text)
      string(REPLACE "-isystem \${includedir}" "-I\${includedir}" text "${text}")
      file(WRITE "${package}" "${text}")
    endforeach()
  endif()
endforeach()
]])

list(JOIN names " " TROUPE_COMPONENT_NAMES)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/troupe-config.cmake.in
  ${PROJECT_BINARY_DIR}/troupe-config.cmake INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/troupe-config-version.cmake COMPATIBILITY SameMinorVersion)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/tools/coroutine-lint DESTINATION ${CMAKE_INSTALL_BINDIR}
  RENAME troupe-coroutine-lint)
install(FILES
  ${PROJECT_BINARY_DIR}/troupe-config.cmake
  ${PROJECT_SOURCE_DIR}/cmake/lint.cmake
  ${PROJECT_BINARY_DIR}/troupe-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake
  DESTINATION ${package})
