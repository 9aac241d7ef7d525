# SPDX-License-Identifier: Apache-2.0
# libjoist.a and libjoist.so from the same objects. They are position independent, which costs nothing:
# whatever turns out to be at hand when linking is called directly, and within a file calls are inlined
# as ever (-fno-semantic-interposition). Programs of this tree link the archive.
add_library(joist-objects OBJECT ${JOIST_SOURCES})
set_target_properties(joist-objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(joist-objects PRIVATE ${PROJECT_SOURCE_DIR}/engine/include)
target_compile_options(joist-objects PRIVATE -fno-semantic-interposition)
target_compile_definitions(joist-objects PRIVATE
    JOIST_VERSION="${PROJECT_VERSION}" JOIST_RELEASED="${JOIST_RELEASED}")
target_link_libraries(joist-objects PRIVATE PkgConfig::JOIST_DEPS Threads::Threads)

function(joist_library target)
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/engine/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

add_library(joist STATIC $<TARGET_OBJECTS:joist-objects>)
joist_library(joist)
set_target_properties(joist PROPERTIES EXPORT_NAME static)
target_link_libraries(joist PUBLIC PkgConfig::JOIST_DEPS Threads::Threads m)

# Names say what is public: joist_ is exported, jst_ and what C++ brings along are not.
if(NOT JOIST_SANITIZE AND NOT JOIST_FUZZ)
    set(script ${PROJECT_SOURCE_DIR}/tools/cmake/libjoist.map)
    add_library(joist-shared SHARED $<TARGET_OBJECTS:joist-objects>)
    joist_library(joist-shared)
    set_target_properties(joist-shared PROPERTIES OUTPUT_NAME joist EXPORT_NAME shared
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${script})
    target_link_options(joist-shared PRIVATE
        LINKER:--version-script=${script} LINKER:-z,defs LINKER:-z,relro LINKER:-z,now)
    target_link_libraries(joist-shared PRIVATE PkgConfig::JOIST_DEPS Threads::Threads m)
endif()
