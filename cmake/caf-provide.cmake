# Builds CAF for this project, once, below INBOX_CAF_CACHE. Both functions leave
# nothing behind when their source is out of reach or its build fails.

set(INBOX_CAF_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/provide-caf.sh")
set(INBOX_CAF_FETCHER "${CMAKE_CURRENT_LIST_DIR}/fetch-caf.cmake")

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
  # Populated only: as a part of this build, CAF would be built anew in each.
  set(dir "${PROJECT_BINARY_DIR}/_deps/caf")
  execute_process(
    COMMAND
      "${CMAKE_COMMAND}" "-DREPOSITORY=${INBOX_CAF_UPSTREAM}"
      "-DCOMMIT=${INBOX_CAF_UPSTREAM_COMMIT}" "-DDIR=${dir}"
      "-DCMAKE_GENERATOR=${CMAKE_GENERATOR}"
      "-DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}" -P "${INBOX_CAF_FETCHER}"
    RESULT_VARIABLE status)
  if(status EQUAL 0)
    inbox_run_provide_caf(--source "${dir}/src" --version
                          "${INBOX_CAF_UPSTREAM_VERSION}")
  else()
    message(STATUS "CAF could not be fetched (see above)")
  endif()
  file(REMOVE_RECURSE "${dir}")
endfunction()

function(inbox_provide_caf_from_debian)
  inbox_run_provide_caf(--debian --minimum "${INBOX_CAF_MINIMUM}")
endfunction()
