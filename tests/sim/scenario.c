/* SPDX-License-Identifier: Apache-2.0
 * One seed: a few hours of objects and firings, with all that may go wrong; then quiet, in which a
 * few ordinary firings must put everything right. */
#include "sim.h"

#include "joist/text.h"
#include "../../tools/cli/verbs.h"

const sim_bug_name sim_bugs[SIM_BUGS] = {
    [SIM_NO_BUG] = { "none", "everything is as it should be" },
    [SIM_TAKE] = { "take", "the journal's take does not compare: two runs have one lease" },
    [SIM_PUT] = { "put", "the journal's put does not compare: a lease that was lost still writes" },
    [SIM_FENCE] = { "fence", "the stores ignore numbers: a run that was overtaken commits" },
    [SIM_LATEST] = { "latest", "the latest store overwrites newer rows by older ones" },
    [SIM_DIGEST] = { "digest", "the source's digest never changes: late objects are missed" },
    [SIM_ATOMIC] = { "atomic", "the history store shows rows before their commit" },
};

/* ---- the pipeline ---------------------------------------------------------------------------- */
#define OPTIONS(F, T)                                                                             \
    F(T, joist_text, input, JOIST_REQUIRED) F(T, joist_text, history, JOIST_REQUIRED)             \
    F(T, joist_text, latest, JOIST_REQUIRED) F(T, joist_text, window)                             \
    F(T, joist_text, since) F(T, joist_text, until)
JOIST_RECORD(options, OPTIONS);

JOIST_BUILD(build, options);
static void build(joist_pipeline *p, const options *o)
{
    sim_event_coll events = joist_read(sim_event, p, .uri = o->input, .window = o->window,
                                       .since = o->since, .until = o->until);
    joist_write(events, .uri = o->history, .table = JOIST_TEXT("events"),
                .key = JOIST_FIELDS(sim_event, hour, id), .window = JOIST_FIELDS(sim_event, hour),
                .hour = o->window, .name = "history");
    sim_event_coll newest = joist_latest(sim_event, events, .key = JOIST_FIELDS(sim_event, site),
                                         .by = JOIST_FIELDS(sim_event, seq, id));
    joist_write(newest, .uri = o->latest, .table = JOIST_TEXT("sites"),
                .key = JOIST_FIELDS(sim_event, site), .by = JOIST_FIELDS(sim_event, seq, id),
                .name = "latest");
}

static const joist_connector connector = {
    .version = JOIST_CONNECTOR_VERSION, .name = "sim", .schemes = { "sim" },
    .help = "of the simulated world", .source = &sim_source_ops, .store = &sim_store_ops,
    .journal = &sim_journal_ops,
};
static const joist_connector *const connectors[] = { &connector, NULL };

static const joist_hourly hourly = {
    .input = "input", .journal = "latest", .window = "window", .since = "since", .until = "until",
};

const joist_pipeline_def sim_pipeline = {
    .name = "sim", .about = "What is simulated.", .options = &options_type,
    .connectors = connectors, .build = build_any, .hourly = &hourly,
};

/* ---- one call of the command line ------------------------------------------------------------ */
static void works(void *user, void (*keep)(void *with), void *with)
{
    sim_process *p = user;
    p->keep = keep;
    p->with = with;
}

int sim_run_call(sim_process *p)
{
    static const jst_cli_verb run = { "run", "", "", jst_cli_run };
    char *argv[SIM_WORDS + 1] = { NULL };
    for (int i = 0; i < p->count; i++)
        argv[i] = p->words[i];
    jst_cli_world world = { .env = &p->env, .holder = joist_text_of(p->name), .gone = sim_is_gone,
                            .works = works, .user = p };
    joist_arena *arena = joist_arena_new();
    jst_cli_call call = {
        .def = &sim_pipeline, .verb = &run, .command = "sim run", .argc = p->count, .argv = argv,
        .arena = arena, .world = &world,
    };
    int code = jst_cli_run(&call);
    joist_arena_free(arena);
    return code;
}

static void add_word(sim_process *p, const char *word)
{
    snprintf(p->words[p->count++], SIM_WORD, "%s", word);
}

static void add_words(sim_process *p, const char *const *words)
{
    for (; *words; words++)
        add_word(p, *words);
}

static void add_hour(sim_process *p, const char *flag, int64_t hour)
{
    char window[24];
    add_word(p, flag);
    sim_window(hour, window);
    add_word(p, window);
}

enum { DUE, DUE_FORCE, BACKFILL, BACKFILL_TO, BACKFILL_FORCE, WINDOW, WAYS };

static void add_way(sim_process *p, int64_t way, int64_t hour)
{
    if (way == DUE || way == DUE_FORCE)
        add_word(p, "--due");
    else if (way == WINDOW)
        add_hour(p, "--window", hour);
    else
        add_hour(p, "--since", hour);
    if (way == BACKFILL_TO)
        add_hour(p, "--until", hour + 2 < SIM_HOURS ? hour + 2 : SIM_HOURS - 1);
    if (way == DUE_FORCE || way == BACKFILL_FORCE)
        add_word(p, "--force");
}

void sim_fire(const sim_plan *plan)
{
    static const char *const words[] = {
        "--input", "sim:in", "--history", "sim:history", "--latest", "sim:latest", "--workers",
        "1", "--dead", "", "--quiet", "--progress", "never",
        "--log-format", "human", NULL,
    };
    static const char *const ways[] = { "--due", "--due --force", "--since", "--since --until",
                                        "--since --force", "--window" };
    sim_process *p = sim_start(sim_random(SIM_MACHINES));
    if (!p)
        return;
    add_words(p, words);
    add_word(p, "--lease");
    add_word(p, sim.short_lease ? "1m" : "10m");
    if (plan->a == WINDOW) {
        p->window = plan->b;
        p->objects = sim.hours[plan->b].count;
    }
    add_way(p, plan->a, plan->b);
    sim_say(p, "begins: %s, hour %lld, on machine %zu", ways[plan->a], (long long)plan->b,
            p->machine);
}

/* ---- what happens ---------------------------------------------------------------------------- */
static int64_t at(int64_t hour, int64_t minute)
{
    return SIM_BEGIN + hour * SIM_HOUR + minute * SIM_MINUTE;
}

static void plan_objects(int64_t hours, bool clocks)
{
    int64_t late = (SIM_RECHECK - (clocks ? 1 : 0)) * 60 + 4;   /* minutes behind the hour's end */
    for (int64_t h = 0; h < hours; h++)
        for (int64_t i = sim_between(0, 5); i > 0; i--) {
            int64_t minute = sim_chance(700) ? sim_between(0, 62) : sim_between(60, 60 + late);
            sim_plan_add((sim_plan){ at(h, minute), SIM_OBJECT, h, 0 });
        }
}

static void plan_firings(int64_t hours)
{
    int64_t overlap = sim_between(1, 4);
    for (int64_t h = 1; h <= hours + 2; h++) {
        int64_t times = sim_chance(150) ? 0 : sim_chance(500) ? 1 : 1 + sim_between(1, overlap);
        for (int64_t i = 0; i < times; i++)
            sim_plan_add((sim_plan){ at(h, 5) + sim_between(0, i ? 20 * SIM_MINUTE : 30000),
                                     SIM_FIRE, sim_chance(900) ? DUE : DUE_FORCE, 0 });
        if (sim_chance(300))
            sim_plan_add((sim_plan){ at(h, sim_between(0, 59)), SIM_FIRE,
                                     (int64_t)(BACKFILL + sim_random(WAYS - BACKFILL)),
                                     sim_between(0, h < hours ? h : hours - 1) });
    }
}

/* A clock is wrong for a while, by up to an hour. */
static void plan_clocks(int64_t hours)
{
    for (int64_t i = sim_between(1, 3); i > 0; i--) {
        int64_t machine = sim_between(0, SIM_MACHINES - 1), minute = sim_between(0, hours * 60);
        int64_t by = sim_chance(500) ? 60 : sim_between(1, 60);
        sim_plan_add((sim_plan){ at(0, minute), SIM_CLOCK, machine,
                                 (sim_random(2) ? by : -by) * SIM_MINUTE });
        sim_plan_add((sim_plan){ at(0, minute + sim_between(10, 150)), SIM_CLOCK, machine, 0 });
    }
}

static unsigned some(unsigned most)
{
    return sim_random(2) ? 0 : (unsigned)sim_random(most + 1);
}

static void set_weather(void)
{
    sim.weather = (sim_weather){
        .crash = some(30), .flight = some(60), .lost = some(100), .retry = some(100),
        .fail = some(30), .stop = some(20), .delay = some(60), .stall = some(150),
        .twice = some(100), .other = (unsigned)sim_random(1000),
    };
    sim.sees_dead = sim_random(2);
    sim.locks = sim_random(2);
    sim.short_lease = sim_random(2);
    if (sim.sees_dead)          /* all on one machine: a process has no requests under way */
        sim.weather.flight = 0;
}

static void plan_all(void)
{
    int64_t hours = sim_between(2, SIM_HOURS - 3);
    bool clocks = sim_chance(400);
    set_weather();
    plan_objects(hours, clocks);
    plan_firings(hours);
    if (clocks)
        plan_clocks(hours);
    if (sim_chance(100))
        sim_plan_add((sim_plan){ at(0, sim_between(60, hours * 60)), SIM_FORGET, 0, 0 });
}

/* ---- quiet ----------------------------------------------------------------------------------- */
static void fire_in_quiet(int64_t minute)
{
    size_t before = sim.processes_count;
    sim.now += minute * SIM_MINUTE;
    sim_plan_add((sim_plan){ sim.now, SIM_FIRE, DUE, 0 });
    sim_go();
    sim_process *p = &sim.processes[before];
    if (!sim.failed && (sim.processes_count == before || p->code != 0))
        sim_fail("an ordinary firing ended with exit code %d",
                 sim.processes_count == before ? -1 : p->code);
}

static void be_quiet(void)
{
    sim_join();
    sim.quiet = true;
    memset(sim.clocks, 0, sizeof sim.clocks);
    sim_say(NULL, "quiet from here on");
    for (int i = 0; i < 4 && !sim.failed; i++)
        fire_in_quiet(i ? 60 : 150);
    uint64_t commits = sim.commits, listings = sim.listings;
    if (!sim.failed)
        sim_check_end();
    if (!sim.failed)
        fire_in_quiet(60);
    if (sim.commits != commits)
        sim_fail("a firing with nothing new committed something");
    if (sim.listings != listings)
        sim_fail("an hour is looked at again and again");
}

static void begin(uint64_t seed, sim_bug bug, FILE *trace)
{
    sim = (sim_world){ .seed = seed, .chance = seed, .bug = bug, .trace = trace,
                       .now = SIM_BEGIN };
    sem_init(&sim.over, 0, 0);
}

bool sim_scenario(uint64_t seed, sim_bug bug, FILE *trace)
{
    begin(seed, bug, trace);
    plan_all();
    sim_go();
    if (!sim.failed)
        be_quiet();
    sim_join();
    for (size_t i = 0; i < SIM_HOURS; i++)
        joist_buffer_free(&sim.entries[i]);
    for (size_t i = 0; i < SIM_FLIGHTS; i++)
        joist_buffer_free(&sim.flights[i].entry);
    sem_destroy(&sim.over);
    return !sim.failed;
}
