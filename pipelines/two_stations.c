/* SPDX-License-Identifier: Apache-2.0
 * A composite transform applied twice: from a file of temperatures the lowest and highest of each
 * day, for a station in the valley and one on the mountain.
 *
 *     build/two_stations run --input valley.jsonl --mountain mountain.jsonl
 *     build/two_stations list transforms */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "temperatures in the valley")                 \
    F(T, joist_text, mountain, JOIST_REQUIRED, .help = "temperatures on the mountain")            \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/days.db", .help = "the days")
JOIST_RECORD(options, OPTIONS);

#define TEMPERATURE(F, T)                                                                         \
    F(T, joist_time, at, JOIST_REQUIRED) F(T, joist_float, celsius, JOIST_REQUIRED)
JOIST_RECORD(temperature, TEMPERATURE);

#define RANGE(F, T) F(T, joist_float, low, 0) F(T, joist_float, high, 0)
JOIST_RECORD(range, RANGE);

#define DAY(F, T) F(T, joist_time, date, 0) F(T, double, low, 0) F(T, double, high, 0)
JOIST_RECORD(day, DAY);

#define EXTREMES(IN, ACC, OUT, CFG) IN(temperature) ACC(range) OUT(day)
JOIST_COMBINE_FN(extremes, EXTREMES);
static void extremes_merge(const extremes_call *v, range *a, const range *b)
{
    (void)v;
    if (!a->low.set || (b->low.set && b->low.v < a->low.v))
        a->low = b->low;
    if (!a->high.set || (b->high.set && b->high.v > a->high.v))
        a->high = b->high;
}

static void extremes_add(const extremes_call *v, range *a, const temperature *t)
{
    extremes_merge(v, a, &(range){ t->celsius, t->celsius });
}

static joist_status extremes_extract(const extremes_call *v, const range *a, const temperature *key)
{
    (void)key;
    return day_emit(v->out, (day){ .date = JOIST_TIME_MS(joist_window_of(v->ctx).start_ms),
                                   .low = a->low.v, .high = a->high.v });
}

/* The composite. Its steps are called NAME/read_temperature, NAME/extremes and so on. */
static day_coll days_of(joist_pipeline *p, joist_text uri, const char *name)
{
    day_coll days = { 0 };
    JOIST_SCOPE(p, name) {
        temperature_coll read = joist_read(temperature, p, .uri = uri);
        temperature_coll timed = joist_with_timestamps(temperature, read, at);
        temperature_coll daily = joist_window_into(temperature, timed, .fixed_ms = JOIST_DAYS(1));
        days = JOIST_COMBINE(extremes, daily);
    }
    return days;
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    joist_write(days_of(p, o->input, "valley"), .uri = o->output, .table = JOIST_TEXT("valley"),
                .key = JOIST_FIELDS(day, date));
    joist_write(days_of(p, o->mountain, "mountain"), .uri = o->output,
                .table = JOIST_TEXT("mountain"), .key = JOIST_FIELDS(day, date));
}

static const joist_combine *const combines[] = { &extremes_combine, NULL };

static const joist_pipeline_def def = {
    .name = "two_stations", .about = "Lowest and highest temperature of each day.",
    .options = &options_type, .combines = combines, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
