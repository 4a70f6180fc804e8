# Installs the library into a folder of its own, and builds and runs a consumer
# against it.

add_test(
  NAME package.consumer
  COMMAND
    "${CMAKE_COMMAND}"
    "-DBUILD_DIR=${PROJECT_BINARY_DIR}"
    "-DCONSUMER_DIR=${CMAKE_CURRENT_SOURCE_DIR}/package"
    "-DWORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/package"
    "-DGENERATOR=${CMAKE_GENERATOR}"
    "-DMAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}"
    "-DCOMPILER=${CMAKE_CXX_COMPILER}"
    "-DLAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}"
    "-DBUILD_TYPE=${CMAKE_BUILD_TYPE}"
    "-DFLAGS=${INBOX_SANITIZER_FLAGS}"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/package/run.cmake")
set_tests_properties(package.consumer PROPERTIES LABELS build TIMEOUT 600)
