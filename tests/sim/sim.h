/* SPDX-License-Identifier: Apache-2.0
 * One simulated world: a source, two stores and a journal in memory, machines with clocks of their
 * own, and processes that are real runs of the real command line, one step at a time. All of it
 * follows from one seed. There is one world per process; only the thread that has the turn touches
 * it. */
#ifndef SIM_H
#define SIM_H

#include "joist/connector.h"
#include "joist/run.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

enum {
    SIM_MINUTE = 60000, SIM_HOUR = 3600000, SIM_RECHECK = 2,
    SIM_HOURS = 8, SIM_OBJECTS = 8, SIM_EVENTS = 5, SIM_SITES = 4, SIM_MACHINES = 3,
    SIM_PROCESSES = 64, SIM_PLANS = 256, SIM_FLIGHTS = 64, SIM_ROWS = SIM_OBJECTS * SIM_EVENTS,
    SIM_WORDS = 24, SIM_WORD = 24, SIM_STEPS = 100000
};
#define SIM_BEGIN INT64_C(1787184000000)        /* 2026-08-20T00:00Z, begin of hour 0 */

#define SIM_EVENT(F, T)                                                                           \
    F(T, int64_t, id) F(T, int64_t, site) F(T, int64_t, seq) F(T, joist_time, hour)
JOIST_RECORD_EXTERN(sim_event, SIM_EVENT);

typedef struct sim_row { int64_t id, site, seq; } sim_row;

typedef struct sim_object {
    int64_t name, at;           /* listed by name; at: when it was there */
    sim_row rows[SIM_EVENTS];
    size_t count;
} sim_object;
typedef struct sim_hour { sim_object objects[SIM_OBJECTS]; size_t count; } sim_hour;

/* ---- what may be planted --------------------------------------------------------------------- */
typedef enum sim_bug {
    SIM_NO_BUG, SIM_TAKE, SIM_PUT, SIM_FENCE, SIM_LATEST, SIM_DIGEST, SIM_ATOMIC, SIM_BUGS
} sim_bug;
typedef struct sim_bug_name { const char *name, *what; } sim_bug_name;
extern const sim_bug_name sim_bugs[SIM_BUGS];

/* ---- processes ------------------------------------------------------------------------------- */
typedef struct sim_process {
    joist_env env;              /* first: a pointer to it is one to its process */
    sem_t turn;
    pthread_t thread;
    char name[8];
    size_t machine;
    int64_t wake;               /* it sleeps until then */
    bool finished, dead, stopped;
    int code;
    int64_t window;             /* the hour of --window, -1: none */
    size_t objects;             /* it had at the begin */
    char words[SIM_WORDS][SIM_WORD];
    int count;
    void (*keep)(void *with);   /* what a real run calls all the time */
    void *with;
} sim_process;

/* SENT: the request may arrive although its sender is dead, and the answer may get lost. */
typedef enum sim_effect { SIM_LOOKS, SIM_CHANGES, SIM_SENT } sim_effect;

/* What becomes of one call to the world outside. */
typedef struct sim_call {
    bool act;                   /* it has its effect now */
    bool later;                 /* its effect comes later: the caller is gone by then */
    bool dies;                  /* the caller, after it */
    joist_status answer;        /* OK: what the callee says; else this, whatever that was */
} sim_call;

typedef enum sim_kind {
    SIM_FIRE, SIM_OBJECT, SIM_CLOCK, SIM_FORGET
} sim_kind;
typedef struct sim_plan {
    int64_t at;
    sim_kind kind;
    int64_t a, b;               /* FIRE: the way and an hour; OBJECT: an hour; CLOCK: machine, ms */
} sim_plan;

typedef enum sim_store_name { SIM_HISTORY, SIM_LATEST_STORE, SIM_STORES } sim_store_name;
typedef struct sim_commit {
    sim_store_name store;
    size_t hour;
    int64_t number;
    sim_row rows[SIM_ROWS];
    size_t count;
} sim_commit;

/* A request whose sender died before it arrived. */
typedef struct sim_flight {
    int64_t at;
    enum { SIM_NOTHING, SIM_FLYING_TAKE, SIM_FLYING_PUT, SIM_FLYING_COMMIT } kind;
    joist_buffer entry;         /* PUT: encoded */
    char holder[8];             /* TAKE */
    size_t hour;
    int64_t now, until;
    sim_commit commit;
} sim_flight;

/* How often things go wrong, in a thousand. */
typedef struct sim_weather {
    unsigned crash, flight, lost, retry, fail, stop, delay, stall, twice, other;
} sim_weather;

typedef struct sim_world {
    uint64_t seed, chance;
    sim_bug bug;
    FILE *trace;                /* NULL: none */
    int64_t now;
    sim_weather weather;
    int64_t clocks[SIM_MACHINES];
    bool sees_dead;             /* holders that are gone are known to be */
    bool locks;                 /* stores: locked from begin to commit, as SQLite's */
    bool short_lease;           /* a minute, not the usual ten */
    bool quiet;                 /* nothing goes wrong any more */
    uint64_t steps;
    sem_t over;
    sim_process processes[SIM_PROCESSES]; size_t processes_count, started;
    sim_plan plans[SIM_PLANS]; size_t plans_count, plans_done;
    sim_flight flights[SIM_FLIGHTS];
    sim_hour hours[SIM_HOURS];
    int64_t next_id;
    /* stores */
    sim_row history[SIM_HOURS][SIM_ROWS]; size_t history_count[SIM_HOURS];
    sim_row latest[SIM_SITES];  /* id 0: none */
    int64_t fence[SIM_STORES][SIM_HOURS];
    const void *locked[SIM_STORES];
    uint64_t commits, listings;
    /* journal */
    bool has_journal;
    joist_buffer entries[SIM_HOURS];
    /* what the checks remember */
    int64_t committed[SIM_STORES][SIM_HOURS];
    sim_row was_history[SIM_HOURS][SIM_ROWS]; size_t was_count[SIM_HOURS];
    sim_row was_latest[SIM_SITES];
    bool failed;
    char why[512];
} sim_world;
extern sim_world sim;

/* ---- world.c: chance, time, turns ------------------------------------------------------------ */
uint64_t sim_random(uint64_t below);
bool sim_chance(unsigned in_a_thousand);
int64_t sim_between(int64_t least, int64_t most);
void sim_say(const sim_process *p, const char *fmt, ...) JOIST_PRINTF(2, 3);
void sim_fail(const char *fmt, ...) JOIST_PRINTF(1, 2);
sim_process *sim_process_of(joist_env *env);
sim_process *sim_start(size_t machine);             /* its words are set by the caller */
void sim_plan_add(sim_plan plan);
void sim_go(void);                                  /* until nothing is left to do */
void sim_join(void);
void sim_sleep(sim_process *p, int64_t ms);
bool sim_is_gone(joist_text holder);

/* A step: others may come first, and something may go wrong. Then act, and end with what came of
 * it. */
sim_call sim_call_begin(sim_process *p, sim_effect effect, const char *fmt, ...)
    JOIST_PRINTF(3, 4);
joist_status sim_call_end(sim_process *p, const sim_call *c, joist_status status, joist_error *e);
sim_flight *sim_flight_new(void);                   /* NULL: it gets lost */

/* ---- the parts ------------------------------------------------------------------------------- */
size_t sim_hour_of(joist_text window);
joist_text sim_window(int64_t hour, char out[24]);
extern const joist_source_ops sim_source_ops;
extern const joist_store_ops sim_store_ops;
extern const joist_journal_ops sim_journal_ops;
extern const joist_pipeline_def sim_pipeline;
joist_status sim_commit_apply(const sim_commit *c, joist_error *e);
joist_status sim_take_apply(const joist_lease_request *want, joist_arena *arena,
                            joist_journal_entry *out);
joist_status sim_put_apply(const joist_journal_entry *entry);
bool sim_entry(size_t hour, joist_arena *arena, joist_journal_entry *out);
void sim_object_add(size_t hour);
size_t sim_distinct(size_t hour, size_t objects, sim_row out[SIM_ROWS]);
int sim_run_call(sim_process *p);

/* ---- check.c --------------------------------------------------------------------------------- */
void sim_check_entry(const joist_journal_entry *old, const joist_journal_entry *new);
void sim_check_commit(const sim_commit *c);
void sim_check_exit(const sim_process *p);
void sim_check_end(void);

/* ---- scenario.c ------------------------------------------------------------------------------ */
void sim_fire(const sim_plan *plan);
/* One seed from begin to end; true: all well, else sim.why. */
bool sim_scenario(uint64_t seed, sim_bug bug, FILE *trace);

#endif
