#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the library to a temporary prefix, moves it away, and builds two programs outside the tree
# against the moved copy, by pkg-config and by CMake's find_package: a pipeline in C, which must count
# the words of a file, and a program in C++ that uses the headers. Nothing of the tree may be needed.
set -eu
: "${JOIST_BUILD:?is set by ctest}" "${JOIST_SOURCE:?is set by ctest}"
if ! grep -q '^JOIST_SANITIZE:[A-Z]*=$' "$JOIST_BUILD/CMakeCache.txt"; then
    echo "a library with sanitizers is not installed"
    exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/joist-install.XXXXXX")
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
# quietly COMMAND...: shows what it printed only if it fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; fail "$*"; }; }

quietly cmake --install "$JOIST_BUILD" --prefix "$work/first"
mv "$work/first" "$work/prefix"     # as a package manager would: no path may be baked in
baked=$(grep -rlF -e "$JOIST_SOURCE" -e "$JOIST_BUILD" -e "$work/first" --include='*.pc' --include='*.cmake' \
        --include='*.h' "$work/prefix" || true)
[ -z "$baked" ] || fail "these files know paths of the tree: $baked"
for header in "$JOIST_SOURCE"/engine/include/joist/*.h; do
    cmp "$header" "$work/prefix/include/joist/${header##*/}" || fail "not installed: $header"
done
if find "$work/prefix/include" -type f | grep -vE '/include/joist(/[a-z]+)?\.h$'; then
    fail "these headers are not public"
fi

# Names of C belong to us or to nobody; those of C++ (simdjson, inlined) cannot meet a C name.
foreign=$(nm -g --defined-only "$(find "$work/prefix" -name libjoist.a)" |
          awk 'NF == 3 && $3 !~ /^(joist|jst)_|^_Z|^DW\.ref\./ { print $3 }')
[ -z "$foreign" ] || fail "these symbols are neither joist_ nor jst_: $foreign"

# ---- two programs of a stranger -------------------------------------------------------------------
mkdir "$work/user" && cd "$work/user"
cp "$JOIST_SOURCE/pipelines/wordcount.c" mine.c
cat >mine.cpp <<'CPP'
#include <joist.h>
#include <cstdio>
int main()
{
    joist_time t;
    joist_text hour = JOIST_TEXT("2026-08-20T03");
    if (!joist_hour_parse(hour, &t) || !joist_text_starts(hour, JOIST_TEXT("2026")))
        return 1;
    char text[JOIST_TIME_SIZE];
    joist_time_format(t.ms, text);
    joist_error e{};
    joist_fail_with(&e, JOIST_USAGE, "%s has %zu field", joist_line_type.name, joist_line_type.count);
    std::printf("%.*s %s\n", JOIST_TIME_SIZE, text, e.message);
}
CPP
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"

pc=$(dirname "$(find "$work/prefix" -name joist.pc)")
export PKG_CONFIG_PATH=$pc
cflags=$(pkg-config --cflags joist) libs=$(pkg-config --libs joist)
# shellcheck disable=SC2086 # lists of words on purpose
quietly ${CC:-cc} -std=c11 $strict $cflags mine.c $libs -o pkg-config-c
# shellcheck disable=SC2086
quietly ${CXX:-c++} -std=c++17 $strict $cflags mine.cpp $libs -o pkg-config-cpp
quietly pkg-config --atleast-version=0.1 joist

cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(mine C CXX)
find_package(joist 0.1 REQUIRED)
add_executable(cmake-c mine.c)
add_executable(cmake-cpp mine.cpp)
target_link_libraries(cmake-c PRIVATE joist::joist)
target_link_libraries(cmake-cpp PRIVATE joist::joist)
CMAKE
unset PKG_CONFIG_PATH       # find_package must not need it
quietly cmake -G Ninja -S . -B b -DCMAKE_PREFIX_PATH="$work/prefix"
quietly cmake --build b
sed 's/joist 0\.1/joist 9.0/' CMakeLists.txt >"$work/newer.txt"
mkdir newer && cp "$work/newer.txt" newer/CMakeLists.txt && cp mine.c mine.cpp newer
if cmake -G Ninja -S newer -B newer/b -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/log" 2>&1; then
    fail "find_package(joist 9.0) found this version"
fi

# ---- they run -------------------------------------------------------------------------------------
printf 'a b a\nc a b\n' >in.txt
printf '{"word":"a","count":3}\n{"word":"b","count":2}\n{"word":"c","count":1}\n' >expected
for program in ./pkg-config-c b/cmake-c; do
    "$program" --version | grep -q '^joist [0-9]' || fail "$program --version"
    quietly "$program" run --input in.txt --output "out/${program##*/}.ndjson"
    cmp expected "out/${program##*/}.ndjson" || fail "$program counted wrong"
done
for program in ./pkg-config-cpp b/cmake-cpp; do
    said=$("$program")
    [ "$said" = "2026-08-20T03:00:00.000Z joist_line has 1 field" ] || fail "$program said: $said"
done
echo "installed copy: a pipeline in C and a program in C++, by pkg-config and by find_package"
