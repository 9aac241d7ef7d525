/* SPDX-License-Identifier: Apache-2.0
 * Tests that end in every way there is, for plain_runner.c: ctest expects its last line to be "5
 * passed, 6 failed, 2 skipped". A runner that lets a failure pass would make all others
 * worthless. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int prepared;

static void prepare(void) { prepared += 1; }
static void fail_at_the_end(void) { cr_expect(0, "fini was run"); }
TestSuite(with_init, .init = prepare);

Test(good, passes) { cr_assert_eq(1, 1); }
Test(good, leaves_with_a_code, .exit_code = 3) { exit(3); }
Test(good, dies_by_a_signal, .signal = SIGKILL) { raise(SIGKILL); }
Test(with_init, suite_runs_init) { cr_assert_eq(prepared, 1); }
Test(with_init, both_run_init, .init = prepare) { cr_assert_eq(prepared, 2); }

Test(bad, expects) { cr_expect_str_eq("a", "b"); }
Test(bad, asserts) { cr_assert(0, "and %d", 1); _exit(0); }
Test(bad, leaves_with_another_code, .exit_code = 3) { exit(4); }
Test(bad, dies) { raise(SIGKILL); }
Test(bad, hangs, .timeout = 0.2) { pause(); }
Test(bad, runs_fini, .fini = fail_at_the_end) { }

Test(neither, is_disabled, .disabled = true) { cr_assert(0); }
Test(neither, skips) { cr_skip_test("no reason"); }
