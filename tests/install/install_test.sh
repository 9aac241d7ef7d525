#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The installed library, twice: `cmake --install` to a prefix that is then moved away, and the .deb packages
# unpacked into a folder. Against each copy two programs are built outside the tree, by pkg-config and by
# CMake's find_package, with the archive and with the shared library: a pipeline in C, which must count the
# words of a file, and a program in C++ that uses the headers. Nothing of the tree may be needed.
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
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"

# ---- what is in a copy ----------------------------------------------------------------------------
check_files() {
    local prefix=$1 baked header
    baked=$(grep -rlF -e "$JOIST_SOURCE" -e "$JOIST_BUILD" -e "$work/first" --include='*.pc' \
            --include='*.cmake' --include='*.h' "$prefix" || true)
    [ -z "$baked" ] || fail "these files know paths of the tree: $baked"
    for header in "$JOIST_SOURCE"/engine/include/joist/*.h; do
        cmp "$header" "$prefix/include/joist/${header##*/}" || fail "not installed: $header"
    done
    if find "$prefix/include" -type f | grep -vE '/include/joist(/[a-z]+)?\.h$'; then
        fail "these headers are not public"
    fi
    for name in deactivate analytics wordcount joist; do
        [ "$("$prefix/bin/$name" --version | grep -c '^joist [0-9]')" = 1 ] || fail "bin/$name does not run"
        for file in "$prefix/share/bash-completion/completions/$name" "$prefix"/share/zsh/*/"_$name" \
                    "$prefix/share/fish/vendor_completions.d/$name.fish" "$prefix"/share/man/man1/"$name".1*; do
            [ -s "$file" ] || fail "$file is missing or empty"
        done
    done
}

# Names of C belong to us or to nobody; those of C++ (simdjson, inlined) cannot meet a C name.
check_archive() {
    local foreign
    foreign=$(nm -g --defined-only "$1/libjoist.a" |
              awk 'NF == 3 && $3 !~ /^(joist|jst)_|^_Z|^DW\.ref\./ { print $3 }')
    [ -z "$foreign" ] || fail "these symbols are neither joist_ nor jst_: $foreign"
}

# The shared library exports what the headers declare, and nothing else. Declared is a name before a
# parenthesis that the archive defines: macros and types are not.
check_shared() {
    local lib=$1 include=$2 version missing name
    version=$(pkg-config --modversion "$lib/pkgconfig/joist.pc")
    [ "$(readlink "$lib/libjoist.so")" = libjoist.so.0 ] || fail "libjoist.so leads astray"
    [ "$(readlink "$lib/libjoist.so.0")" = "libjoist.so.$version" ] || fail "libjoist.so.0 leads astray"
    readelf -d "$lib/libjoist.so" | grep -qF 'Library soname: [libjoist.so.0]' || fail "its soname is wrong"
    nm -D --defined-only --with-symbol-versions "$lib/libjoist.so" | awk '$2 != "A" { print $3 }' >"$work/versioned"
    [ -s "$work/versioned" ] || fail "it exports nothing"
    ! grep -vE '^joist_[a-z0-9_]+@@JOIST_0$' "$work/versioned" || fail "these exports are not joist_ of JOIST_0"
    sed 's/@.*//' "$work/versioned" | sort >"$work/exported"
    cat "$include"/joist/*.h | grep -oE '\bjoist_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u >"$work/named"
    nm -g --defined-only "$lib/libjoist.a" | awk '$2 ~ /[TDRB]/ && $3 ~ /^joist_/ { print $3 }' | sort -u \
        >"$work/defined"
    comm -12 "$work/named" "$work/defined" >"$work/declared"
    [ "$(wc -l <"$work/declared")" -gt 50 ] || fail "only $(wc -l <"$work/declared") declared functions found"
    missing=$(comm -13 "$work/exported" "$work/declared")
    [ -z "$missing" ] || fail "declared and not exported: $missing"
    grep -v '_type$' "$work/exported" >"$work/others"       # a record's schemas are declared by a macro
    while read -r name; do
        grep -qrw "$name" "$include" || fail "exported and in no public header: $name"
    done <"$work/others"
}

# ---- two programs of a stranger -------------------------------------------------------------------
write_sources() {
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
    cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES C)
find_package(joist 0.1 REQUIRED ${COMPONENT})
add_executable(cmake-c mine.c)
target_link_libraries(cmake-c PRIVATE joist::joist)
foreach(kind static shared)
    add_executable(cmake-${kind}-c mine.c)
    target_link_libraries(cmake-${kind}-c PRIVATE joist::${kind})
endforeach()
if(WITH_CPP)
    enable_language(CXX)
    add_executable(cmake-cpp mine.cpp)
    target_link_libraries(cmake-cpp PRIVATE joist::joist)
endif()
CMAKE
}

build_by_pkg_config() {
    local package cflags libs
    export PKG_CONFIG_PATH=$1/pkgconfig
    for package in joist joist-shared; do
        cflags=$(pkg-config --cflags $package) libs=$(pkg-config --libs $package)
        # shellcheck disable=SC2086 # lists of words on purpose
        quietly ${CC:-cc} -std=c11 $strict $cflags mine.c $libs -o pkg-config-$package-c
        # shellcheck disable=SC2086
        quietly ${CXX:-c++} -std=c++17 $strict $cflags mine.cpp $libs -o pkg-config-$package-cpp
        quietly pkg-config --atleast-version=0.1 $package
    done
    case $(pkg-config --libs joist-shared) in
    *-lcurl*) fail "the shared library needs nothing beside it: $(pkg-config --libs joist-shared)" ;;
    esac
    unset PKG_CONFIG_PATH       # find_package must not need it
}

configure() { cmake -G Ninja -S . -B "$1" -DCMAKE_PREFIX_PATH="$prefix" "${@:2}"; }
# configured NAME OPTIONS...: and built.
configured() {
    quietly configure "$@"
    quietly cmake --build "$1"
}

build_by_cmake() {
    local prefix=$1
    configured b                                            # C alone: the archive's C++ is no matter
    configured b-shared -DWITH_CPP=ON -DCOMPONENT="COMPONENTS;shared"
}

# Every way to say which library; and what there is not.
build_by_cmake_otherwise() {
    local prefix=$1
    configured b-cpp -DWITH_CPP=ON
    configured b-libs -DBUILD_SHARED_LIBS=ON
    configured b-static -DBUILD_SHARED_LIBS=ON -DCOMPONENT="COMPONENTS;static"
    if configure b-other -DCOMPONENT="COMPONENTS;other" >"$work/log" 2>&1; then
        fail "find_package(joist COMPONENTS other) found it"
    fi
    grep -qF "components static and shared, not other" "$work/log" || fail "it does not say which there are"
    sed -i 's/joist 0\.1/joist 9.0/' CMakeLists.txt
    if configure b-newer >"$work/log" 2>&1; then
        fail "find_package(joist 9.0) found this version"
    fi
}

# ---- they run -------------------------------------------------------------------------------------
# The shared library is named in a program that has it, the archive is not.
is_shared() { readelf -d "$1" | grep -qF 'Shared library: [libjoist.so.0]'; }

check_programs() {
    local program said
    printf 'a b a\nc a b\n' >in.txt
    printf '{"word":"a","count":3}\n{"word":"b","count":2}\n{"word":"c","count":1}\n' >expected
    for program in pkg-config-*-c b*/cmake-*c; do
        case $program in
        *-joist-shared-c | */cmake-shared-c | b-shared/cmake-c | b-libs/cmake-c)
            is_shared "$program" || fail "$program has not libjoist.so.0" ;;
        *)
            ! is_shared "$program" || fail "$program needs libjoist.so.0" ;;
        esac
        "./$program" --version | grep -q '^joist [0-9]' || fail "$program --version"
        rm -rf out && quietly "./$program" run --input in.txt --output out/words.ndjson
        cmp expected out/words.ndjson || fail "$program counted wrong"
    done
    for program in pkg-config-*-cpp b*/cmake-cpp; do
        said=$("./$program")
        [ "$said" = "2026-08-20T03:00:00.000Z joist_line has 1 field" ] || fail "$program said: $said"
    done
}

# ---- the packages ---------------------------------------------------------------------------------
unpack_packages() {
    local package
    quietly cpack -G DEB --config "$JOIST_BUILD/CPackConfig.cmake" -B "$work/deb"
    for package in libjoist0 libjoist-dev joist-tools; do
        set -- "$work/deb/$package"_*.deb
        [ $# = 1 ] && [ -f "$1" ] || fail "no package $package"
        dpkg-deb -f "$1" Depends | grep -q . || fail "$package depends on nothing"
        dpkg-deb -c "$1" | grep -v '^d' | awk '{ print $6 }' >>"$work/packed"
        quietly dpkg-deb -x "$1" "$work/root"
        [ -s "$work/root/usr/share/doc/$package/copyright" ] || fail "$package has no copyright"
    done
    [ -z "$(sort "$work/packed" | uniq -d)" ] || fail "in two packages: $(sort "$work/packed" | uniq -d)"
    for package in libjoist0 joist-tools; do
        dpkg-deb -f "$work/deb/$package"_*.deb Depends | grep -q 'libc6 .*libsqlite3-0' \
            || fail "dpkg-shlibdeps did not find what $package needs"
    done
    dpkg-deb -f "$work/deb"/libjoist-dev_*.deb Depends | grep -q 'libjoist0 (= ' || fail "libjoist-dev without libjoist0"
    dpkg-deb -I "$work/deb"/libjoist0_*.deb shlibs | grep -q '^libjoist 0 libjoist0 ' || fail "no shlibs"
    if command -v lintian >/dev/null; then
        # Nobody's address, no bug to close, ldconfig as CPack calls it, one architecture.
        quietly lintian --allow-root --fail-on error,warning --suppress-tags bogus-mail-host \
            --suppress-tags bogus-mail-host-in-debian-changelog --suppress-tags initial-upload-closes-no-bugs \
            --suppress-tags maintscript-calls-ldconfig \
            --suppress-tags pkg-config-unavailable-for-cross-compilation "$work"/deb/*.deb
    else
        echo "without lintian the packages are only unpacked and used"
    fi
}

# try PREFIX: all of the above for one copy.
try() {
    local prefix=$1 lib
    lib=$(dirname "$(find "$prefix" -name libjoist.a)")
    check_files "$prefix"
    check_archive "$lib"
    check_shared "$lib" "$prefix/include"
    rm -rf "$work/user" && mkdir "$work/user" && cd "$work/user"
    write_sources
    build_by_pkg_config "$lib"
    build_by_cmake "$prefix"
    [ $# = 1 ] || build_by_cmake_otherwise "$prefix"
    export LD_LIBRARY_PATH=$lib         # for those by pkg-config; CMake writes the place into its own
    check_programs
    unset LD_LIBRARY_PATH
}

quietly cmake --install "$JOIST_BUILD" --prefix "$work/first"
mv "$work/first" "$work/prefix"     # as a package manager would: no path may be baked in
try "$work/prefix" otherwise
packages=", without packages: no dpkg-shlibdeps"
if command -v dpkg-shlibdeps >/dev/null; then
    unpack_packages
    try "$work/root/usr"
    packages=" and from .deb packages"
fi
echo "programs in C and in C++, by pkg-config and find_package, archive and shared, installed$packages"
