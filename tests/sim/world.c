/* SPDX-License-Identifier: Apache-2.0
 * Turns, time and what goes wrong. Exactly one thread has the turn: it runs until its process calls
 * something outside of it, which is a step; there the seed says who goes on. What comes by the
 * clock (firings, objects, jumps of clocks, late requests) happens between steps, and the clock
 * leaps to the next of it when every process sleeps. A process that crashes is not stopped: from
 * then on nothing it calls has an effect, so that it ends by itself and leaks nothing. */
#include "sim.h"

#include "joist/text.h"

#include <stdarg.h>

sim_world sim;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t bits(void)
{
    uint64_t z = sim.chance += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t sim_random(uint64_t below)
{
    return bits() % below;
}

bool sim_chance(unsigned in_a_thousand)
{
    return sim_random(1000) < in_a_thousand;
}

int64_t sim_between(int64_t least, int64_t most)
{
    return least + (int64_t)sim_random((uint64_t)(most - least + 1));
}

/* ---- telling --------------------------------------------------------------------------------- */
static void say(const char *who, const char *fmt, va_list args)
{
    char at[JOIST_TIME_SIZE];
    if (!sim.trace)
        return;
    joist_time_format(sim.now, at);
    fprintf(sim.trace, "%.23s %-4s", at, who);
    vfprintf(sim.trace, fmt, args);
    fputc('\n', sim.trace);
}

void sim_say(const sim_process *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(p ? p->name : "-", fmt, args);
    va_end(args);
}

void sim_fail(const char *fmt, ...)
{
    va_list args;
    if (sim.failed)
        return;
    sim.failed = true;
    va_start(args, fmt);
    vsnprintf(sim.why, sizeof sim.why, fmt, args);
    va_end(args);
    sim_say(NULL, "WRONG: %s", sim.why);
}

/* ---- the environment of a process ------------------------------------------------------------ */
sim_process *sim_process_of(joist_env *env)
{
    return (sim_process *)(void *)env;
}

static int64_t env_now(joist_env *env)
{
    return sim.now + sim.clocks[sim_process_of(env)->machine];
}

static void env_sleep(joist_env *env, int64_t ms)
{
    sim_sleep(sim_process_of(env), ms);
}

static uint64_t env_random(joist_env *env)
{
    (void)env;
    return bits();
}

static bool env_stopping(joist_env *env)
{
    return sim_process_of(env)->dead || sim_process_of(env)->stopped;
}

/* ---- plans and late requests ----------------------------------------------------------------- */
void sim_plan_add(sim_plan plan)
{
    size_t i = sim.plans_count;
    if (i == SIM_PLANS)
        return;
    sim.plans_count++;
    for (; i > sim.plans_done && sim.plans[i - 1].at > plan.at; i--)
        sim.plans[i] = sim.plans[i - 1];
    sim.plans[i] = plan;
}

static void act(const sim_plan *plan)
{
    switch (plan->kind) {
    case SIM_FIRE:
        sim_fire(plan);
        break;
    case SIM_OBJECT:
        sim_object_add((size_t)plan->a);
        break;
    case SIM_CLOCK:
        sim_say(NULL, "the clock of machine %lld is %+lld min", (long long)plan->a,
                (long long)plan->b / SIM_MINUTE);
        sim.clocks[plan->a] = plan->b;
        break;
    case SIM_FORGET:
        sim_say(NULL, "the journal is lost");
        for (size_t i = 0; i < SIM_HOURS; i++)
            sim.entries[i].len = 0;
        sim.has_journal = false;
        break;
    }
}

sim_flight *sim_flight_new(void)
{
    for (size_t i = 0; i < SIM_FLIGHTS; i++)
        if (sim.flights[i].kind == SIM_NOTHING) {
            sim_flight *f = &sim.flights[i];
            joist_buffer entry = f->entry;
            *f = (sim_flight){ .at = sim.now + sim_between(0, 30 * SIM_MINUTE), .entry = entry };
            f->entry.len = 0;
            return f;
        }
    return NULL;
}

static void arrive(sim_flight *f)
{
    joist_arena *arena = joist_arena_new();
    joist_journal_entry entry;
    joist_error e = { 0 };
    joist_status status = JOIST_OK;
    char window[24];
    int kind = (int)f->kind;
    f->kind = SIM_NOTHING;
    if (kind == SIM_FLYING_TAKE) {
        joist_lease_request want = { sim_window((int64_t)f->hour, window),
                                     joist_text_of(f->holder), f->now, f->until };
        status = sim_take_apply(&want, arena, &entry);
    } else if (kind == SIM_FLYING_PUT) {
        joist_row_decode(&joist_journal_entry_type, f->entry.ptr, f->entry.len, &entry, arena);
        status = sim_put_apply(&entry);
    } else {
        status = sim_commit_apply(&f->commit, &e);
    }
    sim_say(NULL, "a late %s arrives: %s", kind == SIM_FLYING_TAKE ? "take"
            : kind == SIM_FLYING_PUT ? "put" : "commit", status == JOIST_OK ? "done" : "refused");
    joist_arena_free(arena);
}

static void catch_up(void)
{
    while (sim.plans_done < sim.plans_count && sim.plans[sim.plans_done].at <= sim.now) {
        sim_plan plan = sim.plans[sim.plans_done++];
        act(&plan);
    }
    for (size_t i = 0; i < SIM_FLIGHTS; i++)
        if (sim.flights[i].kind != SIM_NOTHING && sim.flights[i].at <= sim.now)
            arrive(&sim.flights[i]);
}

/* ---- turns ----------------------------------------------------------------------------------- */
static bool leap(void)
{
    int64_t next = INT64_MAX;
    if (sim.plans_done < sim.plans_count)
        next = sim.plans[sim.plans_done].at;
    for (size_t i = 0; i < SIM_FLIGHTS; i++)
        if (sim.flights[i].kind != SIM_NOTHING && sim.flights[i].at < next)
            next = sim.flights[i].at;
    for (size_t i = 0; i < sim.processes_count; i++)
        if (!sim.processes[i].finished && sim.processes[i].wake < next)
            next = sim.processes[i].wake;
    if (next == INT64_MAX)
        return false;
    sim.now = next > sim.now ? next : sim.now;
    return true;
}

static bool can_go(const sim_process *p)
{
    return !p->finished && (p->wake <= sim.now || sim.failed);
}

/* Who is next; NULL: nobody is left. The one that has the turn often keeps it: runs then overlap in
 * long pieces, too. */
static sim_process *next_of(sim_process *self)
{
    sim_process *ready[SIM_PROCESSES];
    size_t n;
    do {
        if (!sim.failed)
            catch_up();
        n = 0;
        for (size_t i = 0; i < sim.processes_count; i++)
            if (can_go(&sim.processes[i]))
                ready[n++] = &sim.processes[i];
    } while (!n && !sim.failed && leap());
    if (self && can_go(self) && (n == 1 || sim_random(4)))
        return self;
    return n ? ready[sim_random(n)] : NULL;
}

static void wait_for(sem_t *turn)
{
    while (sem_wait(turn))
        continue;
}

static void give_turn(sim_process *self)
{
    sim_process *next = next_of(self);
    if (next == self && self)
        return;
    sem_post(next ? &next->turn : &sim.over);
    if (self)
        wait_for(&self->turn);
}

static void *process_main(void *arg)
{
    sim_process *p = arg;
    wait_for(&p->turn);
    p->code = sim_run_call(p);
    if (p->dead)
        sim_say(p, "is gone");
    else
        sim_check_exit(p);
    p->finished = true;
    give_turn(NULL);
    return NULL;
}

sim_process *sim_start(size_t machine)
{
    if (sim.processes_count == SIM_PROCESSES)
        return NULL;
    sim_process *p = &sim.processes[sim.processes_count++];
    *p = (sim_process){ .env = { env_now, env_sleep, env_random, env_stopping },
                        .machine = machine, .wake = sim.now, .window = -1 };
    snprintf(p->name, sizeof p->name, "p%zu", sim.started++);
    sem_init(&p->turn, 0, 0);
    if (pthread_create(&p->thread, NULL, process_main, p)) {
        sim_fail("no thread for a process");
        sim.processes_count--;
        return NULL;
    }
    return p;
}

void sim_go(void)
{
    give_turn(NULL);
    wait_for(&sim.over);
}

void sim_join(void)
{
    for (size_t i = 0; i < sim.processes_count; i++) {
        pthread_join(sim.processes[i].thread, NULL);
        sem_destroy(&sim.processes[i].turn);
    }
    sim.processes_count = 0;
}

void sim_sleep(sim_process *p, int64_t ms)
{
    if (p->dead)
        return;
    p->wake = sim.now + (ms > 0 ? ms : 0);
    give_turn(p);
    p->dead |= sim.failed;
}

bool sim_is_gone(joist_text holder)
{
    bool lives = false;
    for (size_t i = 0; i < sim.processes_count; i++) {
        const sim_process *p = &sim.processes[i];
        lives |= joist_text_equal(holder, joist_text_of(p->name)) && !p->finished && !p->dead;
    }
    return sim.sees_dead && !lives;
}

/* ---- steps ----------------------------------------------------------------------------------- */
/* What changes the world is what others should come before. */
static void pass_time(sim_process *p, sim_effect effect)
{
    int64_t ms = sim_between(0, sim_chance(100) ? 5000 : 200);
    if (!sim.quiet && sim_chance(effect ? sim.weather.stall : sim.weather.delay)) {
        ms = sim_between(SIM_MINUTE, sim_chance(200) ? 3 * SIM_HOUR : 20 * SIM_MINUTE);
        sim_say(p, "is slow: %lld min", (long long)ms / SIM_MINUTE);
    }
    p->wake = sim.now + ms;
    if (!sim_chance(sim.weather.other))     /* alone, time passes by its steps */
        sim.now = ms < 5001 ? p->wake : sim.now;
    if (++sim.steps > SIM_STEPS)
        sim_fail("it does not end: %d steps", SIM_STEPS);
    give_turn(p);
    p->dead |= sim.failed;
}

/* The words of what goes wrong stand in the trace behind the call. */
static const char *go_wrong(sim_process *p, sim_effect effect, sim_call *c)
{
    const sim_weather *w = &sim.weather;
    if (sim.quiet)
        return "";
    if (sim_chance(w->crash)) {
        c->act = sim_random(2);
        c->dies = true;
        return c->act ? "  and crashes behind it" : "  and crashes before it";
    }
    if (effect == SIM_SENT && sim_chance(w->flight)) {
        *c = (sim_call){ .later = true, .dies = true };
        return "  and crashes, the request goes on";
    }
    if (effect == SIM_SENT && sim_chance(w->lost)) {
        c->answer = sim_random(4) ? JOIST_RETRY : JOIST_FAILED;
        return c->answer == JOIST_RETRY ? "  the answer is lost: try again"
                                        : "  the answer is lost: failed";
    }
    if (sim_chance(w->retry)) {
        *c = (sim_call){ .answer = JOIST_RETRY };
        return "  not now";
    }
    if (sim_chance(w->fail)) {
        *c = (sim_call){ .answer = JOIST_FAILED };
        return "  fails";
    }
    if (sim_chance(w->stop)) {
        p->stopped = true;
        return "  SIGTERM";
    }
    return "";
}

sim_call sim_call_begin(sim_process *p, sim_effect effect, const char *fmt, ...)
{
    sim_call c = { .act = true };
    char what[256];
    va_list args;
    if (!p->dead)
        pass_time(p, effect);
    if (p->dead)
        return (sim_call){ .answer = JOIST_FAILED };
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    const char *wrong = go_wrong(p, effect, &c);
    sim_say(p, "%s%s", what, wrong);
    return c;
}

joist_status sim_call_end(sim_process *p, const sim_call *c, joist_status status, joist_error *e)
{
    if (c->dies)
        p->dead = true;
    if (!p->dead)
        pass_time(p, SIM_LOOKS);
    if (p->dead)
        return joist_fail_with(e, JOIST_TEMPORARY, "the process is gone");
    if (c->answer == JOIST_FAILED)
        return joist_fail_with(e, JOIST_TEMPORARY, "the connection is broken");
    return c->answer == JOIST_OK ? status : c->answer;
}
