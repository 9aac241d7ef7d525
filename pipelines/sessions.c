/* SPDX-License-Identifier: Apache-2.0
 * Visits from web logs: lines of the combined log format are parsed, the requests of one visitor
 * are put together as long as no half hour lies between two of them, and each visit becomes a row.
 * What is no log line is set aside.
 *
 *     build/sessions run --input /var/log/apache2 --output sqlite:out/visits.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "logs: a file or a directory, .gz as well")   \
    F(T, joist_text, output, 0, .fallback = "out/visits.ndjson", .help = "where the visits go")   \
    F(T, int64_t, gap_minutes, 0, .fallback = "30", .help = "silence that ends a visit")
JOIST_RECORD(options, OPTIONS);

#define HIT(F, T)                                                                                 \
    F(T, joist_text, host, JOIST_PII) F(T, joist_text, agent, 0)                                  \
    F(T, joist_text, path, 0) F(T, joist_time, at, 0)
JOIST_RECORD(hit, HIT);

#define VISIT(F, T)                                                                               \
    F(T, joist_text, host, JOIST_PII) F(T, joist_text, agent, 0)                                  \
    F(T, joist_time, began, 0) F(T, joist_time, ended, 0) F(T, int64_t, hits, 0)                  \
    F(T, joist_text, entry, 0, .help = "the page it began with")
JOIST_RECORD(visit, VISIT);

static const joist_code codes[] = {
    { "no_log_line", "a line that is not of the combined log format" },
    { "bad_time", "a log line whose time is none" },
    { NULL, NULL },
};

/* 20/Aug/2026:03:14:07 +0200 is 2026-08-20T03:14:07+02:00 in RFC 3339. */
static bool log_time(joist_context *ctx, joist_text t, joist_time *at)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int month = 0;
    if (t.len != 26)
        return false;
    while (month < 12 && memcmp(months + 3 * month, t.ptr + 3, 3) != 0)
        month++;
    return joist_time_parse(joist_printf(ctx, "%.4s-%02d-%.2sT%.8s%.3s:%.2s", t.ptr + 7, month + 1,
                                         t.ptr, t.ptr + 12, t.ptr + 21, t.ptr + 24), at);
}

/* HOST IDENT USER [TIME] "METHOD PATH PROTOCOL" STATUS BYTES "REFERRER" "AGENT" */
#define PARSE(IN, OUT, SIDE, CFG, STATE) IN(joist_line) OUT(hit, hits)
JOIST_DOFN(parse, PARSE);
static joist_status parse_process(const parse_call *v, const joist_line *line)
{
    joist_text rest = line->text, time, request, no;
    hit h;
    if (!joist_next_part(&rest, ' ', &h.host) || !joist_next_part(&rest, '[', &no)
        || !joist_next_part(&rest, ']', &time) || !joist_next_part(&rest, '"', &no)
        || !joist_next_part(&rest, '"', &request) || !joist_next_part(&request, ' ', &no)
        || !joist_next_part(&request, ' ', &h.path) || !joist_next_part(&rest, '"', &no)
        || !joist_next_part(&rest, '"', &no) || !joist_next_part(&rest, '"', &no)
        || !joist_next_part(&rest, '"', &h.agent))
        return joist_reject(v->ctx, "no_log_line", "this is no line of the combined log format");
    if (!log_time(v->ctx, time, &h.at))
        return joist_reject(v->ctx, "bad_time", "'%.*s' is no time", JOIST_ARG(time));
    return hit_emit(v->out.hits, h);
}

/* A group is one visit. A hit lives until the next one is taken: the path that stays is copied. */
#define DESCRIBE(IN, OUT, SIDE, CFG, STATE) IN(hit_group) OUT(visit, visits)
JOIST_DOFN(describe, DESCRIBE);
static joist_status describe_process(const describe_call *v, const hit_group *g)
{
    visit all = { .host = g->key->host, .agent = g->key->agent };
    for (const hit *h; (h = hit_next(g)); all.hits++) {
        if (!all.hits || h->at.ms < all.began.ms) {
            all.began = h->at;
            all.entry = joist_arena_text(joist_context_arena(v->ctx), h->path);
        }
        if (!all.hits || h->at.ms > all.ended.ms)
            all.ended = h->at;
    }
    return visit_emit(v->out.visits, all);
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    joist_line_coll lines = joist_read(joist_line, p, .uri = o->input);
    hit_coll hits = joist_with_timestamps(hit, JOIST_APPLY(parse, lines).hits, at);
    hit_coll in_sessions = joist_window_into(hit, hits, .gap_ms = JOIST_MINUTES(o->gap_minutes));
    hit_group_coll groups = joist_group_by_key(hit, in_sessions,
                                               .key = JOIST_FIELDS(hit, host, agent));
    joist_write(JOIST_APPLY(describe, groups).visits, .uri = o->output,
                .key = JOIST_FIELDS(visit, host, agent, began));
}

static const joist_dofn *const dofns[] = { &parse_dofn, &describe_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "sessions", .about = "Visits from web logs.", .options = &options_type,
    .dofns = dofns, .codes = codes, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
