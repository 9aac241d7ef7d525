/* SPDX-License-Identifier: Apache-2.0
 * From options to the engine's settings; from what happened to exit codes. */
/* Tests: runner.c proxy.c */
#include "runner.h"

#include <criterion/criterion.h>
#include <signal.h>

static joist_arena *arena;
static jst_cli_options *o;
static jst_cli_run_options *r;
static jst_cli_settings settings;
static joist_error e;

static void begin(void)
{
    arena = joist_arena_new();
    o = jst_cli_options_new(arena, "prog run");
    r = jst_cli_options_add(o, &jst_cli_run_options_type, "runner", &e);
}

static void end(void)
{
    joist_arena_free(arena);
}

TestSuite(runner, .init = begin, .fini = end);

#define SET(...) set((char *[]){ __VA_ARGS__, NULL })
static joist_status set(char **argv)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    if (jst_cli_options_load(o, argc, argv, &e) != JOIST_OK)
        return JOIST_FAILED;
    return jst_cli_settings_of(o, r, &settings, &e);
}

Test(runner, defaults)
{
    cr_assert_eq(set((char *[]){ NULL }), JOIST_OK);
    cr_assert(!settings.max_rejected.set && !settings.summary_json);
    cr_assert_eq(settings.progress, JST_CLI_AUTO);
    jst_cli_clock clock;
    joist_run_options options = jst_cli_engine_options(r, &clock);
    cr_assert(options.workers == 0 && options.memory == 0 && options.bundle_elements == 0);
    cr_assert(joist_text_equal(options.dead, JOIST_TEXT("out/dead")));
    cr_assert(options.env == joist_env_system());
}

Test(runner, values_reach_the_engine)
{
    cr_assert_eq(SET("--workers=3", "--memory=2G", "--bundle", "7", "--dry-run", "--dead", "",
                     "--run-id=x",
                     "--spill-dir=/s", "--mask-pii", "--max-rejected", "1%", "--summary=json",
                     "--progress=json", "--log-format=human", "-q"), JOIST_OK);
    jst_cli_clock clock;
    joist_run_options options = jst_cli_engine_options(r, &clock);
    cr_assert_eq(options.workers, 3);
    cr_assert_eq(options.memory, UINT64_C(2) << 30);
    cr_assert_eq(options.bundle_elements, 7);
    cr_assert(options.dry_run && options.mask_pii);
    cr_assert(options.dead.len == 0 && options.run_id.len == 1);
    cr_assert(options.spill.len == 2);
    cr_assert(settings.max_rejected.percent && settings.summary_json);
    cr_assert_eq(settings.log, JST_CLI_ALWAYS);
    cr_assert_eq(settings.progress, JST_CLI_JSON);
    cr_assert_eq(SET("--progress=always", "-q"), JOIST_OK);
    cr_assert_eq(settings.progress, JST_CLI_NEVER, "quiet");
}

Test(runner, wrong_values_are_refused)
{
    static char *const bad[] = {
        "--workers=-1", "--workers=1025", "--memory=1M", "--memory=-1", "--bundle=-2",
        "--progress=yes",
        "--summary=xml", "--log-format=JSON", "--max-rejected=2x", "--max-rejected=",
        "--run-id=../x", "--dead=gs://bucket", "--dead=sqlite:x",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(SET(bad[i]), JOIST_FAILED, "%s", bad[i]);
        cr_assert_eq(e.failure, JOIST_USAGE);
        cr_assert(strstr(e.message, "(from: flag)"), "%s", e.message);
        end();
        begin();
    }
}

/* ---- the clock ------------------------------------------------------------------------------- */
static int64_t slept;
static int64_t no_now(joist_env *env) { (void)env; return 0; }
static void note_sleep(joist_env *env, int64_t ms) { (void)env; slept += ms; }
static uint64_t four(joist_env *env) { (void)env; return 4; }
static bool yes(joist_env *env) { (void)env; return true; }

Test(runner, clock_moves_only_by_waiting)
{
    joist_env real = { no_now, note_sleep, four, yes };
    jst_cli_clock clock;
    joist_env *env = jst_cli_clock_set(&clock, &real, 1000);
    cr_assert_eq(env->now_ms(env), 1000);
    env->sleep_ms(env, 250);
    env->sleep_ms(env, -5);
    cr_assert_eq(env->now_ms(env), 1250);
    cr_assert_eq(slept, 245);
    cr_assert(env->random(env) == 4 && env->stopping(env));
}

/* ---- exit codes ------------------------------------------------------------------------------ */
static int exit_of(joist_report report, joist_status status, int signal)
{
    jst_cli_limit limit = { .set = true, .count = 5 };
    return jst_cli_run_exit(status, &report, signal, &limit);
}

Test(runner, exit_codes)
{
    joist_report done = { .status = "done", .adds_up = true, .records = 10, .rejected = 5 };
    cr_assert_eq(exit_of(done, JOIST_OK, 0), 0);
    cr_assert_eq(exit_of(done, JOIST_OK, SIGINT), 0, "the signal came too late");
    done.rejected = 6;
    cr_assert_eq(exit_of(done, JOIST_OK, 0), 4);
    done.adds_up = false;
    cr_assert_eq(exit_of(done, JOIST_OK, 0), 1);
    joist_report failed = { .status = "failed" };
    const int codes[] = { [JOIST_FATAL] = 1, [JOIST_USAGE] = 2, [JOIST_GRAPH] = 3,
        [JOIST_TEMPORARY] = 75 };
    for (int f = JOIST_FATAL; f <= JOIST_TEMPORARY; f++) {
        failed.error.failure = (joist_failure)f;
        cr_assert_eq(exit_of(failed, JOIST_FAILED, 0), codes[f]);
    }
    joist_report stopped = { .status = "interrupted" };
    cr_assert_eq(exit_of(stopped, JOIST_FAILED, SIGINT), 130);
    cr_assert_eq(exit_of(stopped, JOIST_FAILED, SIGTERM), 143);
    cr_assert_eq(exit_of(stopped, JOIST_FAILED, 0), 130, "joist_stop without a signal");
    jst_cli_limit none = { 0 };
    cr_assert_eq(jst_cli_run_exit(JOIST_FAILED, NULL, 0, &none), 1);
}
