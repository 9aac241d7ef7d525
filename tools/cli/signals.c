/* SPDX-License-Identifier: Apache-2.0
 * Signals are process-wide, hence the only mutable globals of the command line. The handler may run
 * in any thread, and twice at once: an atomic exchange decides who was first. The second signal
 * uses _exit, because the reason for it may be that the clean way hangs; stores are built to be
 * killed at any instant. SIGXFSZ is ignored, so that a limit on the size of files (ulimit -f) is an
 * error of the write like a full disk. SIGINT is taken even if the shell set it to be ignored, so
 * that `kill -INT` works on background jobs. */
#include "signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static atomic_int caught;
static void (*stop_run)(void);
static struct sigaction old_int, old_term, old_pipe, old_size;

static void on_signal(int signal)
{
    if (atomic_exchange(&caught, signal) != 0)
        _exit(128 + signal);
    if (stop_run)
        stop_run();
}

void jst_cli_signals_begin(void (*stop)(void))
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigemptyset(&action.sa_mask);
    sigemptyset(&ignore.sa_mask);
    atomic_store(&caught, 0);
    stop_run = stop;
    sigaction(SIGINT, &action, &old_int);
    sigaction(SIGTERM, &action, &old_term);
    sigaction(SIGPIPE, &ignore, &old_pipe);
    sigaction(SIGXFSZ, &ignore, &old_size);
}

void jst_cli_signals_end(void)
{
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    sigaction(SIGPIPE, &old_pipe, NULL);
    sigaction(SIGXFSZ, &old_size, NULL);
    stop_run = NULL;
}

int jst_cli_signal_caught(void)
{
    return atomic_load(&caught);
}
