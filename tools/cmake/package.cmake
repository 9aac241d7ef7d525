# SPDX-License-Identifier: Apache-2.0
# `cpack -G DEB --config build/CPackConfig.cmake -B DIR`: three packages, one per component of install.cmake.
# Their dependencies on libraries are found by dpkg-shlibdeps.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME joist)
set(CPACK_PACKAGE_VENDOR "The Joist authors")
set(JOIST_MAINTAINER "The Joist authors <joist@localhost>" CACHE STRING "who makes the .deb")
set(CPACK_PACKAGE_CONTACT ${JOIST_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL runtime development tools)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
set(soname ${PROJECT_VERSION_MAJOR})

set(about
"Joist runs data pipelines on one machine: typed records, functions on one
element, and a graph that is checked, fused into stages and run on all cores
with bounded memory. What cannot be processed is set aside with its place and
the reason; results become visible at once and whole.")

# joist_deb(COMPONENT PACKAGE SECTION WHAT-IT-HAS)
macro(joist_deb component package section has)
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
    set(CPACK_COMPONENT_${upper}_DESCRIPTION "${about}\n\n${has}")
    install(FILES tools/package/copyright ${JOIST_CHANGELOG}.gz EXCLUDE_FROM_ALL
            DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package} COMPONENT ${component})
endmacro()

# ---- what changed ---------------------------------------------------------------------------------
set(JOIST_CHANGELOG ${PROJECT_BINARY_DIR}/changelog.Debian)
execute_process(COMMAND env LC_ALL=C date -u -R -d ${JOIST_RELEASED} OUTPUT_VARIABLE date
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${JOIST_CHANGELOG} "joist (${version}) stable; urgency=medium

  * Version ${PROJECT_VERSION}.

 -- ${JOIST_MAINTAINER}  ${date}
")
execute_process(COMMAND gzip -9nkf ${JOIST_CHANGELOG} COMMAND_ERROR_IS_FATAL ANY)

# ---- the packages ---------------------------------------------------------------------------------
joist_deb(runtime libjoist${soname} libs "This package has the shared library.")
file(WRITE ${PROJECT_BINARY_DIR}/shlibs
     "libjoist ${soname} libjoist${soname} (>= ${PROJECT_VERSION})\n")
file(WRITE ${PROJECT_BINARY_DIR}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA
    "${PROJECT_BINARY_DIR}/shlibs;${PROJECT_BINARY_DIR}/triggers")

# The archive needs what the library is made of, so whoever develops gets all of it.
joist_deb(development libjoist-dev libdevel
"This package has what is needed to write a pipeline: the headers, the library
as an archive, and its files for pkg-config and CMake.")
list(JOIN JOIST_DEB_PACKAGES ", " packages)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libjoist${soname} (= ${version}), ${packages}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS joist-tools)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)

joist_deb(tools joist-tools devel
"This package has `joist new`, which begins a project from an example; the
pipelines that come with Joist: deactivate, analytics and wordcount; and
joist-collector, which receives events over HTTP.")
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "libjoist-dev, cmake")
include(CPack)
