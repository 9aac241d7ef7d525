/* SPDX-License-Identifier: Apache-2.0
 * What becomes of bad data: readings of thermometers are checked, the good ones written, and every
 * bad one is set aside with its place in the input, a code for machines and a message for people.
 *
 *     build/check_readings run --input readings.jsonl --max-rejected 1%
 *     ls out/dead */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "readings: a file or a directory")            \
    F(T, joist_text, output, 0, .fallback = "out/readings.ndjson", .help = "the good ones")
JOIST_RECORD(options, OPTIONS);

#define READING(F, T)                                                                             \
    F(T, joist_text, sensor, 0) F(T, joist_time, at, 0)                                           \
    F(T, joist_float, value, 0) F(T, joist_text, unit, 0)
JOIST_RECORD(reading, READING);

/* What can be wrong beside what the library finds itself: bad_json, not_object and so on. */
static const joist_code codes[] = {
    { "incomplete", "a reading without sensor, time or value" },
    { "unknown_unit", "a unit other than C, F and K" },
    { "impossible", "colder than can be" },
    { NULL, NULL },
};

/* A value in any unit becomes degrees Celsius. */
static bool to_celsius(joist_text unit, double value, double *celsius)
{
    char u = '?';
    if (unit.len == 1)
        u = unit.ptr[0];
    *celsius = u == 'F' ? (value - 32) * 5 / 9 : u == 'K' ? value - 273.15 : value;
    return u == 'C' || u == 'F' || u == 'K';
}

#define CHECK(IN, OUT, SIDE, CFG, STATE) IN(reading) OUT(reading, good)
JOIST_DOFN(check, CHECK);
static joist_status check_process(const check_call *v, const reading *r)
{
    double celsius;
    if (joist_text_null(r->sensor) || !r->at.set || !r->value.set)
        return joist_reject(v->ctx, "incomplete", "a reading needs sensor, at and value");
    if (!to_celsius(r->unit, r->value.v, &celsius))
        return joist_reject(v->ctx, "unknown_unit", "'%.*s' is not C, F or K", JOIST_ARG(r->unit));
    if (celsius < -273.15)
        return joist_reject(v->ctx, "impossible", "%g °C is below absolute zero", celsius);
    if (r->unit.ptr[0] != 'C')
        joist_count_add(v->ctx, "converted", 1);
    return reading_emit(v->out.good, (reading){ .sensor = r->sensor, .at = r->at,
                                                .value = JOIST_FLOAT(celsius),
                                                .unit = JOIST_TEXT("C") });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    reading_coll readings = joist_read(reading, p, .uri = o->input);
    reading_coll good = JOIST_APPLY(check, readings).good;
    joist_write(good, .uri = o->output, .key = JOIST_FIELDS(reading, sensor, at));
}

static const joist_dofn *const dofns[] = { &check_dofn, NULL };

static const joist_pipeline_def def = {
    .name = "check_readings", .about = "Good readings in, bad ones explained.",
    .options = &options_type, .dofns = dofns, .codes = codes, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
