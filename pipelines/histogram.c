/* SPDX-License-Identifier: Apache-2.0
 * How response times spread: between the shortest and the longest lie n bars of equal width. Both
 * ends are found first (joist_min, joist_max) and are side inputs of the step that chooses the bar.
 *
 *     build/histogram run --input requests.jsonl --bars 10 */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "requests: a file or a directory")            \
    F(T, int64_t, bars, 0, .fallback = "10", .help = "how many bars")                             \
    F(T, joist_text, output, 0, .fallback = "out/bars.ndjson", .help = "where the bars go")
JOIST_RECORD(options, OPTIONS);

#define REQUEST(F, T) F(T, joist_text, path, 0) F(T, int64_t, ms, 0)
JOIST_RECORD(request, REQUEST);

#define PLACE(F, T) F(T, int64_t, from_ms, 0) F(T, int64_t, until_ms, 0)
JOIST_RECORD(place, PLACE);

#define BAR(F, T) F(T, int64_t, from_ms, 0) F(T, int64_t, until_ms, 0) F(T, int64_t, count, 0)
JOIST_RECORD(bar, BAR);

#define CHOOSE(IN, OUT, SIDE, CFG, STATE)                                                         \
    IN(request) OUT(place, places) CFG(options)                                                   \
    SIDE(joist_int_result_one, least) SIDE(joist_int_result_one, most)
JOIST_DOFN(choose, CHOOSE);
static joist_status choose_process(const choose_call *v, const request *r)
{
    int64_t least = joist_int_result_one(v->side.least)->value.v;
    int64_t most = joist_int_result_one(v->side.most)->value.v;
    int64_t width = (most - least) / v->cfg->bars + 1;
    int64_t from = least + (r->ms - least) / width * width;
    return place_emit(v->out.places, (place){ .from_ms = from, .until_ms = from + width });
}

/* Counts by two fields: an accumulator of its own in four short functions. */
#define COUNTED(F, T) F(T, int64_t, n, 0)
JOIST_RECORD(counted, COUNTED);

#define COUNT_BAR(IN, ACC, OUT, CFG) IN(place) ACC(counted) OUT(bar)
JOIST_COMBINE_FN(count_bar, COUNT_BAR);
static void count_bar_add(const count_bar_call *v, counted *a, const place *at)
{
    (void)v, (void)at;
    a->n++;
}

static void count_bar_merge(const count_bar_call *v, counted *a, const counted *b)
{
    (void)v;
    a->n += b->n;
}

static joist_status count_bar_extract(const count_bar_call *v, const counted *a, const place *key)
{
    return bar_emit(v->out, (bar){ key->from_ms, key->until_ms, a->n });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    request_coll requests = joist_read(request, p, .uri = o->input);
    joist_int_result_coll least = joist_min_globally(request, requests, ms);
    joist_int_result_coll most = joist_max_globally(request, requests, ms);
    place_coll places = JOIST_APPLY(choose, requests, .cfg = *o,
                                    .side.least = joist_singleton(joist_int_result, least),
                                    .side.most = joist_singleton(joist_int_result, most)).places;
    bar_coll bars = JOIST_COMBINE(count_bar, places, .key = JOIST_FIELDS(place, from_ms, until_ms));
    joist_write(bars, .uri = o->output, .key = JOIST_FIELDS(bar, from_ms));
}

static const joist_dofn *const dofns[] = { &choose_dofn, NULL };
static const joist_combine *const combines[] = { &count_bar_combine, NULL };

static const joist_pipeline_def def = {
    .name = "histogram", .about = "How response times spread.", .options = &options_type,
    .dofns = dofns, .combines = combines, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
