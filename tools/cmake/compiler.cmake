# SPDX-License-Identifier: Apache-2.0
# Language, warnings, optimisation, sanitizers: the same for every target.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()
# No -DNDEBUG: a bad program asserts, in release too. Symbols are kept for back traces.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g -fno-plt")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g -fno-plt")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

add_compile_definitions(_GNU_SOURCE)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# A place in a pipeline is `pipelines/x.c:41` wherever it was built.
# (A compiler cache may have made the path relative.)
file(RELATIVE_PATH up ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/= -fmacro-prefix-map=${up}=)
# The build id names a binary in `--version`; clang does not ask for one by itself.
add_link_options(LINKER:--build-id=sha1 LINKER:--as-needed)

if(JOIST_SANITIZE)
    add_compile_options(-O1 -fsanitize=${JOIST_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${JOIST_SANITIZE})
    # gcc sees uninitialised variables in what it instruments itself; release and clang keep looking.
    add_compile_options($<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

if(JOIST_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "fuzzing needs clang: configure with `cmake --preset fuzz`")
    endif()
    add_compile_options(-O1 -fsanitize=fuzzer-no-link,address,undefined
                        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
