#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the library to a temporary prefix and builds a pipeline outside the tree against it, once by
# pkg-config and once by CMake's find_package. Both programs must start and know their version.
set -eu
: "${JOIST_BUILD:?is set by ctest}" "${JOIST_SOURCE:?is set by ctest}"
if ! grep -q '^JOIST_SANITIZE:[A-Z]*=$' "$JOIST_BUILD/CMakeCache.txt"; then
    echo "a library with sanitizers is not installed"
    exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/joist-install.XXXXXX")
trap 'rm -rf "$work"' EXIT

cmake --install "$JOIST_BUILD" --prefix "$work/prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
pc=$(find "$work/prefix" -name joist.pc)
export PKG_CONFIG_PATH="${pc%/*}"

mkdir "$work/user" && cd "$work/user"
cp "$JOIST_SOURCE/pipelines/wordcount.c" mine.c
# shellcheck disable=SC2046 # lists of words on purpose
${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror mine.c $(pkg-config --cflags --libs joist) -o by-pkg-config

cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(mine C CXX)
find_package(joist 0.1 REQUIRED)
add_executable(by-cmake mine.c)
target_link_libraries(by-cmake PRIVATE joist::joist)
CMAKE
cmake -G Ninja -S . -B b -DCMAKE_PREFIX_PATH="$work/prefix" >log 2>&1 && cmake --build b >>log 2>&1 || {
    cat log
    exit 1
}

for program in ./by-pkg-config b/by-cmake; do
    "$program" --version
done
