/* SPDX-License-Identifier: Apache-2.0
 * See generate.h. One thread: 480 MB take about as long as writing them. Tests:
 * generate_test.c */
#include "generate.h"

source source_of(const options *o, const project *projects, joist_arena *arena)
{
    return (source){ .seed = (uint64_t)o->seed, .count = (uint64_t)o->count,
                     .sites = (uint64_t)o->sites,
                     .hours = (uint64_t)o->hours, .first_hour_ms = o->first_hour_ms,
                     .mean_plugins = (unsigned)o->plugins,
                         .collector_percent = (unsigned)o->collector,
                     .projects = projects, .projects_count = (size_t)o->project_count,
                         .arena = arena };
}

static const dirt_kind *draw_dirt(const options *o, const source *s, uint64_t index)
{
    rng r = rng_of(s->seed, STREAM_DIRT, index);
    if (!rng_percent(&r, (unsigned)o->dirt))
        return NULL;
    return o->only ? o->only : dirt_pick(&r, o->layout != LAYOUT_NDJSON);
}

const dirt_kind *generate_record(const options *o, const source *s, uint64_t index, event *e,
                                 joist_buffer *record)
{
    joist_arena_reset(s->arena);
    record->len = 0;
    event_make(e, s, index);
    const dirt_kind *dirt = draw_dirt(o, s, index);
    dirt_target t = { .event = e, .bytes = record };
    if (dirt && dirt->level == DIRT_VALUE)
        dirt->apply(&t);
    object_write(e->top, record);
    if (dirt && dirt->level == DIRT_TEXT)
        dirt->apply(&t);
    return dirt;
}

static bool write_events(const options *o, const source *s, output *out, summary *sum)
{
    joist_buffer record = { 0 };
    bool written = true;
    for (uint64_t i = 0; written && i < s->count; i++) {
        event e;
        const dirt_kind *dirt = generate_record(o, s, i, &e, &record);
        sum->dirty += dirt != NULL;
        if (dirt && sum->by_kind)
            sum->by_kind[dirt - dirt_kinds]++;
        bool whole_file = dirt && dirt->level == DIRT_FILE;
        written = output_add(out, &e, joist_buffer_view(&record), whole_file ? dirt : NULL);
    }
    sum->events = s->count;
    joist_buffer_free(&record);
    return written;
}

/* PATH/projects.jsonl for folders, beside the file for one stream. */
static void projects_path(const options *o, joist_buffer *path)
{
    const char *slash = strrchr(o->out, '/');
    if (o->projects)
        joist_buffer_printf(path, "%s", o->projects);
    else if (o->layout != LAYOUT_NDJSON)
        joist_buffer_printf(path, "%s/projects.jsonl", o->out);
    else
        joist_buffer_printf(path, "%.*sprojects.jsonl", slash ? (int)(slash - o->out) + 1 : 0,
                            o->out);
    joist_buffer_byte(path, '\0');
}

static bool write_projects(const options *o, const project *projects, summary *sum)
{
    joist_buffer path = { 0 }, lines = { 0 };
    projects_path(o, &path);
    projects_write(projects, (size_t)o->project_count, &lines);
    bool written = make_folders(path.ptr, false, sum->error, sizeof sum->error)
        && write_file(path.ptr, joist_buffer_view(&lines), sum->error, sizeof sum->error);
    joist_buffer_free(&lines);
    joist_buffer_free(&path);
    return written;
}

bool generate(const options *o, summary *sum)
{
    joist_arena *arena = joist_arena_new();
    project *projects = projects_make((uint64_t)o->seed, (size_t)o->project_count);
    source s = source_of(o, projects, arena);
    output out;
    bool opened = output_open(&out, o, &s);
    bool written = opened && write_events(o, &s, &out, sum);
    bool closed = opened && output_close(&out) && written;
    if (!closed)
        snprintf(sum->error, sizeof sum->error, "%s", out.error);
    sum->files = out.files;
    sum->bytes = out.bytes;
    bool done = closed && write_projects(o, projects, sum);
    joist_free(projects);
    joist_arena_free(arena);
    return done;
}
