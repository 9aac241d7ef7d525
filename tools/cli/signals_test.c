/* SPDX-License-Identifier: Apache-2.0
 * The first signal asks, the second ends. Processes are told apart by fork, so that a test may
 * die. */
#include "signals.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t stops;
static void stop(void) { stops++; }

Test(signals, the_first_one_asks)
{
    jst_cli_signals_begin(stop);
    cr_assert_eq(jst_cli_signal_caught(), 0);
    raise(SIGTERM);
    cr_assert_eq(jst_cli_signal_caught(), SIGTERM);
    cr_assert_eq(stops, 1);
    jst_cli_signals_end();
    jst_cli_signals_begin(stop);
    cr_assert_eq(jst_cli_signal_caught(), 0, "a new run listens anew");
    jst_cli_signals_end();
}

static int exit_after(int first, int second)
{
    pid_t pid = fork();
    if (pid == 0) {
        jst_cli_signals_begin(stop);
        raise(first);
        if (stops != 1)
            _exit(99);
        raise(second);
        _exit(98);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(signals, the_second_one_ends_at_once)
{
    cr_assert_eq(exit_after(SIGINT, SIGINT), 130);
    cr_assert_eq(exit_after(SIGTERM, SIGTERM), 143);
    cr_assert_eq(exit_after(SIGINT, SIGTERM), 143);
}

Test(signals, former_handlers_come_back_and_pipes_do_not_kill)
{
    struct sigaction now;
    signal(SIGINT, SIG_IGN);
    jst_cli_signals_begin(stop);
    raise(SIGPIPE);
    cr_assert_eq(jst_cli_signal_caught(), 0);
    jst_cli_signals_end();
    sigaction(SIGINT, NULL, &now);
    cr_assert_eq(now.sa_handler, SIG_IGN);
}
