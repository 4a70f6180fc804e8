# The program that measures one thing at a time; tests/benchmarks/run has it do
# so many times and compares.

find_package(CLI11 REQUIRED)
find_package(nlohmann_json 3 REQUIRED)

file(GLOB bench_sources CONFIGURE_DEPENDS benchmarks/ours/*.cpp
     benchmarks/bare/*.cpp)
add_executable(bench ${bench_sources})
inbox_compiler_settings(bench)
target_link_libraries(bench PRIVATE caf-inbox::inbox CLI11::CLI11
                                    nlohmann_json::nlohmann_json)
set_target_properties(
  bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                   "${CMAKE_CURRENT_BINARY_DIR}/benchmarks")

# For one run each, so that they do not rot between measurements.
foreach(store sqlite postgres)
  set(name benchmarks.once.${store})
  add_test(NAME ${name}
           COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/benchmarks/once.sh"
                   "$<TARGET_FILE:bench>" ${store})
  set_tests_properties(${name} PROPERTIES LABELS benchmarks
                                          TIMEOUT 120 SKIP_RETURN_CODE 77)
endforeach()
set_tests_properties(benchmarks.once.postgres
                     PROPERTIES LABELS "benchmarks;postgres"
                                RESOURCE_LOCK postgres_server)

# Single paths, by hand: bench_micro --benchmark_filter=... The suite runs each
# for a moment, so that they do not rot.
find_package(benchmark REQUIRED)

file(GLOB micro_sources CONFIGURE_DEPENDS benchmarks/micro/*.cpp)
add_executable(bench_micro ${micro_sources})
inbox_compiler_settings(bench_micro)
target_link_libraries(bench_micro PRIVATE caf-inbox::inbox
                                          benchmark::benchmark)
set_target_properties(
  bench_micro PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                         "${CMAKE_CURRENT_BINARY_DIR}/benchmarks")
add_test(NAME benchmarks.micro COMMAND bench_micro --benchmark_min_time=0.001)
set_tests_properties(benchmarks.micro PROPERTIES LABELS benchmarks
                                                 FAIL_REGULAR_EXPRESSION "ERROR")
