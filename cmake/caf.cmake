# Makes the targets CAF::core, CAF::io and CAF::test available, from the first
# of these that works:
#
# 1. an installed CAF of 0.18.7 or newer, as find_package sees it; whatever
#    CAF_ROOT or CMAKE_PREFIX_PATH names comes first,
# 2. a CAF that an earlier run of this file built,
# 3. CAF 1.1.0 from upstream, built now,
# 4. CAF 0.18.7 from Debian's source packages, built now.
#
# The last two are built once, outside of the build tree, for all later builds.
# An installed CAF older than 0.18.7 has another API. It is never used, and it
# ends the configuration unless there is a build of 2. to go on with.

set(INBOX_CAF_MINIMUM 0.18.7)
set(INBOX_CAF_TESTED 0.18.7 1.1.0)
set(INBOX_CAF_UPSTREAM_VERSION 1.1.0)
# A mirror and its commit of that version can be named instead.
if(NOT DEFINED INBOX_CAF_UPSTREAM)
  set(INBOX_CAF_UPSTREAM "https://github.com/actor-framework/actor-framework")
endif()
if(NOT DEFINED INBOX_CAF_UPSTREAM_COMMIT)
  set(INBOX_CAF_UPSTREAM_COMMIT 97e03500422f0ac48e35fee510d570e16b43a65e)
endif()

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(default_cache "$ENV{XDG_CACHE_HOME}/caf-inbox")
else()
  set(default_cache "$ENV{HOME}/.cache/caf-inbox")
endif()
set(INBOX_CAF_CACHE "${default_cache}" CACHE PATH
  "Folder for the CAF builds that this project makes for itself")
set(INBOX_CAF_REFUSAL FATAL_ERROR CACHE STRING
  "What an installed CAF that is too old means: FATAL_ERROR, or WARNING to \
build another one")

# ThreadSanitizer reports false races unless it sees CAF's own synchronization.
set(INBOX_CAF_VARIANT plain)
if(INBOX_SANITIZE MATCHES "thread")
  string(TOLOWER "tsan-${CMAKE_CXX_COMPILER_ID}" INBOX_CAF_VARIANT)
endif()

include(caf-lookup)

function(inbox_remark_untested_caf)
  if(NOT CAF_VERSION IN_LIST INBOX_CAF_TESTED)
    list(JOIN INBOX_CAF_TESTED " and " tested)
    message(STATUS "This project is tested with CAF ${tested}, not with "
                   "'${CAF_VERSION}'")
  endif()
endfunction()

# Loads the package from one place only; ends this file's work.
macro(inbox_load_caf config_dir)
  find_package(CAF CONFIG REQUIRED PATHS "${config_dir}" NO_DEFAULT_PATH)
  if(NOT TARGET CAF::core OR NOT TARGET CAF::io)
    message(FATAL_ERROR "CAF at ${config_dir} lacks its core or io module")
  endif()
  message(STATUS "Using CAF ${CAF_VERSION}: ${config_dir}")
  inbox_remark_untested_caf()
endmacro()

# An application that brings CAF as a part of its own build has decided.
if(TARGET CAF::core)
  if(NOT CAF_VERSION) # for the package, see install.cmake
    get_target_property(folders CAF::core INTERFACE_INCLUDE_DIRECTORIES)
    foreach(folder IN LISTS folders)
      if(NOT CAF_VERSION)
        inbox_read_caf_version("${folder}" CAF_VERSION)
      endif()
    endforeach()
  endif()
  message(STATUS "Using the CAF that this build already has: ${CAF_VERSION}")
  inbox_remark_untested_caf()
  return()
endif()

inbox_forget_cached_caf()
inbox_named_places(places)
inbox_look_up_installed_caf("${places}" good bad)
if(good)
  inbox_load_caf("${good}")
  return()
endif()

inbox_look_up_built_caf(built)

# What the user named is taken or refused, but not replaced behind their back.
if(bad AND bad_is_named)
  message(FATAL_ERROR "${bad}")
elseif(bad AND built)
  message(WARNING "${bad}\nGoing on with ${built}")
elseif(bad)
  message(${INBOX_CAF_REFUSAL} "${bad}")
endif()

if(NOT built)
  include(caf-provide)
  inbox_provide_caf_from_upstream()
  inbox_look_up_built_caf(built)
endif()
if(NOT built)
  inbox_provide_caf_from_debian()
  inbox_look_up_built_caf(built)
endif()
if(NOT built)
  message(FATAL_ERROR
    "No CAF ${INBOX_CAF_MINIMUM} or newer found, and none could be built (see "
    "above). Install one and name it with CAF_ROOT or CMAKE_PREFIX_PATH.")
endif()
inbox_load_caf("${built}")
