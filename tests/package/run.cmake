# cmake -P script of the test package.consumer, see package.cmake.

set(prefix "${WORK_DIR}/prefix")
set(build "${WORK_DIR}/build")
file(REMOVE_RECURSE "${prefix}" "${build}")
string(REPLACE ";" " " FLAGS "${FLAGS}")

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "failed (${status}): ${command}")
  endif()
endfunction()

run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${prefix}")
# An installed header that points out of its folder found what it needs by
# chance, and the consumer would not notice.
file(GLOB_RECURSE headers "${prefix}/include/inbox/*.hpp")
if(NOT headers)
  message(FATAL_ERROR "no header was installed")
endif()
run("${CMAKE_COMMAND}" -S "${CONSUMER_DIR}" -B "${build}" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
    "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_CXX_FLAGS=${FLAGS}"
    "-Dcaf-inbox_ROOT=${prefix}")
run("${CMAKE_COMMAND}" --build "${build}")
run("${CMAKE_COMMAND}" -E chdir "${build}" ./consumer)
