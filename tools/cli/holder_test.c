/* SPDX-License-Identifier: Apache-2.0
 * Names of real processes: running, stopped, killed. */
#include <criterion/criterion.h>

#include "holder.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static joist_arena *arena;

static void begin(void)
{
    arena = joist_arena_new();
}

static void end(void)
{
    joist_arena_free(arena);
}

TestSuite(holder, .init = begin, .fini = end);

/* The name a child gives itself; the child goes on until it is killed. */
static joist_text holder_of_child(pid_t *child)
{
    int ends[2];
    char name[256];
    cr_assert_eq(pipe(ends), 0);
    *child = fork();
    if (*child == 0) {
        joist_text t = jst_cli_holder(arena);
        _exit(write(ends[1], t.ptr, t.len) > 0 && pause());
    }
    ssize_t n = read(ends[0], name, sizeof name);
    cr_assert_gt(n, 0);
    close(ends[0]);
    close(ends[1]);
    return joist_arena_text(arena, (joist_text){ name, (size_t)n });
}

Test(holder, a_process_that_runs_is_not_gone)
{
    joist_text me = jst_cli_holder(arena);
    cr_expect_not(jst_cli_holder_gone(me), "%.*s", JOIST_ARG(me));
    cr_expect(joist_text_equal(me, jst_cli_holder(arena)), "the name stays");
}

Test(holder, one_that_was_killed_is_gone_even_before_its_parent_looks)
{
    pid_t child;
    siginfo_t info;
    joist_text name = holder_of_child(&child);
    cr_expect_not(jst_cli_holder_gone(name));
    kill(child, SIGSTOP);
    cr_assert_eq(waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOWAIT), 0);
    cr_expect_not(jst_cli_holder_gone(name), "a stopped one may go on");
    kill(child, SIGKILL);
    cr_assert_eq(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    cr_expect(jst_cli_holder_gone(name));
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_expect(jst_cli_holder_gone(name));
}

Test(holder, another_process_with_its_number_is_another)
{
    joist_text me = jst_cli_holder(arena);
    const char *dot = memchr(me.ptr, '.', me.len), *at = memchr(me.ptr, '@', me.len);
    for (const char *d = dot; d && (d = memchr(d + 1, '.', (size_t)(at - d - 1)));)
        dot = d;                /* a host's name may have dots, too */
    cr_assert(dot && at);
    joist_text other = joist_arena_printf(arena, "%.*s.1%.*s", (int)(dot - me.ptr), me.ptr,
                                          (int)(me.ptr + me.len - at), at);
    cr_expect(jst_cli_holder_gone(other), "%.*s", JOIST_ARG(other));
}

Test(holder, what_is_elsewhere_or_nobody_in_particular_is_never_gone)
{
    static const char *const names[] = { "", "somebody", "host/1", "host/1.2@", "host/999999.5@x",
                                         "host/-1.5@x", "@", "/@", "host/99999999.5@0123456789ab" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        cr_expect_not(jst_cli_holder_gone(joist_text_of(names[i])), "%s", names[i]);
}
