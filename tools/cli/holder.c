/* SPDX-License-Identifier: Apache-2.0
 * A run that was killed leaves its lease behind. On the machine where it ran, others need not wait
 * for the lease to expire: they can see that the process is no more. PID and the time it started
 * tell processes apart, boot and PID namespace tell machines and containers apart; what cannot be
 * read makes a holder that nobody declares gone. */
#include "holder.h"

#include "joist/text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STAT_STATE = 3, STAT_START = 22 };       /* fields of /proc/PID/stat, see proc(5) */

static size_t read_small(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(out, 1, size - 1, f) : 0;
    if (f)
        fclose(f);
    out[n] = '\0';
    return n;
}

static joist_text machine(joist_arena *arena)
{
    char boot[64], space[64];
    size_t boot_len = read_small("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    ssize_t space_len = readlink("/proc/self/ns/pid", space, sizeof space);
    if (!boot_len || space_len <= 0)
        return JOIST_TEXT("");
    joist_text parts[] = { { boot, boot_len }, { space, (size_t)space_len } };
    return joist_sha256_hex(parts, 2, 12, arena);
}

/* The n-th field of the process; the second, its name, may have blanks and brackets in it. */
static const char *field(const char *stat, int n)
{
    const char *p = strrchr(stat, ')');
    for (int i = 2; p && i < n; i++)
        p = strchr(p + 1, ' ');
    return p ? p + 1 : "";
}

/* When it started, in ticks since boot; 0: there is no such process, or only its exit status. */
static unsigned long long start_of(long pid)
{
    char path[64], stat[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    if (!read_small(path, stat, sizeof stat))
        return 0;
    char state = *field(stat, STAT_STATE);
    return state == 'Z' || state == 'X' ? 0 : strtoull(field(stat, STAT_START), NULL, 10);
}

joist_text jst_cli_holder(joist_arena *arena)
{
    char host[65] = "";
    if (gethostname(host, sizeof host - 1) || !host[0])
        snprintf(host, sizeof host, "host");
    long pid = (long)getpid();
    return joist_arena_printf(arena, "%s/%ld.%llu@%.*s", host, pid, start_of(pid),
                              JOIST_ARG(machine(arena)));
}

static bool is_gone(const char *holder, joist_text here)
{
    const char *at = strrchr(holder, '@');
    while (at && at > holder && *at != '/')
        at--;
    char *end = NULL;
    long pid = at && *at == '/' ? strtol(at + 1, &end, 10) : 0;
    unsigned long long start = end && *end == '.' ? strtoull(end + 1, &end, 10) : 0;
    if (pid <= 0 || !start || *end != '@' || !here.len
        || !joist_text_equal(joist_text_of(end + 1), here))
        return false;
    if (kill((pid_t)pid, 0) && errno == ESRCH)
        return true;
    unsigned long long now = start_of(pid);
    return now != start;
}

bool jst_cli_holder_gone(joist_text holder)
{
    joist_arena *arena = joist_arena_new();
    char *copy = joist_text_dup(holder);
    bool gone = is_gone(copy, machine(arena));
    joist_free(copy);
    joist_arena_free(arena);
    return gone;
}
