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
