/* SPDX-License-Identifier: Apache-2.0
 * What an empty DoFn costs: a chain of --length DoFns that pass every line on, fused between a
 * read and a DoFn that drops it. The time of two lengths, over the same input, differs by the
 * DoFns only:
 *
 *     build/bench-empty-dofns run --input LINES --length 16 --dry-run */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "file of lines")                              \
    F(T, joist_int, length, 0, .fallback = "0", .help = "empty DoFns, at most 64")
JOIST_RECORD(options, OPTIONS);

#define PASS(IN, OUT, SIDE, CFG, STATE) IN(joist_line) OUT(joist_line, lines)
JOIST_DOFN(pass, PASS);
static joist_status pass_process(const pass_call *v, const joist_line *line)
{
    return joist_line_emit(v->out.lines, *line);
}

/* Keeps the empty lines, of which the input has none: a sink must have something to wait for. */
#define DROP(IN, OUT, SIDE, CFG, STATE) IN(joist_line) OUT(joist_line, lines)
JOIST_DOFN(drop, DROP);
static joist_status drop_process(const drop_call *v, const joist_line *line)
{
    return line->text.len ? JOIST_OK : joist_line_emit(v->out.lines, *line);
}

static const char *const names[] = {
#define EIGHT(n) "pass" #n "1", "pass" #n "2", "pass" #n "3", "pass" #n "4",                      \
                 "pass" #n "5", "pass" #n "6", "pass" #n "7", "pass" #n "8"
    EIGHT(0), EIGHT(1), EIGHT(2), EIGHT(3), EIGHT(4), EIGHT(5), EIGHT(6), EIGHT(7) };
enum { MOST = sizeof names / sizeof *names };

static void build(joist_pipeline *p, const void *any)
{
    const options *o = any;
    joist_line_coll lines = joist_read(joist_line, p, .uri = o->input);
    if (o->length.v < 0 || o->length.v > MOST)
        joist_mistake(p, (joist_site)JOIST_SITE, "--length goes from 0 to %d", MOST);
    else
        for (int64_t i = 0; i < o->length.v; i++)
            lines = JOIST_APPLY(pass, lines, .name = names[i]).lines;
    lines = JOIST_APPLY(drop, lines).lines;
    joist_write(lines, .uri = JOIST_TEXT("out/bench-empty.ndjson"));
}

static const joist_dofn *const dofns[] = { &pass_dofn, &drop_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "empty-dofns", .about = "Passes lines through a chain of empty DoFns, then drops them.",
    .options = &options_type, .dofns = dofns, .build = build,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
