/* SPDX-License-Identifier: Apache-2.0
 * joist-collector: the endpoint that receives deactivation events. */
/* Tests: tests/collector/collector_test.py runs the program. */
#include "../cli/errors.h"
#include "collector.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    joist_arena *arena = joist_arena_new();
    joist_buffer said = { 0 };
    joist_error e = { .failure = JOIST_USAGE };
    settings s;
    int code;
    if (settings_load(&s, argc, argv, arena, &said, &e) != JOIST_OK) {
        jst_cli_error_print(&e);
        code = 2;
    } else if (s.o) {
        code = collector_run(&s);
    } else {
        fwrite(said.ptr, 1, said.len, stdout);
        code = fflush(stdout) || ferror(stdout) ? 1 : 0;
    }
    joist_buffer_free(&said);
    joist_arena_free(arena);
    return code;
}
