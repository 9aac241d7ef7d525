# SPDX-License-Identifier: Apache-2.0
# What `cmake --install build` puts where, in three components: `runtime` (the shared library),
# `development` (headers, archive, pkg-config, CMake package) and `tools` (programs, pages, completions,
# examples). tests/install/install_test.sh and tests/install/new_test.sh build against the installed copy.
include(CMakePackageConfigHelpers)

list(JOIN JOIST_PACKAGES " " JOIST_PC_REQUIRES)
file(RELATIVE_PATH JOIST_PC_PREFIX "/x/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/x")
string(REGEX REPLACE "/$" "" JOIST_PC_PREFIX "${JOIST_PC_PREFIX}")
configure_file(tools/cmake/joist.pc.in joist.pc @ONLY)
configure_file(tools/cmake/joist-shared.pc.in joist-shared.pc @ONLY)
configure_file(tools/cmake/joist-config.cmake.in joist-config.cmake @ONLY)
write_basic_package_version_file(joist-config-version.cmake COMPATIBILITY SameMinorVersion)

set(libraries joist)
if(TARGET joist-shared)
    list(APPEND libraries joist-shared)
endif()
install(TARGETS ${libraries} EXPORT joist-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime
                NAMELINK_COMPONENT development)
install(DIRECTORY engine/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
        FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/joist.pc ${PROJECT_BINARY_DIR}/joist-shared.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
install(EXPORT joist-targets NAMESPACE joist::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/joist COMPONENT development)
install(FILES ${PROJECT_BINARY_DIR}/joist-config.cmake
              ${PROJECT_BINARY_DIR}/joist-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/joist COMPONENT development)

# Debian's zsh looks elsewhere than all others.
install(CODE [[
    set(JOIST_ZSH site-functions)
    if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
        set(JOIST_ZSH vendor-completions)
    endif()]] COMPONENT tools)
install(TARGETS ${JOIST_INSTALLED} joist-tool RUNTIME COMPONENT tools)
install(DIRECTORY ${JOIST_SHARE}/man ${JOIST_SHARE}/bash-completion ${JOIST_SHARE}/fish
                  ${JOIST_SHARE}/joist
        DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT tools)
install(DIRECTORY ${JOIST_SHARE}/zsh/site-functions/
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/\${JOIST_ZSH} COMPONENT tools)

# Debian wants its pages compressed.
install(CODE [[
    if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
        file(GLOB pages "$ENV{DESTDIR}/usr/share/man/man1/*.1")
        foreach(page ${pages})
            execute_process(COMMAND gzip -9nf ${page} COMMAND_ERROR_IS_FATAL ANY)
        endforeach()
    endif()]] COMPONENT tools)
