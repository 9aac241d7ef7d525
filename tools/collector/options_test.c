/* SPDX-License-Identifier: Apache-2.0
 * Where options come from, and what is refused. */
#include "options.h"

#include <criterion/criterion.h>
#include <stdlib.h>

typedef struct loaded {
    joist_arena *arena;
    joist_buffer said;
    joist_error error;
    settings s;
    joist_status status;
    char *argv[16];             /* borrowed by the settings */
} loaded;

static loaded load(int argc, const char *const *args)
{
    loaded l = { .arena = joist_arena_new() };
    l.argv[0] = joist_strdup("joist-collector");
    for (int i = 0; i < argc; i++)
        l.argv[i + 1] = joist_strdup(args[i]);
    l.status = settings_load(&l.s, argc + 1, l.argv, l.arena, &l.said, &l.error);
    return l;
}
#define LOAD(...)                                                                                 \
    load(sizeof (const char *[]){ __VA_ARGS__ } / sizeof(char *), (const char *[]){ __VA_ARGS__ })

static void end(loaded *l)
{
    joist_buffer_free(&l->said);
    joist_arena_free(l->arena);
    for (int i = 0; l->argv[i]; i++)
        joist_free(l->argv[i]);
}

static bool said(const loaded *l, const char *part)
{
    return memmem(l->said.ptr, l->said.len, part, strlen(part)) != NULL;
}

Test(options, defaults)
{
    loaded l = LOAD("--storage", "out/events");
    cr_assert_eq(l.status, JOIST_OK);
    cr_assert(joist_text_equal(l.s.o->storage, JOIST_TEXT("out/events")));
    cr_assert(joist_text_equal(l.s.o->host, JOIST_TEXT("0.0.0.0")));
    cr_assert_eq(l.s.o->port, 8080);
    cr_assert_eq(l.s.o->batch_ms, 20);
    cr_assert(l.s.o->rate_project == 0 && l.s.o->rate_address == 0 && l.s.trusted.count == 0);
    end(&l);
}

Test(options, environment)
{
    setenv("JOIST_STORAGE", "file:x", 1);
    setenv("PORT", "1000", 1);
    loaded l = LOAD("--batch-ms=0");
    cr_assert_eq(l.status, JOIST_OK);
    cr_assert_eq(l.s.o->port, 1000);
    cr_assert_eq(l.s.o->batch_ms, 0);
    end(&l);
    setenv("JOIST_PORT", "2000", 1);
    setenv("JOIST_TRUSTED_PROXIES", "10.0.0.0/8,::1", 1);
    l = LOAD("--batch-ms=0");
    cr_assert_eq(l.s.o->port, 2000);
    cr_assert_eq(l.s.trusted.count, 2u);
    end(&l);
    l = LOAD("--port", "3000");
    cr_assert_eq(l.s.o->port, 3000);
    end(&l);
}

Test(options, refused)
{
    static const char *const bad[][4] = {
        { "--port", "1" }, { "--storage", "x", "--port", "65536" },
        { "--storage", "x", "--port", "-1" }, { "--storage", "x", "--batch-ms", "10001" },
        { "--storage", "x", "--rate-project", "many" }, { "--storage", "x", "word" },
        { "--storage", "x", "--trusted-proxies", "everybody" }, { "--storage" },
        { "--storag", "x" },
        { "--storage", "x", "--rate-address=-1" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int n = 0;
        while (n < 4 && bad[i][n])
            n++;
        loaded l = load(n, bad[i]);
        cr_assert(l.status != JOIST_OK && l.error.failure == JOIST_USAGE && l.error.message[0],
                  "case %zu: %s", i, l.error.message);
        end(&l);
    }
}

Test(options, answers)
{
    loaded l = LOAD("--help");
    cr_assert(l.status == JOIST_OK && !l.s.o);
    cr_assert(said(&l, "--trusted-proxies") && said(&l, "--rate-address") && !said(&l, "--now"));
    end(&l);
    l = LOAD("--storage", "x", "--version");
    cr_assert(l.status == JOIST_OK && !l.s.o && said(&l, "joist "));
    end(&l);
    l = LOAD("--man");
    cr_assert(l.status == JOIST_OK && !l.s.o && said(&l, ".TH") && said(&l, "batch\\-ms"));
    end(&l);
    l = LOAD("--storage", "x", "--explain-options");
    cr_assert(l.status == JOIST_OK && !l.s.o && said(&l, "flag"));
    end(&l);
}
