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
# What an installed header includes in quotes has to be installed with it. If it
# were found elsewhere, by chance, the consumer would not notice.
set(root "${prefix}/include/inbox")
file(GLOB_RECURSE headers "${root}/*.hpp")
set(count 0)
foreach(header IN LISTS headers)
  cmake_path(GET header PARENT_PATH folder)
  file(STRINGS "${header}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*\"")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*$" "\\1" name "${line}")
    set(file "${folder}/${name}")
    cmake_path(NORMAL_PATH file)
    cmake_path(IS_PREFIX root "${file}" is_below)
    if(NOT is_below OR NOT EXISTS "${file}")
      message(FATAL_ERROR "${header} includes \"${name}\", which is not "
                          "installed below ${root}")
    endif()
    math(EXPR count "${count} + 1")
  endforeach()
endforeach()
if(count LESS 10)
  message(FATAL_ERROR "only ${count} includes found in ${root}")
endif()
run("${CMAKE_COMMAND}" -S "${CONSUMER_DIR}" -B "${build}" -G "${GENERATOR}"
    "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
    "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_CXX_FLAGS=${FLAGS}"
    "-Dcaf-inbox_ROOT=${prefix}")
run("${CMAKE_COMMAND}" --build "${build}")
run("${CMAKE_COMMAND}" -E chdir "${build}" ./consumer)
