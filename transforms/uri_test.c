/* SPDX-License-Identifier: Apache-2.0
 * Tests: uri.c */
#include <criterion/criterion.h>
#include <joist.h>

static void expect(const char *uri, const char *scheme, const char *rest)
{
    joist_text t = joist_text_of(uri);
    cr_assert(joist_text_equal(joist_uri_scheme(t), joist_text_of(scheme)), "scheme of '%s'", uri);
    cr_assert(joist_text_equal(joist_uri_rest(t), joist_text_of(rest)), "rest of '%s'", uri);
}

Test(uri, schemes)
{
    expect("sqlite:out/x.db", "sqlite", "out/x.db");
    expect("file:/tmp/a", "file", "/tmp/a");
    expect("http://host/p?q", "http", "//host/p?q");
    expect("mongodb+srv://h/db", "mongodb+srv", "//h/db");
    expect("x:", "x", "");
    expect("a:b:c", "a", "b:c");
}

Test(uri, bare_paths)
{
    expect("", "", "");
    expect("out/x.db", "", "out/x.db");
    expect("./a:b", "", "./a:b");
    expect("/a:b", "", "/a:b");
    expect("dir/a:b", "", "dir/a:b");
    expect(":x", "", ":x");
    expect("C:/x", "", "C:/x");
    expect("1a:x", "", "1a:x");
    expect("sqlite", "", "sqlite");
}

Test(uri, null_is_an_empty_bare_path)
{
    cr_assert_eq(joist_uri_scheme(JOIST_NO_TEXT).len, 0u);
    cr_assert(joist_text_null(joist_uri_rest(JOIST_NO_TEXT)));
}
