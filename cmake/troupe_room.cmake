# cmake/troupe_room.cmake: makes a target out of a room.
#
#   troupe_room(<name> [FOLDER <room>] [ONLY <stem>] [EXCEPT <stem>...] [DEPENDS <room>...] [LINK <target>...])
#
# makes target troupe_<name> with the alias troupe::<name> of
#   include/troupe/<name>.hpp      the door
#   include/troupe/<folder>/*.hpp  the headers
#   src/<folder>/*.cpp             the compiled code; a room without any becomes an INTERFACE library
# The files are globbed, because the layout is the rule: a file that lies in a room's folder belongs to the room, and a
# list to be kept beside the folder could only disagree with it. CONFIGURE_DEPENDS makes each build look again.
#
# FOLDER  the room's folder, where it differs from the target's name: two targets may share a room
# ONLY    takes only the files whose name begins so
# EXCEPT  leaves out the files whose name begins so
# DEPENDS rooms that it links, LINK other targets that it links
#
# A room without files makes no target, and neither does one that TROUPE_ROOMS leaves out; whoever depends on it does
# without. The global property TROUPE_TARGETS lists the targets made, those below first; target troupe_rooms builds them.

add_custom_target(troupe_rooms)
set(TROUPE_LIBRARY_BATCH 1 CACHE STRING "Source files of a room that are compiled as one, for builds that are made anew each \
time: reading the headers takes longer than compiling what most of them say")

function(troupe_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "FOLDER;ONLY" "EXCEPT;DEPENDS;LINK")
  if(NOT room_FOLDER)
    set(room_FOLDER ${name})
  endif()
  if(NOT room_FOLDER IN_LIST TROUPE_ROOMS)
    return()
  endif()

  set(include ${PROJECT_SOURCE_DIR}/include)
  set_property(GLOBAL PROPERTY TROUPE_FILES_${name} "${room_FOLDER}" "${room_ONLY}" ${room_EXCEPT})
  troupe_files(${name} headers ${include}/troupe *.hpp)
  troupe_files(${name} sources ${PROJECT_SOURCE_DIR}/src *.cpp)
  file(GLOB door CONFIGURE_DEPENDS ${include}/troupe/${name}.hpp)
  if(NOT headers AND NOT sources)
    return()
  endif()

  set(target troupe_${name})
  if(sources)
    set(reach PUBLIC)
    add_library(${target} ${sources})
    add_dependencies(troupe_rooms ${target})
    set_target_properties(${target} PROPERTIES
      POSITION_INDEPENDENT_CODE ON
      VERSION ${PROJECT_VERSION}
      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    if(TROUPE_LIBRARY_BATCH GREATER 1)
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${TROUPE_LIBRARY_BATCH})
      # What GCC says of a member of a type that a source file keeps to itself wherever that lies in an included file.
      target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    endif()
  else()
    set(reach INTERFACE)
    add_library(${target} INTERFACE)
  endif()
  add_library(troupe::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} CXX_EXTENSIONS OFF)
  target_compile_features(${target} ${reach} cxx_std_23)
  target_sources(${target} ${reach} FILE_SET HEADERS BASE_DIRS ${include} FILES ${door} ${headers})

  set(depends)
  foreach(below IN LISTS room_DEPENDS)
    if(TARGET troupe_${below})
      list(APPEND depends ${below})
      target_link_libraries(${target} ${reach} troupe_${below})
    endif()
  endforeach()
  target_link_libraries(${target} ${reach} ${room_LINK})

  set_property(GLOBAL APPEND PROPERTY TROUPE_TARGETS ${name})
  set_property(GLOBAL PROPERTY TROUPE_DEPENDS_${name} ${depends})
endfunction()

# Sets <out> to the files that end so and belong to target <name> in its room's folder below <base>.
function(troupe_files name out base ending)
  get_property(files GLOBAL PROPERTY TROUPE_FILES_${name})
  list(POP_FRONT files folder only)
  file(GLOB found CONFIGURE_DEPENDS ${base}/${folder}/${only}${ending})
  foreach(stem IN LISTS files)
    list(FILTER found EXCLUDE REGEX "/${stem}[^/]*$")
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# Sets <out> to the troupe:: targets that exist, of all rooms.
function(troupe_all_rooms out)
  get_property(names GLOBAL PROPERTY TROUPE_TARGETS)
  list(TRANSFORM names PREPEND troupe::)
  set(${out} ${names} PARENT_SCOPE)
endfunction()

# Adds the folder of each CMakeLists.txt that the pattern finds.
function(troupe_add_folders pattern)
  file(GLOB lists CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${pattern})
  foreach(list IN LISTS lists)
    cmake_path(GET list PARENT_PATH folder)
    add_subdirectory(${folder})
  endforeach()
endfunction()
