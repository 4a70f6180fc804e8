# Inboxes in virtual time: the program, the same one without the fence, and
# tests of what they stand on.

find_package(Boost REQUIRED COMPONENTS context)

file(GLOB simulation_sources CONFIGURE_DEPENDS simulation/*.cpp)
set(simulation_suites ${simulation_sources})
list(FILTER simulation_suites INCLUDE REGEX "\\.test\\.cpp$")
list(FILTER simulation_sources EXCLUDE REGEX "(\\.test|/main)\\.cpp$")
list(APPEND simulation_sources "${CMAKE_CURRENT_SOURCE_DIR}/chaos/checker.cpp")

set(simulation_libraries caf-inbox::inbox Boost::context)

function(inbox_simulation_program target)
  add_executable(${target} simulation/main.cpp ${simulation_sources} ${ARGN})
  inbox_compiler_settings(${target})
  target_link_libraries(${target} PRIVATE ${simulation_libraries} CLI11::CLI11)
  set_target_properties(
    ${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                         "${CMAKE_CURRENT_BINARY_DIR}/simulation")
endfunction()

inbox_simulation_program(simulate)

# The source that has the memory store's fence is compiled once more, without
# it. What it defines is not taken from the library then.
inbox_simulation_program(simulate_without_fence
                         "${PROJECT_SOURCE_DIR}/storage/memory/settle.cpp")
target_compile_definitions(simulate_without_fence PRIVATE INBOX_WITHOUT_FENCE)

inbox_test_executable(test_simulation ${simulation_suites} ${simulation_sources}
                      support/test_main.cpp)
target_link_libraries(test_simulation PRIVATE ${simulation_libraries})
foreach(source IN LISTS simulation_suites)
  cmake_path(GET source STEM LAST_ONLY name)
  string(REGEX REPLACE "\\.test$" "" name "${name}")
  set_property(SOURCE "${source}" APPEND PROPERTY COMPILE_DEFINITIONS
               "CAF_SUITE=simulation.${name}")
  inbox_add_suite(simulation.${name} test_simulation "simulation\\.${name}"
                  simulation)
endforeach()

add_test(NAME simulation.seeds COMMAND simulate --count 3000)
add_test(NAME simulation.seeds_without_fence
         COMMAND simulate_without_fence --count 300)
set_tests_properties(
  simulation.seeds_without_fence
  PROPERTIES PASS_REGULAR_EXPRESSION "acknowledged [1-9].*settled twice [1-9]")
set_tests_properties(
  simulation.seeds simulation.seeds_without_fence
  PROPERTIES LABELS simulation TIMEOUT 330)
