# One static library per layer, and the rule that no layer includes another
# one above it.

set(INBOX_LAYERS messages storage actors nodes)

# The build tree shows the headers as they will be installed, so that tests and
# examples write `#include <inbox/inbox.hpp>` as any application does.
set(INBOX_BUILD_INCLUDE_DIR "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${INBOX_BUILD_INCLUDE_DIR}/inbox")
foreach(entry inbox.hpp nodes.hpp ${INBOX_LAYERS})
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${entry}"
       "${INBOX_BUILD_INCLUDE_DIR}/inbox/${entry}" SYMBOLIC)
endforeach()

# inbox_add_layer(<name> [ABOVE <layer>...] [LINKS <target>...])
#
# Makes the library inbox_<name> of all sources in the current folder. A layer
# that has headers only becomes an INTERFACE library.
function(inbox_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ABOVE;LINKS")
  set(target inbox_${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS *.hpp)
  if(sources)
    set(scope PUBLIC)
    add_library(${target} STATIC ${sources} ${headers})
    inbox_compiler_settings(${target})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  else()
    set(scope INTERFACE)
    add_library(${target} INTERFACE)
    target_compile_features(${target} INTERFACE cxx_std_17)
  endif()
  add_library(caf-inbox::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(
    ${target} ${scope} $<BUILD_INTERFACE:${INBOX_BUILD_INCLUDE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set(below ${arg_ABOVE})
  list(TRANSFORM below PREPEND inbox_)
  target_link_libraries(${target} ${scope} ${below} ${arg_LINKS})
  inbox_check_layer(${name} "${arg_ABOVE}" ${sources} ${headers})
  add_dependencies(${target} check_layer_${name})
endfunction()

# Adds public compile definitions to a layer, whether it has sources or not.
function(inbox_layer_definitions name)
  get_target_property(type inbox_${name} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_compile_definitions(inbox_${name} INTERFACE ${ARGN})
  else()
    target_compile_definitions(inbox_${name} PUBLIC ${ARGN})
  endif()
endfunction()

# A build step in front of the layer's compilation, repeated whenever one of
# its files changed.
function(inbox_check_layer name above)
  set(script "${PROJECT_SOURCE_DIR}/cmake/check-layers.sh")
  set(stamp "${PROJECT_BINARY_DIR}/CMakeFiles/check_layer_${name}.stamp")
  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND "${script}" "${PROJECT_SOURCE_DIR}" ${name} ${above}
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    DEPENDS "${script}" ${ARGN}
    COMMENT "Checking the includes of ${name}/"
    VERBATIM)
  add_custom_target(check_layer_${name} DEPENDS "${stamp}")
endfunction()
