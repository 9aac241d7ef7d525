# SPDX-License-Identifier: Apache-2.0
# The library, its headers, a pkg-config file and a CMake package. tests/e2e/install_test.sh builds a
# pipeline against the installed copy.
include(CMakePackageConfigHelpers)

list(JOIN JOIST_PACKAGES " " JOIST_PC_REQUIRES)
file(RELATIVE_PATH JOIST_PC_PREFIX "/x/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/x")
string(REGEX REPLACE "/$" "" JOIST_PC_PREFIX "${JOIST_PC_PREFIX}")
configure_file(tools/cmake/joist.pc.in joist.pc @ONLY)
configure_file(tools/cmake/joist-config.cmake.in joist-config.cmake @ONLY)
write_basic_package_version_file(joist-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS joist EXPORT joist-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY engine/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/joist.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(EXPORT joist-targets NAMESPACE joist:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/joist)
install(FILES ${PROJECT_BINARY_DIR}/joist-config.cmake
              ${PROJECT_BINARY_DIR}/joist-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/joist)
