/* SPDX-License-Identifier: Apache-2.0
 * Counts over time: views of each page in each hour (fixed windows), and in the hour before each
 * quarter of an hour (sliding windows).
 *
 *     build/windowed_counts run --input views.jsonl --output sqlite:out/counts.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "views: a file or a directory")               \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/counts.db", .help = "the counts")
JOIST_RECORD(options, OPTIONS);

#define VIEW(F, T)                                                                                \
    F(T, joist_text, page, JOIST_REQUIRED) F(T, joist_time, at, JOIST_REQUIRED)
JOIST_RECORD(view, VIEW);

#define VIEWS(F, T)                                                                               \
    F(T, joist_text, page, 0) F(T, joist_time, since, 0) F(T, joist_time, until, 0)               \
    F(T, int64_t, count, 0)
JOIST_RECORD(views, VIEWS);

/* A count's window is where it stands in time. */
#define ADD_WINDOW(IN, OUT, SIDE, CFG, STATE) IN(joist_tally) OUT(views, out)
JOIST_DOFN(add_window, ADD_WINDOW);
static joist_status add_window_process(const add_window_call *v, const joist_tally *tally)
{
    joist_window w = joist_window_of(v->ctx);
    return views_emit(v->out.out, (views){ tally->key, JOIST_TIME_MS(w.start_ms),
                                           JOIST_TIME_MS(w.end_ms), tally->count });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    view_coll read = joist_read(view, p, .uri = o->input);
    view_coll seen = joist_with_timestamps(view, read, at);

    view_coll hourly = joist_window_into(view, seen, .fixed_ms = JOIST_HOURS(1));
    views_coll by_hour = JOIST_APPLY(add_window, joist_count(view, hourly, page)).out;
    joist_write(by_hour, .uri = o->output, .table = JOIST_TEXT("hourly"),
                .key = JOIST_FIELDS(views, page, since));

    view_coll sliding = joist_window_into(view, seen, .sliding_ms = JOIST_HOURS(1),
                                          .every_ms = JOIST_MINUTES(15));
    views_coll moving = JOIST_APPLY(add_window, joist_count(view, sliding, page)).out;
    joist_write(moving, .uri = o->output, .table = JOIST_TEXT("moving"),
                .key = JOIST_FIELDS(views, page, since));
}

static const joist_dofn *const dofns[] = { &add_window_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "windowed_counts", .about = "Views of each page per hour, fixed and sliding.",
    .options = &options_type, .dofns = dofns, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
