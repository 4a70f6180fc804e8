# Compiler settings for everything this project builds itself. They are PRIVATE
# to its targets: an application that links the library keeps its own.

find_program(INBOX_CCACHE ccache)
mark_as_advanced(INBOX_CCACHE)
if(INBOX_TOP_LEVEL AND INBOX_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${INBOX_CCACHE}")
endif()

if(INBOX_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

set(INBOX_WARNING_FLAGS
  -Wall
  -Wextra
  -Wpedantic
  -Wshadow
  -Wconversion
  -Wno-sign-conversion
  -Wnon-virtual-dtor
  -Woverloaded-virtual
  -Wold-style-cast
  -Wcast-align
  -Wextra-semi
  -Wimplicit-fallthrough
  -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND INBOX_WARNING_FLAGS -Wduplicated-cond -Wlogical-op)
endif()

set(INBOX_FUZZ OFF)
if(INBOX_SANITIZE MATCHES "fuzzer")
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "INBOX_SANITIZE=${INBOX_SANITIZE} needs Clang")
  endif()
  set(INBOX_FUZZ ON)
endif()

set(INBOX_SANITIZER_FLAGS "")
if(INBOX_SANITIZE)
  # All code is watched by the fuzzer, but only fuzz targets get its main().
  string(REPLACE fuzzer fuzzer-no-link sanitizers "${INBOX_SANITIZE}")
  set(INBOX_SANITIZER_FLAGS
    "-fsanitize=${sanitizers}"
    -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  if(INBOX_SANITIZE MATCHES "undefined")
    # CAF hides its symbols, so typeinfo cannot be compared across libraries.
    list(APPEND INBOX_SANITIZER_FLAGS -fno-sanitize=vptr)
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      list(APPEND INBOX_SANITIZER_FLAGS -fno-sanitize=function) # likewise
    endif()
  endif()
endif()

# Applies the project's settings to a target that has sources.
function(inbox_compiler_settings target)
  # Extensions stay off: they predefine plain words such as `unix` and `linux`
  # as macros, which would turn up inside names that CAF stringizes.
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_compile_options(${target} PRIVATE ${INBOX_WARNING_FLAGS})
  if(INBOX_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(INBOX_SANITIZER_FLAGS)
    target_compile_options(${target} PRIVATE ${INBOX_SANITIZER_FLAGS})
    target_link_options(${target} PUBLIC ${INBOX_SANITIZER_FLAGS})
  endif()
endfunction()
