/* SPDX-License-Identifier: Apache-2.0
 * The shorthands: alerts of two systems become one stream (flatten), drills are dropped (filter),
 * texts are made alike (map), each alert goes to one of three tables (partition), and each host
 * named in one is listed (flat-map).
 *
 *     build/triage run --input alerts/ --manual calls.jsonl --output sqlite:out/alerts.db */
#include <joist.h>

#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED, .help = "alerts of the monitoring")                   \
    F(T, joist_text, manual, JOIST_REQUIRED, .help = "alerts that people wrote")                  \
    F(T, joist_text, output, 0, .fallback = "sqlite:out/alerts.db", .help = "the tables")
JOIST_RECORD(options, OPTIONS);

#define ALERT(F, T)                                                                               \
    F(T, joist_text, id, JOIST_REQUIRED) F(T, int64_t, level, 0, .help = "0 is an emergency")     \
    F(T, bool, drill, 0) F(T, joist_text, title, 0)                                               \
    F(T, joist_text, hosts, 0, .help = "names with commas between them")
JOIST_RECORD(alert, ALERT);

#define HOST(F, T) F(T, joist_text, name, 0) F(T, joist_text, alert_id, 0)
JOIST_RECORD(host, HOST);

JOIST_FILTER(is_real, alert);
static bool is_real_keep(const alert *a) { return !a->drill; }

JOIST_MAP(tidy, alert, alert);
static alert tidy_map(const alert *a)
{
    alert tidy = *a;
    tidy.title = joist_trim(joist_text_null(a->title) ? JOIST_TEXT("(no title)") : a->title);
    return tidy;
}

JOIST_PARTITION(by_level, alert, urgent, soon, later);
static int by_level_partition(const alert *a)
{
    return a->level <= 1 ? by_level_urgent : a->level <= 4 ? by_level_soon : by_level_later;
}

JOIST_FLAT_MAP(name_hosts, alert, host);
static void name_hosts_flat_map(const alert *a, host_out out)
{
    joist_text rest = a->hosts, name;
    while (joist_next_part(&rest, ',', &name))
        host_emit(out, (host){ .name = joist_trim(name), .alert_id = a->id });
}

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    alert_coll measured = joist_read(alert, p, .uri = o->input);
    alert_coll manual = joist_read(alert, p, .uri = o->manual);
    alert_coll real = JOIST_APPLY(is_real, joist_flatten(alert, measured, manual));
    alert_coll alerts = JOIST_APPLY(tidy, real);

    by_level_result parts = JOIST_APPLY(by_level, alerts);
    joist_write(parts.urgent, .uri = o->output, .table = JOIST_TEXT("urgent"),
                .key = JOIST_FIELDS(alert, id));
    joist_write(parts.soon, .uri = o->output, .table = JOIST_TEXT("soon"),
                .key = JOIST_FIELDS(alert, id));
    joist_write(parts.later, .uri = o->output, .table = JOIST_TEXT("later"),
                .key = JOIST_FIELDS(alert, id));
    joist_write(JOIST_APPLY(name_hosts, alerts), .uri = o->output,
                .key = JOIST_FIELDS(host, name, alert_id));
}

static const joist_dofn *const dofns[] = {
    &is_real_dofn, &tidy_dofn, &by_level_dofn, &name_hosts_dofn, NULL,
};

static const joist_pipeline_def def = {
    .name = "triage", .about = "Alerts by urgency.", .options = &options_type,
    .dofns = dofns, .build = build_any,
};

int main(int argc, char **argv) { return joist_main(argc, argv, &def); }
