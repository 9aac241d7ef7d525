/* SPDX-License-Identifier: Apache-2.0
 * Names of objects, and directories as storage. */
/* Tests: store_directory.c store_null.c */
#include "store.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static char top[64];

static void make_top(void)
{
    snprintf(top, sizeof top, "/tmp/joist-store.XXXXXX");
    cr_assert(mkdtemp(top) != NULL);
}

static void remove_top(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    cr_assert_eq(system(command), 0);
}

TestSuite(store, .init = make_top, .fini = remove_top);

static store opened(const char *uri)
{
    store s;
    joist_error e;
    cr_assert(store_open(&s, joist_text_of(uri), &e), "%s", e.message);
    return s;
}

static joist_text at_top(joist_buffer *path, const char *name)
{
    path->len = 0;
    joist_buffer_printf(path, "%s/%s", top, name);
    joist_buffer_byte(path, '\0');
    return (joist_text){ path->ptr, path->len - 1 };
}

static size_t file_text(const char *name, char *out, size_t size)
{
    joist_buffer path = { 0 };
    int fd = open(at_top(&path, name).ptr, O_RDONLY);
    joist_buffer_free(&path);
    if (fd < 0)
        return SIZE_MAX;
    ssize_t n = read(fd, out, size);
    close(fd);
    return n < 0 ? SIZE_MAX : (size_t)n;
}

/* Names in the hour's folder, hidden ones too. */
static int files(const char *folder)
{
    char command[256];
    snprintf(command, sizeof command, "find '%s/%s' -type f | wc -l", top, folder);
    FILE *f = popen(command, "r");
    int n = -1;
    cr_assert_eq(fscanf(f, "%d", &n), 1);
    pclose(f);
    return n;
}

Test(store, names)
{
    char name[OBJECT_NAME_SIZE];
    object_name(name, 1645557742123, ID, false);
    cr_assert_str_eq(name, "deactivate/2022/02/22/19/1645557742123-" ID ".json");
    object_name(name, 1645559999999, ID "and what follows is not its", true);
    cr_assert_str_eq(name, "deactivate/2022/02/22/19/1645559999999-" ID ".ndjson");
    object_name(name, 1645560000000, ID, true);
    cr_assert_str_eq(name, "deactivate/2022/02/22/20/1645560000000-" ID ".ndjson");
}

Test(store, put)
{
    store s = opened(top);
    joist_error e;
    char text[16];
    cr_assert(s.kind->put(s.self, "deactivate/2022/02/22/19/a.json", JOIST_TEXT("one\n"), &e));
    cr_assert(s.kind->put(s.self, "deactivate/2022/02/22/20/b.json", JOIST_TEXT("two\n"), &e));
    cr_assert_eq(file_text("deactivate/2022/02/22/19/a.json", text, sizeof text), 4u);
    cr_assert_eq(memcmp(text, "one\n", 4), 0);
    cr_assert_eq(files("."), 2);
    cr_assert(s.kind->check(s.self, &e));
    cr_assert_eq(files("."), 2);
    store_close(&s);
}

/* An hour's folder that was removed, as clean-up jobs do with empty ones, is made again. */
Test(store, a_removed_folder)
{
    store s = opened(top);
    joist_error e;
    joist_buffer path = { 0 };
    cr_assert(s.kind->put(s.self, "deactivate/2022/02/22/19/a.json", JOIST_TEXT("one\n"), &e));
    cr_assert_eq(unlink(at_top(&path, "deactivate/2022/02/22/19/a.json").ptr), 0);
    cr_assert_eq(rmdir(at_top(&path, "deactivate/2022/02/22/19").ptr), 0);
    cr_assert(s.kind->put(s.self, "deactivate/2022/02/22/19/b.json", JOIST_TEXT("two\n"), &e));
    cr_assert_eq(files("deactivate/2022/02/22/19"), 1);
    joist_buffer_free(&path);
    store_close(&s);
}

/* What cannot be written whole is not there, and neither is a rest of it. */
Test(store, no_room)
{
    static char much[100000];
    store s = opened(top);
    joist_error e = { .message = "" };
    struct rlimit old, limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = (struct rlimit){ 10000, old.rlim_max };
    setrlimit(RLIMIT_FSIZE, &limit);
    bool put = s.kind->put(s.self, "deactivate/2022/02/22/19/a.json",
                           (joist_text){ much, sizeof much }, &e);
    setrlimit(RLIMIT_FSIZE, &old);
    cr_assert(!put && strstr(e.message, "File too large"), "%s", e.message);
    cr_assert_eq(files("."), 0);
    cr_assert(s.kind->put(s.self, "deactivate/2022/02/22/19/a.json", JOIST_TEXT("x"), &e));
    store_close(&s);
}

/* A symlink in the place of a folder could lead anywhere. */
Test(store, no_links_are_followed)
{
    store s = opened(top);
    joist_error e;
    joist_buffer path = { 0 };
    cr_assert_eq(symlink("/tmp", at_top(&path, "deactivate").ptr), 0);
    cr_assert(!s.kind->put(s.self, "deactivate/2022/02/22/19/a.json", JOIST_TEXT("x"), &e));
    joist_buffer_free(&path);
    store_close(&s);
}

Test(store, opening)
{
    store s;
    joist_error e;
    joist_buffer path = { 0 };
    char uri[128];
    snprintf(uri, sizeof uri, "file:%s//new/and/deep/", top);
    s = opened(uri);
    cr_assert(s.kind->put(s.self, "deactivate/2022/02/22/19/a.json", JOIST_TEXT("x"), &e));
    cr_assert_eq(files("new/and/deep"), 1);
    store_close(&s);
    s = opened(uri);
    store_close(&s);
    cr_assert(!store_open(&s, at_top(&path, "new/and/deep/deactivate/2022/02/22/19/a.json"), &e));
    store_close(&s);
    cr_assert(!store_open(&s, JOIST_TEXT("/dev/null/x"), &e));
    store_close(&s);
    cr_assert(!store_open(&s, JOIST_TEXT("mystery:x"), &e));
    cr_assert_eq(e.failure, JOIST_USAGE);
    store_close(&s);
    joist_buffer_free(&path);
}

Test(store, null)
{
    store s = opened("null:");
    joist_error e;
    cr_assert(s.kind->instant && s.kind->check(s.self, &e));
    cr_assert(s.kind->put(s.self, "deactivate/2022/02/22/19/a.json", JOIST_TEXT("x"), &e));
    store_close(&s);
    cr_assert(!store_open(&s, JOIST_TEXT("null:x"), &e));
    store_close(&s);
}
