/* SPDX-License-Identifier: Apache-2.0
 * HTTP sender: one POST of JSON per message, up to 16 in flight over kept-alive connections, one
 * try each; when to try again is the engine's business. The message's key goes along as
 * `Idempotency-Key`, so that a server can tell a second try from a second message.
 *
 *   2xx                        OK
 *   408, 429, 5xx, no answer   RETRY, with what Retry-After asks for (at most a day)
 *   anything else              REJECTED; 3xx too: a redirected POST may become another request
 *
 * Nothing from outside reaches a header or a message unchecked: a key's control and non-ASCII
 * bytes are percent-encoded, a server's text is cut and all but its printable ASCII replaced.
 * Bodies of answers are read to keep the connection, up to 64 KiB, and only their first bytes are
 * kept. */
#include "post_http.h"

#include "local_file.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef JOIST_VERSION           /* the build says which */
#define JOIST_VERSION "0"
#endif

enum { IN_FLIGHT = 16, CONNECT_MS = 5000, TOTAL_MS = 30000, POLL_MS = 100, MOST_ANSWER = 64 << 10,
       SHOWN_ANSWER = 100, SHORTEST_SECRET = 4, LONGEST_WAIT_S = 86400 };

typedef struct slot {
    CURL *easy;
    struct curl_slist *headers;
    joist_reply *reply;         /* NULL: free */
    size_t answered;            /* bytes of the body */
    char answer[SHOWN_ANSWER + 1];
    char why[CURL_ERROR_SIZE];
} slot;

typedef struct sender {
    joist_sender base;
    joist_env *env;
    char *url;
    CURLM *multi;
    slot slots[IN_FLIGHT];
} sender;

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- one request --------------------------------------------------------------------------- */
static size_t take_answer(char *bytes, size_t size, size_t count, void *user)
{
    slot *s = user;
    size_t n = size * count;
    size_t room = s->answered < SHOWN_ANSWER ? SHOWN_ANSWER - s->answered : 0;
    memcpy(s->answer + (SHOWN_ANSWER - room), bytes, n < room ? n : room);
    s->answered += n;
    return s->answered <= MOST_ANSWER ? n : 0;      /* less than n ends the transfer */
}

static void add_safe(joist_buffer *b, joist_text key)
{
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        if (c < 0x20 || c > 0x7e)
            joist_buffer_printf(b, "%%%02X", c);
        else
            joist_buffer_byte(b, (char)c);
    }
}

static struct curl_slist *headers_of(joist_text key)
{
    joist_buffer b = { 0 };
    joist_buffer_printf(&b, "Idempotency-Key: ");
    add_safe(&b, key);
    joist_buffer_byte(&b, '\0');
    struct curl_slist *list = curl_slist_append(NULL, b.ptr);
    list = list ? curl_slist_append(list, "Content-Type: application/json") : NULL;
    list = list ? curl_slist_append(list, "Accept: application/json") : NULL;
    list = list ? curl_slist_append(list, "Expect:") : NULL;    /* no waiting for 100 Continue */
    joist_buffer_free(&b);
    return list;
}

static void set_always(sender *s, slot *t)
{
    curl_easy_setopt(t->easy, CURLOPT_URL, s->url);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "joist/" JOIST_VERSION);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->why);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
}

static void begin(sender *s, slot *t, const joist_message_row *row, joist_reply *reply)
{
    t->reply = reply;
    t->answered = 0;
    memset(t->answer, 0, sizeof t->answer);
    t->why[0] = '\0';
    t->headers = headers_of(row->key);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)row->body.len);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, row->body.ptr ? row->body.ptr : "");
    curl_multi_add_handle(s->multi, t->easy);
}

/* Idle again; the reply keeps what it says. */
static void release(sender *s, slot *t)
{
    curl_multi_remove_handle(s->multi, t->easy);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    t->reply = NULL;
}

/* ---- what came back ------------------------------------------------------------------------ */
/* Retry-After: seconds or a date, in milliseconds from now; 0: none, or none that makes sense. */
static int64_t retry_after(sender *s, slot *t)
{
    struct curl_header *h = NULL;
    if (curl_easy_header(t->easy, "Retry-After", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return 0;
    int64_t ms;
    if (h->value[0] >= '0' && h->value[0] <= '9') {
        unsigned long long seconds = strtoull(h->value, NULL, 10);
        ms = seconds < LONGEST_WAIT_S ? (int64_t)seconds * 1000 : (int64_t)LONGEST_WAIT_S * 1000;
    } else {
        time_t at = curl_getdate(h->value, NULL);
        ms = at < 0 ? 0 : (int64_t)at * 1000 - s->env->now_ms(s->env);
    }
    return ms < 0 ? 0 : ms < (int64_t)LONGEST_WAIT_S * 1000 ? ms : (int64_t)LONGEST_WAIT_S * 1000;
}

static joist_status judge(long code)
{
    if (code >= 200 && code < 300)
        return JOIST_OK;
    return code == 408 || code == 429 || code >= 500 || code < 200 ? JOIST_RETRY : JOIST_REJECTED;
}

/* Other bytes than ASCII too: nobody says what encoding an error page has. */
static char *plain(char *text)
{
    for (char *c = text; *c; c++)
        if (*c < 0x20 || *c > 0x7e)
            *c = ' ';
    return text;
}

/* Whether `word` begins at `at`, as far as the text goes: it may be cut off at the end. */
static bool begins(const char *at, const char *word, size_t len)
{
    size_t n = strnlen(at, len);
    return n >= SHORTEST_SECRET && strncmp(at, word, n) == 0;
}

static void hide_word(char *text, const char *word, size_t len)
{
    for (char *at = text; len >= SHORTEST_SECRET && *at; at++)
        if (begins(at, word, len))
            memset(at, '*', strnlen(at, len));
}

/* A server may repeat what it was asked, and answers are kept; what follows a ':' or '=' of the URL
 * may be a password or a token. */
static void hide_secrets(const sender *s, char *text)
{
    const char *rest = strstr(s->url, "://");
    const char *host_end = rest + 3 + strcspn(rest + 3, "/?#");
    const char *at_sign = memchr(rest, '@', (size_t)(host_end - rest));
    if (at_sign)
        hide_word(text, rest + 3, (size_t)(at_sign - rest) - 3);
    const char *colon = at_sign ? memchr(rest + 3, ':', (size_t)(at_sign - rest) - 3) : NULL;
    if (colon)
        hide_word(text, colon + 1, (size_t)(at_sign - colon) - 1);
    for (const char *p = strchr(s->url, '?'); p && *p;) {
        size_t name = strcspn(++p, "=&");
        size_t len = p[name] == '=' ? strcspn(p + name + 1, "&#") : 0;
        hide_word(text, p + name + 1, len);
        p += name + (len ? len + 1 : 0);
        p += strcspn(p, "&");
    }
}

static void answer(sender *s, slot *t, long code)
{
    joist_reply *r = t->reply;
    r->status = judge(code);
    r->retry_after_ms = r->status == JOIST_RETRY ? retry_after(s, t) : 0;
    if (r->status == JOIST_OK)
        return;
    hide_secrets(s, t->answer);
    joist_text body = joist_trim(joist_text_of(plain(t->answer)));
    snprintf(r->error, sizeof r->error, "HTTP %ld%s%.*s", code, body.len ? " " : "",
             JOIST_ARG(body));
}

static void no_answer(slot *t, CURLcode why)
{
    t->reply->status = JOIST_RETRY;
    snprintf(t->reply->error, sizeof t->reply->error, "%.190s",
             t->why[0] ? t->why : curl_easy_strerror(why));
    plain(t->reply->error);
}

static void finish(sender *s, slot *t, CURLcode result)
{
    long code = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
    /* An answer too long to read is an answer all the same. */
    if ((result == CURLE_OK || (result == CURLE_WRITE_ERROR && t->answered > MOST_ANSWER)) && code)
        answer(s, t, code);
    else
        no_answer(t, result);
    release(s, t);
}

static size_t finish_done(sender *s)
{
    size_t n = 0;
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(s->multi, &left));) {
        char *user = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode result = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &user);
        finish(s, (slot *)(void *)user, result);
        n++;
    }
    return n;
}

/* ---- many ---------------------------------------------------------------------------------- */
static void give_up(sender *s, joist_reply *replies, size_t from, size_t count)
{
    static const char why[] = "the run was stopped before an answer came";
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        if (!s->slots[i].reply)
            continue;
        *s->slots[i].reply = (joist_reply){ .status = JOIST_RETRY };
        snprintf(s->slots[i].reply->error, sizeof replies->error, "%s", why);
        release(s, &s->slots[i]);
    }
    for (size_t i = from; i < count; i++) {
        replies[i] = (joist_reply){ .status = JOIST_RETRY };
        snprintf(replies[i].error, sizeof replies->error, "%s", why);
    }
}

static size_t begin_more(sender *s, const joist_message_row *rows, size_t next, size_t count,
                         joist_reply *replies)
{
    size_t begun = 0;
    for (size_t i = 0; i < IN_FLIGHT && next + begun < count; i++) {
        if (s->slots[i].reply)
            continue;
        replies[next + begun] = (joist_reply){ .status = JOIST_RETRY };
        begin(s, &s->slots[i], &rows[next + begun], &replies[next + begun]);
        begun++;
    }
    return begun;
}

static void sender_send(joist_sender *base, const joist_message_row *rows, size_t count,
                        joist_reply *replies)
{
    sender *s = (sender *)(void *)base;
    size_t next = 0, active = 0;
    while ((next < count || active) && !s->env->stopping(s->env)) {
        size_t begun = begin_more(s, rows, next, count, replies);
        int running;
        next += begun;
        active += begun;
        curl_multi_perform(s->multi, &running);
        size_t done = finish_done(s);
        active -= done;
        if (active && !done)
            curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL);
    }
    give_up(s, replies, next, count);
}

/* ---- open and close ------------------------------------------------------------------------ */
static void sender_close(joist_sender *base)
{
    sender *s = (sender *)(void *)base;
    for (size_t i = 0; i < IN_FLIGHT; i++)
        curl_easy_cleanup(s->slots[i].easy);
    curl_multi_cleanup(s->multi);
    joist_free(s->url);
    joist_free(s);
}

/* A URL with a host; what else is wrong with it, the server will say. libcurl alone would take
 * `http:x` and `http:///x` for the host x. */
static bool is_url(const char *url)
{
    CURLU *u = curl_url();
    char *host = NULL;
    const char *slashes = strstr(url, "://");
    bool ok = u && slashes && slashes[3] != '/' && !curl_url_set(u, CURLUPART_URL, url, 0)
              && !curl_url_get(u, CURLUPART_HOST, &host, 0);
    curl_free(host);
    curl_url_cleanup(u);
    return ok;
}

static bool make_handles(sender *s)
{
    s->multi = curl_multi_init();
    bool ok = s->multi != NULL;
    for (size_t i = 0; ok && i < IN_FLIGHT; i++) {
        s->slots[i].easy = curl_easy_init();
        ok = s->slots[i].easy != NULL;
        if (ok)
            set_always(s, &s->slots[i]);
    }
    if (ok)
        curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)IN_FLIGHT);
    return ok;
}

static joist_status sender_check(joist_text uri, joist_error *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_curl);
    char *url = jst_file_path(uri, e);
    bool ok = url && is_url(url);
    joist_free(url);
    if (ok)
        return JOIST_OK;
    /* The URL itself may hold a password: it is not repeated. */
    return joist_fail_with(e, JOIST_USAGE, "the endpoint is no URL of a host");
}

static joist_status sender_open(joist_text uri, joist_env *env, joist_sender **out, joist_error *e)
{
    if (sender_check(uri, e) != JOIST_OK)
        return JOIST_FAILED;
    char *url = jst_file_path(uri, e);
    sender *s = joist_calloc(1, sizeof *s);
    *s = (sender){ .base.ops = &jst_http_sender, .env = env, .url = url };
    if (!make_handles(s)) {
        sender_close(&s->base);
        return joist_fail_with(e, JOIST_TEMPORARY, "libcurl could not start: out of memory");
    }
    *out = &s->base;
    return JOIST_OK;
}

const joist_sender_ops jst_http_sender = {
    .check = sender_check, .open = sender_open, .send = sender_send, .close = sender_close,
};
