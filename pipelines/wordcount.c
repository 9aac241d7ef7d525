/* SPDX-License-Identifier: Apache-2.0
 * Counts the words of text files: read lines, split them into words, count each word, write.
 *
 *     build/wordcount run --input docs/
 *     build/wordcount run --input docs/ --output sqlite:out/words.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .values = "PATH",                                     \
      .help = "file or directory to read")                                                        \
    F(T, joist_text, output, 0, .fallback = "out/words.ndjson", .values = "URI",                  \
      .help = "where the counts go: a file, or sqlite:PATH")
JOIST_RECORD(options, OPTIONS);

#define WORD(F, T) F(T, joist_text, text, JOIST_REQUIRED)
JOIST_RECORD(word, WORD);

#define WORD_COUNT(F, T)                                                                          \
    F(T, joist_text, word, JOIST_REQUIRED)                                                        \
    F(T, int64_t, count, 0, .help = "how often it occurs")
JOIST_RECORD(word_count, WORD_COUNT);

/* A line becomes any number of words; they borrow the line's bytes. */
#define SPLIT(IN, OUT, SIDE, CFG, STATE) IN(joist_line) OUT(word, words)
JOIST_DOFN(split, SPLIT);
static joist_status split_process(const split_call *v, const joist_line *line)
{
    joist_text rest = line->text, text;
    while (joist_next_word(&rest, &text))
        word_emit(v->out.words, (word){ .text = text });
    return JOIST_OK;
}

/* What joist_count makes is called key and count; our table has better names. */
#define NAME(IN, OUT, SIDE, CFG, STATE) IN(joist_tally) OUT(word_count, rows)
JOIST_DOFN(name, NAME);
static joist_status name_process(const name_call *v, const joist_tally *tally)
{
    return word_count_emit(v->out.rows, (word_count){ .word = tally->key, .count = tally->count });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    joist_line_coll lines = joist_read(joist_line, p, .uri = o->input);
    word_coll words = JOIST_APPLY(split, lines).words;
    joist_tally_coll counts = joist_count(word, words, text);
    word_count_coll rows = JOIST_APPLY(name, counts).rows;
    joist_write(rows, .uri = o->output, .table = JOIST_TEXT("words"),
                .key = JOIST_FIELDS(word_count, word));
}

static const joist_dofn *const dofns[] = { &split_dofn, &name_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "wordcount", .about = "Counts the words of text files.",
    .options = &options_type, .dofns = dofns, .build = build_any,
};

#ifndef JOIST_NO_MAIN
int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
#endif
