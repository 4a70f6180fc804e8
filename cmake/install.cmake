# Installs headers, libraries and the CMake package `caf-inbox`.

include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/caf-inbox")

set(libraries inbox inbox_messages inbox_storage inbox_actors)
if(TARGET inbox_nodes)
  list(APPEND libraries inbox_nodes)
endif()
install(
  TARGETS ${libraries}
  EXPORT caf-inbox-targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT caf-inbox-targets NAMESPACE caf-inbox:: DESTINATION
        "${package_dir}")

# All headers stay below inbox/ and find each other by relative paths, so they
# cannot meet an application's headers of the same name.
install(
  FILES inbox.hpp nodes.hpp
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/inbox"
  OPTIONAL)
install(
  DIRECTORY ${INBOX_LAYERS}
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/inbox"
  FILES_MATCHING
  PATTERN "*.hpp")

# Types of CAF are part of the interface, and CAF keeps no ABI between
# versions: the package asks for the very version it was built with.
if(NOT CAF_VERSION)
  message(FATAL_ERROR "The version of this build's CAF is not known: set "
                      "CAF_VERSION, or INBOX_INSTALL to OFF")
endif()
configure_package_config_file(
  cmake/caf-inbox-config.cmake.in
  "${PROJECT_BINARY_DIR}/caf-inbox-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/caf-inbox-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/caf-inbox-config.cmake"
              "${PROJECT_BINARY_DIR}/caf-inbox-config-version.cmake"
        DESTINATION "${package_dir}")
