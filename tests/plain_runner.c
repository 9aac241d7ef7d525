/* SPDX-License-Identifier: Apache-2.0
 * Runs Criterion tests without libcriterion. Its sandbox wants a range of addresses that
 * ThreadSanitizer owns, and hides from LeakSanitizer what a test leaks; so the sanitizer builds
 * link this file instead. Tests are the same source, the same Test() and cr_assert() macros.
 *
 * Each test is a forked child, one after another. What of Criterion's interface the tests of this
 * project use is here: init and fini of tests and suites, exit_code, signal, timeout, disabled,
 * skipping. Parameters, theories and redirected streams are not: a test that uses them does not
 * link.
 *
 *     X_test [NAME...]    runs all tests, or those whose suite::test contains a NAME */
#include "joist/memory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Test() and TestSuite() leave pointers in these sections; the linker knows where they begin and
 * end. */
extern struct criterion_test *__start_cr_tst[] __attribute__((weak));
extern struct criterion_test *__stop_cr_tst[] __attribute__((weak));
extern struct criterion_suite *__start_cr_sts[] __attribute__((weak));
extern struct criterion_suite *__stop_cr_sts[] __attribute__((weak));

/* What a child tells its parent, in memory that both see. */
typedef struct outcome { atomic_uint failed; atomic_bool skipped; } outcome;

static outcome *shared;
static const struct criterion_test *current;
static const struct criterion_suite *suite;
static jmp_buf after_test;

struct criterion_options criterion_options;

/* ---- what the macros call, in the child ------------------------------------------------------ */

void criterion_internal_test_setup(void)
{
    if (suite && suite->data->init)
        suite->data->init();
    if (current->data->init)
        current->data->init();
}

void criterion_internal_test_main(void (*test)(void))
{
    if (setjmp(after_test) == 0)
        test();
}

void criterion_internal_test_teardown(void)
{
    if (current->data->fini)
        current->data->fini();
    if (suite && suite->data->fini)
        suite->data->fini();
}

void criterion_abort_test(void)
{
    longjmp(after_test, 1);
}

void criterion_continue_test(void)
{
}

void criterion_skip_test(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf(" (skipped)\n");
    atomic_store(&shared->skipped, true);
    longjmp(after_test, 1);
}

void cri_asserts_passed_incr(void)
{
}

void criterion_send_assert(struct criterion_assert_stats *stats)
{
    if (stats->passed)
        return;
    atomic_fetch_add(&shared->failed, 1);
    printf("%s:%u: %s\n", stats->file, stats->line, stats->message);
}

/* "" before the condition, as the macro makes it; strings compared by cr_assert_str_* follow. */
char *cr_translate_assert_msg(int message, ...)
{
    joist_buffer b = { 0 };
    va_list args;
    va_start(args, message);
    if (message != CRITERION_ASSERT_MSG_FAIL)
        joist_buffer_printf(&b, "assertion failed: %s", va_arg(args, const char *));
    if (message == CRITERION_ASSERT_MSG_EXPR_AS_STRINGS_FALSE) {
        joist_buffer_printf(&b, "\n  actual:   %s", va_arg(args, const char *));
        joist_buffer_printf(&b, "\n  expected: %s", va_arg(args, const char *));
    }
    va_end(args);
    joist_buffer_byte(&b, '\0');
    return b.ptr;
}

int cr_asprintf(char **out, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    *out = joist_calloc((size_t)(len < 0 ? 0 : len) + 1, 1);
    if (len > 0)
        vsnprintf(*out, (size_t)len + 1, fmt, again);
    va_end(again);
    va_end(args);
    return len;
}

void cr_asprintf_free(char *text)
{
    joist_free(text);
}

/* ---- the parent ------------------------------------------------------------------------------ */

static const struct criterion_suite *suite_of(const struct criterion_test *test)
{
    for (struct criterion_suite **s = __start_cr_sts; s < __stop_cr_sts; s++)
        if (*s && strcmp((*s)->name, test->category) == 0)
            return *s;
    return NULL;
}

static _Noreturn void run_child(void)
{
    double seconds = current->data->timeout;
    if (seconds <= 0 && suite)
        seconds = suite->data->timeout;
    if (seconds > 0)
        alarm((unsigned)ceil(seconds));
    current->test();
    exit(0);
}

/* Did the child end as its test says it should? */
static bool ended_well(int status)
{
    const struct criterion_test_extra_data *want = current->data;
    if (want->signal)
        return WIFSIGNALED(status) && WTERMSIG(status) == want->signal;
    return WIFEXITED(status) && WEXITSTATUS(status) == want->exit_code;
}

static bool run_test(void)
{
    int status = 0;
    atomic_store(&shared->failed, 0);
    atomic_store(&shared->skipped, false);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        run_child();
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("fork");
        return false;
    }
    if (atomic_load(&shared->failed) == 0 && ended_well(status))
        return true;
    printf("FAIL %s::%s: %u assertions, %s %d\n", current->category, current->name,
           atomic_load(&shared->failed), WIFSIGNALED(status) ? "signal" : "exit code",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return false;
}

static bool wanted(int argc, char **argv)
{
    char name[512];
    snprintf(name, sizeof name, "%s::%s", current->category, current->name);
    for (int i = 1; i < argc; i++)
        if (strstr(name, argv[i]))
            return true;
    return argc < 2;
}

int main(int argc, char **argv)
{
    int passed = 0, failed = 0, skipped = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);    /* what a child printed outlives its death by a signal */
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (struct criterion_test **t = __start_cr_tst; t < __stop_cr_tst; t++) {
        current = *t;
        if (!current || !wanted(argc, argv))
            continue;
        suite = suite_of(current);
        bool off = current->data->disabled || (suite && suite->data->disabled);
        bool good = off || run_test();
        passed += good && !off && !atomic_load(&shared->skipped);
        skipped += off || (good && atomic_load(&shared->skipped));
        failed += !good;
    }
    printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed || passed + skipped == 0;
}
