# Builds CAF for this project, once, below INBOX_CAF_CACHE. Both functions leave
# nothing behind when their source is out of reach.

set(INBOX_CAF_SCRIPT "${PROJECT_SOURCE_DIR}/cmake/provide-caf.sh")

function(inbox_run_provide_caf)
  find_program(INBOX_BASH bash REQUIRED)
  mark_as_advanced(INBOX_BASH)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env "CMAKE=${CMAKE_COMMAND}"
            "CXX=${CMAKE_CXX_COMPILER}" "${INBOX_BASH}" "${INBOX_CAF_SCRIPT}"
            --cache "${INBOX_CAF_CACHE}" --variant "${INBOX_CAF_VARIANT}"
            ${ARGN}
    RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(STATUS "CAF could not be built (see above)")
  endif()
endfunction()

function(inbox_provide_caf_from_upstream)
  find_package(Git QUIET)
  if(NOT Git_FOUND OR FETCHCONTENT_FULLY_DISCONNECTED)
    return()
  endif()
  # A machine without that way out must not wait for a download to time out.
  message(STATUS "Looking for CAF at ${INBOX_CAF_UPSTREAM}")
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env GIT_TERMINAL_PROMPT=0
            "${GIT_EXECUTABLE}" ls-remote --exit-code "${INBOX_CAF_UPSTREAM}"
            "refs/tags/${INBOX_CAF_UPSTREAM_VERSION}"
    TIMEOUT 10
    RESULT_VARIABLE status
    OUTPUT_QUIET ERROR_QUIET)
  if(NOT status EQUAL 0)
    message(STATUS "Looking for CAF at ${INBOX_CAF_UPSTREAM} - out of reach")
    return()
  endif()
  include(FetchContent)
  set(FETCHCONTENT_QUIET ON)
  set(source "${PROJECT_BINARY_DIR}/_deps/caf-src")
  # Populated only: as a part of this build, CAF would be built anew in each.
  FetchContent_Populate(
    caf
    QUIET
    SOURCE_DIR "${source}"
    BINARY_DIR "${PROJECT_BINARY_DIR}/_deps/caf-build"
    SUBBUILD_DIR "${PROJECT_BINARY_DIR}/_deps/caf-subbuild"
    GIT_REPOSITORY "${INBOX_CAF_UPSTREAM}"
    GIT_TAG "${INBOX_CAF_UPSTREAM_COMMIT}"
    GIT_PROGRESS OFF)
  inbox_run_provide_caf(--source "${source}" --version
                        "${INBOX_CAF_UPSTREAM_VERSION}")
  file(REMOVE_RECURSE "${source}")
endfunction()

function(inbox_provide_caf_from_debian)
  inbox_run_provide_caf(--debian --minimum "${INBOX_CAF_MINIMUM}")
endfunction()
