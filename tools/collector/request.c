/* SPDX-License-Identifier: Apache-2.0
 * A request that is refused at its headers still has its body read, and thrown away, up to
 * BODY_MAX: the connection can then be used again, and the sender sees the answer instead of a
 * reset. One whose body is too long is answered at once, past the library, which takes no answer in
 * the middle of a body; what still comes is read for a while, so that the answer arrives. */
#include "request.h"

#include "event.h"
#include "limits.h"
#include "scratch.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

typedef struct request {
    batch_item item;            /* first, so that an item is its request */
    server *server;
    struct MHD_Connection *c;
    connection *connection;
    struct in6_addr client;
    outcome outcome;            /* PENDING: nothing is decided */
    const char *allow;
    int64_t retry_ms;
    body_kind kind;
    joist_buffer body, event;
    size_t received, held;
    bool lingering;             /* answered already, what comes is thrown away */
    bool closes;                /* the framing cannot be trusted */
    bool decided, suspended;    /* it was given to the batcher; and waits for it */
} request;

/* ---- memory ---------------------------------------------------------------------------------- */
/* False: all requests together hold too much. */
static bool hold(request *r, size_t bytes)
{
    int64_t before = atomic_fetch_add(&r->server->metrics.held, (int64_t)bytes);
    r->held += bytes;
    return before + (int64_t)bytes <= HELD_MAX;
}

static void forget(request *r)
{
    joist_buffer_free(&r->body);
    joist_buffer_free(&r->event);
    atomic_fetch_sub(&r->server->metrics.held, (int64_t)r->held);
    r->held = 0;
}

static outcome refuse(request *r, outcome why)
{
    forget(r);
    return r->outcome = why;
}

/* ---- headers --------------------------------------------------------------------------------- */
static joist_text header(request *r, const char *name)
{
    return joist_text_of(MHD_lookup_connection_value(r->c, MHD_HEADER_KIND, name));
}

static enum MHD_Result gather_forwarded(void *user, enum MHD_ValueKind kind, const char *name,
                                        const char *value)
{
    joist_buffer *all = user;
    (void)kind;
    if (strcasecmp(name, "X-Forwarded-For") != 0)
        return MHD_YES;
    if (all->len)
        joist_buffer_byte(all, ',');
    joist_buffer_text(all, joist_text_of(value ? value : ""));
    return MHD_YES;
}

static struct in6_addr client_of(request *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct in6_addr peer;
    address_of_peer(&peer, info ? info->client_addr : NULL);
    if (!networks_have(r->server->trusted, &peer))
        return peer;
    joist_buffer all = { 0 };
    MHD_get_connection_values(r->c, MHD_HEADER_KIND, gather_forwarded, &all);
    peer = address_client(r->server->trusted, peer, joist_buffer_view(&all));
    joist_buffer_free(&all);
    return peer;
}

/* How a body's end is told, and how often. */
typedef struct framing { int lengths, codings; bool strange; } framing;

static enum MHD_Result look_at_framing(void *user, enum MHD_ValueKind kind, const char *name,
                                       const char *value)
{
    framing *f = user;
    (void)kind;
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0)
        f->lengths++;
    if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        f->codings++;
        f->strange = !value || strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

/* Two servers in a row must not disagree on where a body ends: RFC 9112, 6.3. */
static bool framing_is_clear(request *r)
{
    framing f = { 0, 0, false };
    MHD_get_connection_values(r->c, MHD_HEADER_KIND, look_at_framing, &f);
    return f.lengths + f.codings <= 1 && !f.strange;
}

/* The media type in front of any parameters. */
static bool is_type(joist_text header_value, joist_text type)
{
    const char *semicolon = header_value.len ? memchr(header_value.ptr, ';', header_value.len)
                                             : NULL;
    if (semicolon)
        header_value.len = (size_t)(semicolon - header_value.ptr);
    header_value = joist_trim(header_value);
    return header_value.len == type.len && strncasecmp(header_value.ptr, type.ptr, type.len) == 0;
}

/* The length announced; 0 if none was, since the library refuses what is no number. */
static uint64_t announced(request *r)
{
    const char *value = header(r, MHD_HTTP_HEADER_CONTENT_LENGTH).ptr;
    return value ? strtoull(value, NULL, 10) : 0;
}

static int64_t over_address_rate(request *r)
{
    const struct in6_addr *a = &r->client;
    size_t skip = IN6_IS_ADDR_V4MAPPED(a) ? 12 : 0, len = skip ? 4 : 8;     /* IPv6: its /64 */
    return rate_take(r->server->per_address,
                     (joist_text){ (const char *)&a->s6_addr[skip], len },
                     metrics_now_us() / 1000);
}

static outcome look_at_event(request *r)
{
    joist_text type = header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
    joist_text coding = header(r, MHD_HTTP_HEADER_CONTENT_ENCODING);
    if ((r->retry_ms = over_address_rate(r)) > 0)
        return RATE_ADDRESS;
    r->kind = is_type(type, JOIST_TEXT("application/json")) ? BODY_JSON : BODY_FORM;
    if (r->kind == BODY_FORM && !is_type(type, JOIST_TEXT("application/x-www-form-urlencoded")))
        return BAD_TYPE;
    if (coding.ptr && !is_type(coding, JOIST_TEXT("identity")))
        return BAD_ENCODING;
    return announced(r) > BODY_MAX ? TOO_LARGE : PENDING;
}

/* ---- routes ---------------------------------------------------------------------------------- */
static outcome look_at_health(request *r)
{
    (void)r;
    return HEALTHY;
}

static outcome look_at_ready(request *r)
{
    server *s = r->server;
    return batcher_good(s->batcher) && !atomic_load(&s->draining) ? READY : NOT_READY;
}

static outcome look_at_metrics(request *r)
{
    (void)r;
    return METRICS_PAGE;
}

static const struct {
    const char *path, *allow;
    bool get;                   /* GET and HEAD, else POST */
    outcome (*look)(request *r);
} routes[] = {
    { "/deactivate", "POST", false, look_at_event },
    { "/healthz", "GET, HEAD", true, look_at_health },
    { "/readyz", "GET, HEAD", true, look_at_ready },
    { "/metrics", "GET, HEAD", true, look_at_metrics },
};

static outcome route(request *r, const char *url, const char *method)
{
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    bool post = strcmp(method, "POST") == 0;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(url, routes[i].path) != 0)
            continue;
        if (routes[i].get ? get : post)
            return routes[i].look(r);
        r->allow = routes[i].allow;
        return BAD_METHOD;
    }
    return NOT_FOUND;
}

/* ---- answering ------------------------------------------------------------------------------- */
static enum MHD_Result answer_now(request *r)
{
    server *s = r->server;
    joist_buffer page = { 0 };
    atomic_fetch_add(&s->metrics.outcomes[r->outcome], 1);
    if (r->outcome == METRICS_PAGE)
        metrics_print(&page, &s->metrics, batcher_good(s->batcher));
    answer what = { .outcome = r->outcome, .close = r->closes || atomic_load(&s->draining),
                    .allow = r->allow, .retry_ms = r->retry_ms,
                    .page = joist_buffer_view(&page) };
    enum MHD_Result queued = answers_queue(s->answers, r->c, &what);
    joist_buffer_free(&page);
    return queued;
}

/* In the middle of a body: the library takes no answer there. */
static void answer_too_large(request *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->c, MHD_CONNECTION_INFO_CONNECTION_FD);
    joist_text bytes = answers_too_large();
    atomic_fetch_add(&r->server->metrics.outcomes[TOO_LARGE], 1);
    refuse(r, TOO_LARGE);
    r->lingering = true;
    if (info && send(info->connect_fd, bytes.ptr, bytes.len, MSG_NOSIGNAL) >= 0)
        shutdown(info->connect_fd, SHUT_WR);
}

/* ---- the event ------------------------------------------------------------------------------- */
/* From the batcher's threads, or from within batcher_add if the storage is instant. */
static void on_done(batch_item *item, bool stored)
{
    request *r = (request *)(void *)item;
    server *s = r->server;
    r->outcome = stored ? STORED : NOT_STORED;
    if (r->suspended)
        MHD_resume_connection(r->c);        /* from here on `r` is the other thread's */
    atomic_fetch_sub(&s->with_batcher, 1);
}

/* True: it waits. From then on the request is the batcher's until the connection is resumed. */
static bool give_to_batcher(request *r)
{
    server *s = r->server;
    bool waits = !s->instant;
    atomic_fetch_add(&s->with_batcher, 1);
    if (atomic_load(&s->stopped)) {
        atomic_fetch_sub(&s->with_batcher, 1);
        refuse(r, BUSY);
        return false;
    }
    r->decided = true;
    r->suspended = waits;
    if (waits)
        MHD_suspend_connection(r->c);
    batcher_add(s->batcher, &r->item);
    return waits;
}

static outcome make_event(request *r, joist_arena *arena)
{
    server *s = r->server;
    char address[ADDRESS_SIZE];
    joist_text hash;
    address_print(&r->client, address);
    event_facts f = { .received_ms = s->env->now_ms(s->env), .remote_ip = joist_text_of(address),
                      .user_agent = header(r, MHD_HTTP_HEADER_USER_AGENT),
                      .content_type = header(r, MHD_HTTP_HEADER_CONTENT_TYPE),
                      .kind = r->kind, .body = joist_buffer_view(&r->body) };
    uuid_new(f.request_id, f.received_ms, &s->ids);
    joist_buffer_reserve(&r->event, r->body.len + 1024);
    if (!event_write(&r->event, &f, s->seed, arena, &hash))
        return refuse(r, r->kind == BODY_JSON ? BAD_JSON : NO_FIELDS);
    hash = joist_lower(joist_cut(hash.ptr ? hash : JOIST_TEXT(""), 64), arena);
    r->retry_ms = rate_take(s->per_project, hash, metrics_now_us() / 1000);
    if (r->retry_ms > 0)
        return refuse(r, RATE_PROJECT);
    joist_buffer_free(&r->body);
    r->item.line = joist_buffer_view(&r->event);
    r->item.received_ms = f.received_ms;
    memcpy(r->item.request_id, f.request_id, sizeof f.request_id);
    r->item.done = on_done;
    return hold(r, r->event.len) ? PENDING : refuse(r, BUSY);
}

/* The body is whole: decides. True: the connection is suspended until the batcher has. */
static bool decide(request *r)
{
    server *s = r->server;
    connection_enter(r->connection, PHASE_WORK, 0);
    if (r->outcome != PENDING)
        return false;
    joist_arena *arena = scratch_take(s->scratch);
    outcome o = make_event(r, arena);
    scratch_give(s->scratch, arena);
    return o == PENDING && give_to_batcher(r);
}

/* ---- the library's calls --------------------------------------------------------------------- */
static request *begin(server *s, struct MHD_Connection *c, const char *url, const char *method)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    request *r = joist_calloc(1, sizeof *r);
    r->server = s;
    r->c = c;
    r->connection = info->socket_context;
    atomic_fetch_add(&s->metrics.active, 1);
    connection_enter(r->connection, PHASE_BODY, metrics_now_us());
    r->client = client_of(r);
    r->closes = !framing_is_clear(r);
    r->outcome = r->closes ? BAD_FRAMING : route(r, url, method);
    return r;
}

/* After the headers: most requests go on with their body. */
static enum MHD_Result first_look(request *r)
{
    if (r->outcome == BAD_FRAMING)
        return answer_now(r);               /* and the library closes: the body was not read */
    bool too_long = announced(r) > BODY_MAX;
    if (too_long && header(r, MHD_HTTP_HEADER_EXPECT).ptr)
        return answer_now(r);               /* the sender waits for our word and has it */
    if (too_long)
        answer_too_large(r);
    return MHD_YES;
}

static enum MHD_Result take_body(request *r, const char *data, size_t size)
{
    atomic_fetch_add(&r->server->metrics.received, size);
    r->received += size;
    if (r->lingering)
        return r->received <= LINGER_MAX ? MHD_YES : MHD_NO;
    if (r->received > BODY_MAX)
        answer_too_large(r);
    else if (r->outcome == PENDING && !hold(r, size))
        refuse(r, BUSY);
    else if (r->outcome == PENDING)
        joist_buffer_add(&r->body, data, size);
    return MHD_YES;
}

enum MHD_Result request_handle(void *cls, struct MHD_Connection *c, const char *url,
                               const char *method, const char *version, const char *data,
                               size_t *size, void **state)
{
    request *r = *state;
    (void)version;
    if (!r) {
        *state = r = begin(cls, c, url, method);
        return first_look(r);
    }
    if (*size) {
        enum MHD_Result go_on = take_body(r, data, *size);
        *size = 0;
        return go_on;
    }
    if (r->lingering)
        return MHD_NO;
    return !r->decided && decide(r) ? MHD_YES : answer_now(r);
}

void request_completed(void *cls, struct MHD_Connection *c, void **state,
                       enum MHD_RequestTerminationCode code)
{
    server *s = cls;
    request *r = *state;
    (void)c;
    if (!r)
        return;
    if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK && !r->lingering)
        atomic_fetch_add(&s->metrics.aborted, 1);
    forget(r);
    connection_enter(r->connection, PHASE_HEADERS, metrics_now_us());
    atomic_fetch_sub(&s->metrics.active, 1);
    joist_free(r);
    *state = NULL;
}
