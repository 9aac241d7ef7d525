/* SPDX-License-Identifier: Apache-2.0
 * Where letters come from, described again as the source did: DoFns ask for the hour of a file's
 * folders, its time, its path in the input. The path follows from the input given now, so that must
 * be the one of the run. */
#include "replay.h"

#include "../../engine/src/pipeline.h"
#include "../../transforms/read_hour.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_file(joist_text uri)
{
    joist_text scheme = joist_uri_scheme(uri);
    return !scheme.len || joist_text_equal(scheme, JOIST_TEXT("file"));
}

/* ---- the path in the input ------------------------------------------------------------------- */
static joist_text without_slashes(joist_text t)
{
    while (t.len && t.ptr[t.len - 1] == '/')
        t.len--;
    return t;
}

static joist_text last_part(joist_text uri)
{
    size_t i = uri.len;
    while (i && uri.ptr[i - 1] != '/')
        i--;
    return (joist_text){ uri.ptr + i, uri.len - i };
}

/* The part of `uri` below `input`, NULL if it is not below. */
static joist_text below(joist_text uri, joist_text input)
{
    joist_text base = without_slashes(input);
    if (!input.len || !joist_text_starts(uri, base))
        return JOIST_NO_TEXT;
    joist_text rest = { uri.ptr + base.len, uri.len - base.len };
    if (!rest.len)
        return last_part(uri);
    if (rest.ptr[0] != '/')
        return JOIST_NO_TEXT;
    while (rest.len && rest.ptr[0] == '/')
        rest = (joist_text){ rest.ptr + 1, rest.len - 1 };
    return rest.len ? rest : JOIST_NO_TEXT;
}

/* By the read whose input reaches furthest into it. */
static joist_text path_of(const jst_replay *r, joist_text uri)
{
    joist_text best = JOIST_NO_TEXT;
    const jst_node_list *nodes = &r->pipeline->graph.nodes;
    for (size_t i = 0; i < nodes->count; i++) {
        const jst_node *n = &nodes->items[i];
        for (size_t k = 0; k <= n->otherwise.count && jst_op_of(n->op) == JST_READ; k++) {
            joist_text path = below(uri, k ? n->otherwise.items[k - 1] : n->uri);
            if (path.ptr && (!best.ptr || path.len < best.len))
                best = path;
        }
    }
    return best;
}

/* ---- hour and time --------------------------------------------------------------------------- */
static void find_hour(jst_replay *r, joist_text file, joist_origin *o)
{
    char cwd[4096];
    joist_text name = last_part(file), folder = { file.ptr, file.len - name.len };
    joist_buffer folders = joist_buffer_in(r->arena, file.len + sizeof cwd);
    size_t at = 0;
    jst_hour_folders(joist_text_of(getcwd(cwd, sizeof cwd) ? cwd : "/"),
                     folder.len ? folder : JOIST_TEXT("."), &folders);
    joist_buffer_text(&folders, name);
    joist_text whole = joist_buffer_view(&folders);
    if (jst_hour_find(whole, &at, &o->folder_hour))
        o->hour_path = (joist_text){ whole.ptr + at, whole.len - at };
    else
        o->folder_hour = (joist_time){ 0 };
}

static joist_time modified(joist_text file)
{
    struct stat st;
    char *name = joist_text_dup(file);
    bool there = stat(name, &st) == 0;
    joist_free(name);
    return there ? JOIST_TIME_MS((int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000)
                 : (joist_time){ 0 };
}

static bool ends_by_values(joist_text uri)
{
    return joist_text_ends(uri, JOIST_TEXT(".json"))
        || joist_text_ends(uri, JOIST_TEXT(".json.gz"));
}

static void describe_file(jst_replay *r, jst_replay_origin *o)
{
    joist_text uri = o->origin.uri;
    joist_text file = joist_uri_scheme(uri).len ? joist_uri_rest(uri) : uri;
    find_hour(r, file, &o->origin);
    o->origin.modified = modified(file);
    o->by_values = ends_by_values(uri);
    if (!o->origin.folder_hour.set && !o->origin.modified.set)
        o->unfit = "its input file is gone, and with it the time it was received";
}

/* Of a database: its file may tell a time, as it told the source. */
static void describe(jst_replay *r, jst_replay_origin *o)
{
    joist_text uri = o->origin.uri;
    o->origin.path = o->origin.hour_path = path_of(r, uri);
    if (joist_text_null(o->origin.path))
        o->unfit = "its file is not below what the pipeline reads now: give the input of that run";
    else if (is_file(uri))
        describe_file(r, o);
    else if (uri.len > o->origin.path.len)
        o->origin.modified = modified(joist_uri_rest(
            (joist_text){ uri.ptr, uri.len - o->origin.path.len - 1 }));
}

/* ---- all of them ----------------------------------------------------------------------------- */
static size_t bucket_of(joist_text uri)
{
    uint32_t hash = 2166136261u;            /* FNV-1a */
    for (size_t i = 0; i < uri.len; i++)
        hash = (hash ^ (unsigned char)uri.ptr[i]) * 16777619u;
    return hash % 1024;
}

static void keep(jst_replay *r, jst_replay_origin *o)
{
    if (r->origins_count == r->origins_cap) {
        r->origins_cap = r->origins_cap ? 2 * r->origins_cap : 64;
        r->origins = joist_realloc(r->origins, r->origins_cap * sizeof(jst_replay_origin *));
    }
    r->origins[r->origins_count++] = o;
}

const jst_replay_origin *jst_replay_origin_of(jst_replay *r, const jst_cli_letter *l)
{
    jst_replay_origin **bucket = &r->buckets[bucket_of(l->uri)];
    for (const jst_replay_origin *o = *bucket; o; o = o->same_bucket)
        if (o->attempts == l->attempts && joist_text_equal(o->origin.uri, l->uri))
            return o;
    jst_replay_origin *o = joist_arena_zalloc(r->arena, sizeof *o);
    *o = (jst_replay_origin){ .origin.uri = joist_arena_text(r->arena, l->uri),
                              .attempts = l->attempts, .same_bucket = *bucket };
    describe(r, o);
    *bucket = o;
    keep(r, o);
    return o;
}

static int by_uri(const void *a, const void *b)
{
    return joist_text_compare((*(jst_replay_origin *const *)a)->origin.uri,
                              (*(jst_replay_origin *const *)b)->origin.uri);
}

/* In the order in which a source lists its files; what differs in attempts only has one place. */
void jst_replay_rank_origins(jst_replay *r)
{
    uint64_t rank = 0;
    if (r->origins_count)
        qsort(r->origins, r->origins_count, sizeof(jst_replay_origin *), by_uri);
    for (size_t i = 0; i < r->origins_count; i++) {
        rank += i && by_uri(&r->origins[i - 1], &r->origins[i]) != 0;
        r->origins[i]->origin.rank = rank;
    }
}

/* What a step on the way to a side input rejects has an origin of another source. */
int64_t jst_replay_attempts(joist_env *env, const joist_position *at)
{
    const jst_replay *r = jst_replay_of(env);
    if (!at || !at->origin)
        return r->attempts;
    const jst_replay_origin *o = r->buckets[bucket_of(at->origin->uri)];
    while (o && &o->origin != at->origin)
        o = o->same_bucket;
    return o ? o->attempts : 0;
}
