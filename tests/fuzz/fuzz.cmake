# tests/fuzz/<name>.fuzz.cpp becomes the program fuzz_<name>. With the preset
# `fuzz` it is one of libFuzzer's; else it only runs the inputs that it is given.
# Either way the suite fuzz.<name> runs those of tests/fuzz/corpus/<name>/.

find_package(nlohmann_json 3 REQUIRED)

set(fuzz "${CMAKE_CURRENT_SOURCE_DIR}/fuzz")

add_library(inbox_fuzz_driver OBJECT "${fuzz}/fuzz.cpp")
inbox_compiler_settings(inbox_fuzz_driver)
target_link_libraries(inbox_fuzz_driver PUBLIC inbox_messages)
if(NOT INBOX_FUZZ)
  target_sources(inbox_fuzz_driver PRIVATE "${fuzz}/replay.cpp")
endif()

add_custom_target(fuzz_targets)

file(GLOB fuzz_sources CONFIGURE_DEPENDS fuzz/*.fuzz.cpp)
foreach(source IN LISTS fuzz_sources)
  cmake_path(GET source STEM LAST_ONLY name)
  string(REGEX REPLACE "\\.fuzz$" "" name "${name}")
  set(target fuzz_${name})
  file(GLOB helpers CONFIGURE_DEPENDS fuzz/${name}_*.cpp)
  list(FILTER helpers EXCLUDE REGEX "\\.fuzz\\.cpp$")
  add_executable(${target} "${source}" ${helpers})
  inbox_compiler_settings(${target})
  target_link_libraries(
    ${target} PRIVATE inbox_fuzz_driver inbox_storage
                      nlohmann_json::nlohmann_json)
  set_target_properties(
    ${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                         "${CMAKE_CURRENT_BINARY_DIR}/fuzz")
  if(INBOX_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  endif()
  add_dependencies(fuzz_targets ${target})
  add_test(NAME fuzz.${name} COMMAND ${target} -runs=0 "${fuzz}/corpus/${name}")
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()

# The example's parser is no library; the target takes its sources.
target_sources(
  fuzz_event_lines
  PRIVATE "${PROJECT_SOURCE_DIR}/examples/webhook_inbox/event_lines.cpp"
          "${PROJECT_SOURCE_DIR}/examples/webhook_inbox/json_text.cpp")
