/* SPDX-License-Identifier: Apache-2.0
 * A call of joist_main as a program makes it, with what it prints. */
#ifndef CAPTURE_TEST_H
#define CAPTURE_TEST_H

#include "joist.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

/* What the last call printed. */
static char out[1 << 16], err[1 << 14];

static int redirect(int fd, FILE *to)
{
    int saved = dup(fd);
    dup2(fileno(to), fd);
    return saved;
}

static void restore(int fd, int saved, FILE *from, char *text, size_t size)
{
    dup2(saved, fd);
    close(saved);
    rewind(from);
    text[fread(text, 1, size - 1, from)] = '\0';
    fclose(from);
}

/* argv ends with NULL. Returns the exit code. */
static int captured_main(char **argv, const joist_pipeline_def *def)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    FILE *o = tmpfile(), *e = tmpfile();
    fflush(stdout);
    fflush(stderr);
    int saved_out = redirect(STDOUT_FILENO, o), saved_err = redirect(STDERR_FILENO, e);
    int code = joist_main(argc, argv, def);
    fflush(stdout);
    fflush(stderr);
    restore(STDOUT_FILENO, saved_out, o, out, sizeof out);
    restore(STDERR_FILENO, saved_err, e, err, sizeof err);
    return code;
}

#endif
