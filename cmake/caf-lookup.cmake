# Looks for CAF without loading it: a package file that was loaded once leaves
# its targets behind, and with them the wrong version.

# A build of our own is looked up anew in every run: its variant may have
# changed, and an installed CAF goes before it.
function(inbox_forget_cached_caf)
  string(FIND "${CAF_DIR}" "${INBOX_CAF_CACHE}/" position)
  if(position EQUAL 0)
    unset(CAF_DIR CACHE)
  endif()
endfunction()

# Sets `result` to the places that the user named for packages.
function(inbox_named_places result)
  set(names ${CAF_DIR} $ENV{CAF_DIR} ${CAF_ROOT} $ENV{CAF_ROOT}
            ${CMAKE_PREFIX_PATH})
  set(from_environment "$ENV{CMAKE_PREFIX_PATH}")
  string(REPLACE ":" ";" from_environment "${from_environment}")
  list(APPEND names ${from_environment})
  list(FILTER names EXCLUDE REGEX "(^|-)NOTFOUND$")
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

function(inbox_is_below path places result)
  set(${result} FALSE PARENT_SCOPE)
  foreach(place IN LISTS places)
    cmake_path(IS_PREFIX place "${path}" NORMALIZE is_below)
    if(is_below)
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# Sets `good` to the package folder of an installed CAF that will do. If there
# is none, sets `bad` to the reason for a refusal, if any, and bad_is_named to
# whether that reason is about a place that the user named.
function(inbox_look_up_installed_caf places good bad)
  set(${good} "" PARENT_SCOPE)
  set(${bad} "" PARENT_SCOPE)
  set(bad_is_named FALSE PARENT_SCOPE)

  # No CAF is that new, so this lists what there is and loads nothing.
  find_package(CAF 9999 CONFIG QUIET)
  set(too_old "")
  foreach(config version IN ZIP_LISTS CAF_CONSIDERED_CONFIGS
                                      CAF_CONSIDERED_VERSIONS)
    cmake_path(GET config PARENT_PATH dir)
    inbox_is_below("${dir}" "${places}" is_named)
    if(version VERSION_LESS INBOX_CAF_MINIMUM)
      list(APPEND too_old "CAF ${version} in ${dir}")
      list(APPEND too_old_dirs "${dir}")
    elseif(is_named OR INBOX_CAF_VARIANT STREQUAL "plain")
      set(${good} "${dir}" PARENT_SCOPE)
      return()
    else()
      message(STATUS "Passing over CAF ${version} in ${dir}: it was not built "
                     "for ThreadSanitizer")
    endif()
  endforeach()

  # CAF 0.17, as Debian has it, comes without a package file.
  if(NOT too_old)
    find_path(INBOX_CAF_HEADERS caf/config.hpp HINTS ${CAF_ROOT} $ENV{CAF_ROOT}
              PATH_SUFFIXES include NO_CACHE)
    string(REGEX REPLACE "/$" "" INBOX_CAF_HEADERS "${INBOX_CAF_HEADERS}")
    inbox_read_caf_version("${INBOX_CAF_HEADERS}" version)
    if(version AND version VERSION_LESS INBOX_CAF_MINIMUM)
      set(too_old "CAF ${version} in ${INBOX_CAF_HEADERS}")
      set(too_old_dirs "${INBOX_CAF_HEADERS}")
    endif()
  endif()
  if(NOT too_old)
    return()
  endif()
  list(GET too_old 0 found)
  list(GET too_old_dirs 0 dir)
  inbox_is_below("${dir}" "${places}" is_named)
  set(bad_is_named ${is_named} PARENT_SCOPE)
  set(way_out "Name a newer one with CAF_ROOT or CMAKE_PREFIX_PATH")
  if(is_named)
    string(APPEND way_out ", or name none.")
  else()
    string(APPEND way_out ", or let this project build one for itself with "
           "-DINBOX_CAF_REFUSAL=WARNING, or remove the old one.")
  endif()
  set(${bad} "Refusing ${found}: caf-inbox needs ${INBOX_CAF_MINIMUM} or \
newer, which has another API. ${way_out}" PARENT_SCOPE)
endfunction()

# Reads a version from headers that have no package file beside them.
function(inbox_read_caf_version include_dir result)
  set(${result} "" PARENT_SCOPE)
  # Since 1.0, as text; the number beside it is wrong in 1.1.0.
  set(header "${include_dir}/caf/detail/build_config.hpp")
  if(EXISTS "${header}")
    file(STRINGS "${header}" line REGEX "define CAF_VERSION_STR ")
    if(line MATCHES "CAF_VERSION_STR \"([0-9.]+)\"")
      set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
      return()
    endif()
  endif()
  set(header "${include_dir}/caf/config.hpp")
  if(NOT EXISTS "${header}")
    return()
  endif()
  file(STRINGS "${header}" line REGEX "define CAF_VERSION [0-9]+$")
  if(line MATCHES "CAF_VERSION ([0-9]+)$")
    math(EXPR major "${CMAKE_MATCH_1} / 10000")
    math(EXPR minor "${CMAKE_MATCH_1} / 100 % 100")
    math(EXPR patch "${CMAKE_MATCH_1} % 100")
    set(${result} "${major}.${minor}.${patch}" PARENT_SCOPE)
  endif()
endfunction()

# Sets `result` to the package folder of the newest CAF that this project built
# for itself in the wanted variant.
function(inbox_look_up_built_caf result)
  file(GLOB dirs
       "${INBOX_CAF_CACHE}/caf-*-${INBOX_CAF_VARIANT}/lib/cmake/CAF")
  list(SORT dirs COMPARE NATURAL ORDER DESCENDING)
  set(${result} "" PARENT_SCOPE)
  if(dirs)
    list(GET dirs 0 newest)
    set(${result} "${newest}" PARENT_SCOPE)
  endif()
endfunction()
