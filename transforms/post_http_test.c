/* SPDX-License-Identifier: Apache-2.0
 * Tests: post_http.c
 *
 * The server is a thread of the test on a loopback port: it answers each connection, one request
 * after another, with what the request's body asks for, and keeps what it saw. */
#include "post_http.h"
#include "store_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

enum { MOST_SEEN = 64 };

typedef struct server {
    int listener, port;
    pthread_mutex_t lock;
    char seen[MOST_SEEN][2048];     /* whole requests */
    int requests, connections, open, most_open;
    bool hold;                      /* answers wait until 16 requests are there */
    pthread_cond_t arrived;
} server;

static server srv = { .lock = PTHREAD_MUTEX_INITIALIZER, .arrived = PTHREAD_COND_INITIALIZER };

static size_t content_length(const char *head)
{
    const char *at = strcasestr(head, "Content-Length:");
    return at ? strtoul(at + 15, NULL, 10) : 0;
}

/* One request into `buf`; returns its body, NULL at the end of the connection. */
static char *receive(int fd, char *buf, size_t cap)
{
    size_t len = 0;
    for (;;) {
        ssize_t n = recv(fd, buf + len, cap - 1 - len, 0);
        if (n <= 0)
            return NULL;
        len += (size_t)n;
        buf[len] = '\0';
        char *end = strstr(buf, "\r\n\r\n");
        if (end && strlen(end + 4) >= content_length(buf))
            return end + 4;
    }
}

static void note_request(const char *text)
{
    pthread_mutex_lock(&srv.lock);
    snprintf(srv.seen[srv.requests % MOST_SEEN], sizeof srv.seen[0], "%s", text);
    srv.requests++;
    srv.open++;
    srv.most_open = srv.open > srv.most_open ? srv.open : srv.most_open;
    pthread_cond_broadcast(&srv.arrived);
    while (srv.hold && srv.most_open < 16)
        pthread_cond_wait(&srv.arrived, &srv.lock);
    srv.open--;
    pthread_mutex_unlock(&srv.lock);
}

/* The body is the answer, '~' for a line break: "200 OK~X: y~~text". "drop": no answer. */
static bool reply_to(int fd, const char *body)
{
    char out[2048];
    const char *text = strstr(body, "~~");
    size_t len = 0;
    if (strcmp(body, "drop") == 0)
        return false;
    len = (size_t)snprintf(out, sizeof out, "HTTP/1.1 ");
    for (const char *c = body; c < (text ? text : body + strlen(body)); c++)
        len += (size_t)snprintf(out + len, sizeof out - len, *c == '~' ? "\r\n" : "%c", *c);
    len += (size_t)snprintf(out + len, sizeof out - len, "\r\nContent-Length: %zu\r\n\r\n%s",
                            text ? strlen(text + 2) : 0, text ? text + 2 : "");
    return send(fd, out, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static void *serve_connection(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char *buf = joist_malloc(8192);
    for (char *body; (body = receive(fd, buf, 8192));) {
        note_request(buf);
        if (!reply_to(fd, body))
            break;
    }
    joist_free(buf);
    close(fd);
    return NULL;
}

static void *serve(void *arg)
{
    (void)arg;
    for (int fd; (fd = accept(srv.listener, NULL, NULL)) >= 0;) {
        pthread_t t;
        srv.connections++;
        pthread_create(&t, NULL, serve_connection, (void *)(intptr_t)fd);
        pthread_detach(t);
    }
    return NULL;
}

static int bound_socket(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)(void *)&at, sizeof at), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)(void *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static joist_sender *sender_to(int port)
{
    char url[64];
    joist_sender *s = NULL;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/mail", port);
    OK(jst_http_sender.open(joist_text_of(url), ENV, &s, &error));
    return s;
}

static void start_server(void)
{
    pthread_t t;
    unsetenv("http_proxy");
    srv.listener = bound_socket(&srv.port);
    cr_assert_eq(listen(srv.listener, 64), 0);
    pthread_create(&t, NULL, serve, NULL);
    pthread_detach(t);
}

TestSuite(post_http, .init = start_server);

static joist_message_row row_of(const char *key, const char *body)
{
    return (joist_message_row){ joist_text_of(key), { body, strlen(body) }, 0 };
}

static joist_reply one(const char *key, const char *body)
{
    joist_sender *s = sender_to(srv.port);
    joist_message_row row = row_of(key, body);
    joist_reply reply;
    s->ops->send(s, &row, 1, &reply);
    s->ops->close(s);
    return reply;
}

static void expect(const char *body, joist_status status, const char *text, int64_t wait)
{
    joist_reply r = one("k", body);
    cr_assert_eq(r.status, status, "'%s' gives %d", body, r.status);
    cr_assert_str_eq(r.error, text);
    cr_assert_eq(r.retry_after_ms, wait, "'%s' waits %lld", body, (long long)r.retry_after_ms);
}

Test(post_http, a_post_as_the_contract_says)
{
    cr_assert_eq(one("event-1", "200 OK").status, JOIST_OK);
    const char *seen = srv.seen[0];
    cr_assert(strncmp(seen, "POST /mail HTTP/1.1\r\n", 21) == 0, "%s", seen);
    cr_assert(strstr(seen, "\r\nContent-Type: application/json\r\n"), "%s", seen);
    cr_assert(strstr(seen, "\r\nIdempotency-Key: event-1\r\n"), "%s", seen);
    cr_assert(strstr(seen, "\r\nUser-Agent: joist/"), "%s", seen);
    cr_assert(strstr(seen, "\r\n\r\n200 OK"), "%s", seen);
    cr_assert_null(strstr(seen, "Expect"), "%s", seen);
}

Test(post_http, keys_cannot_leave_their_header)
{
    one("a\r\nX-Evil: 1\xc3\xa4\x7f b", "200 OK");
    cr_assert(strstr(srv.seen[0], "\r\nIdempotency-Key: a%0D%0AX-Evil: 1%C3%A4%7F b\r\n"), "%s",
              srv.seen[0]);
    joist_sender *s = sender_to(srv.port);
    joist_message_row row = { { "a\0b", 3 }, { "204 X", 5 }, 0 };
    joist_reply reply;
    s->ops->send(s, &row, 1, &reply);
    s->ops->close(s);
    cr_assert_eq(reply.status, JOIST_OK);
    cr_assert(strstr(srv.seen[1], "\r\nIdempotency-Key: a%00b\r\n"), "%s", srv.seen[1]);
}

Test(post_http, statuses)
{
    expect("201 Created~~ignored", JOIST_OK, "", 0);
    expect("299 Fine~Retry-After: 5", JOIST_OK, "", 0);
    expect("400 Bad~~no such list", JOIST_REJECTED, "HTTP 400 no such list", 0);
    expect("404 Not Found", JOIST_REJECTED, "HTTP 404", 0);
    expect("422 X~Retry-After: 5", JOIST_REJECTED, "HTTP 422", 0);
    expect("302 Found~Location: /elsewhere", JOIST_REJECTED, "HTTP 302", 0);
    expect("408 Timeout", JOIST_RETRY, "HTTP 408", 0);
    expect("429 Slow~Retry-After: 7", JOIST_RETRY, "HTTP 429", 7000);
    expect("500 Oops", JOIST_RETRY, "HTTP 500", 0);
    expect("599 Oops", JOIST_RETRY, "HTTP 599", 0);
    cr_assert_eq(srv.requests, 10, "nothing was redirected or sent twice");
}

Test(post_http, retry_after)
{
    env_for_tests.now = 1700000000000;      /* Tue, 14 Nov 2023 22:13:20 GMT */
    expect("503 X~Retry-After: Tue, 14 Nov 2023 22:14:20 GMT", JOIST_RETRY, "HTTP 503", 60000);
    expect("503 X~Retry-After: Tue, 14 Nov 2023 22:00:00 GMT", JOIST_RETRY, "HTTP 503", 0);
    expect("503 X~Retry-After: soon", JOIST_RETRY, "HTTP 503", 0);
    expect("503 X~Retry-After: -5", JOIST_RETRY, "HTTP 503", 0);
    expect("503 X~Retry-After: 99999999999999999999999", JOIST_RETRY, "HTTP 503", 86400000);
    expect("503 X~Retry-After: Tue, 14 Nov 2033 22:14:20 GMT", JOIST_RETRY, "HTTP 503", 86400000);
}

Test(post_http, answers_are_cut_and_plain)
{
    char body[400] = "400 X~~";
    memset(body + 7, 'y', 300);
    joist_reply r = one("k", body);
    cr_assert_eq(strlen(r.error), strlen("HTTP 400 ") + 100);
    r = one("k", "400 X~~\x1b[31mred\r\n\xffline\x7f");
    cr_assert_str_eq(r.error, "HTTP 400 [31mred   line");
}

Test(post_http, an_answer_that_repeats_a_secret_keeps_it_hidden)
{
    char url[120];
    snprintf(url, sizeof url, "http://me:hunter22@127.0.0.1:%d/x?token=s3cr3ts&a=1&key=abcdefghi",
             srv.port);
    joist_sender *s = NULL;
    OK(jst_http_sender.open(joist_text_of(url), ENV, &s, &error));
    joist_message_row row = row_of("k", "400 X~~hunter22, s3cr3ts s3cr3ts; a=1, abcdefgh");
    joist_reply r;
    s->ops->send(s, &row, 1, &r);
    s->ops->close(s);
    cr_assert_str_eq(r.error, "HTTP 400 ********, ******* *******; a=1, ********");
}

Test(post_http, no_answer_is_worth_another_try)
{
    joist_reply r = one("k", "drop");
    cr_assert_eq(r.status, JOIST_RETRY);
    cr_assert_neq(r.error[0], '\0');
    int port, fd = bound_socket(&port);     /* bound, but nobody listens */
    joist_sender *s = sender_to(port);
    joist_message_row row = row_of("k", "200 OK");
    s->ops->send(s, &row, 1, &r);
    s->ops->close(s);
    close(fd);
    cr_assert_eq(r.status, JOIST_RETRY);
    cr_assert(strstr(r.error, "onnect"), "%s", r.error);
}

Test(post_http, an_answer_without_end_is_judged_by_its_status)
{
    int port, fd = bound_socket(&port);
    static char head[] = "HTTP/1.1 403 No\r\n\r\n", buf[4096], block[64 << 10];
    memset(block, 'x', sizeof block);
    cr_assert_eq(listen(fd, 1), 0);
    pid_t child = fork();
    if (child == 0) {
        int c = accept(fd, NULL, NULL);
        receive(c, buf, sizeof buf);
        send(c, head, sizeof head - 1, MSG_NOSIGNAL);
        while (send(c, block, sizeof block, MSG_NOSIGNAL) > 0)
            ;
        _exit(0);
    }
    close(fd);
    joist_sender *s = sender_to(port);
    joist_message_row row = row_of("k", "x");
    joist_reply r;
    s->ops->send(s, &row, 1, &r);
    s->ops->close(s);
    cr_assert_eq(r.status, JOIST_REJECTED, "%s", r.error);
    cr_assert(strncmp(r.error, "HTTP 403 xxxx", 13) == 0, "%s", r.error);
}

Test(post_http, sixteen_at_once_and_never_more)
{
    enum { MANY = 40 };
    joist_message_row rows[MANY];
    joist_reply replies[MANY];
    char keys[MANY][16];
    joist_sender *s = sender_to(srv.port);
    srv.hold = true;
    for (int i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        rows[i] = row_of(keys[i], i == 20 ? "400 X" : i == 30 ? "500 X" : "200 OK");
    }
    s->ops->send(s, rows, MANY, replies);
    for (int i = 0; i < MANY; i++)
        cr_assert(replies[i].status
                  == (i == 20 ? JOIST_REJECTED : i == 30 ? JOIST_RETRY : JOIST_OK));
    cr_assert_eq(srv.requests, MANY);
    cr_assert_eq(srv.most_open, 16);
    cr_assert_leq(srv.connections, 16, "connections are kept");
    s->ops->send(s, rows, 1, replies);
    cr_assert_eq(replies[0].status, JOIST_OK);
    cr_assert_leq(srv.connections, 16, "across calls, too");
    s->ops->close(s);
}

Test(post_http, a_stopping_run_sends_nothing_more)
{
    joist_message_row rows[2] = { row_of("a", "200 OK"), row_of("b", "200 OK") };
    joist_reply replies[2];
    joist_sender *s = sender_to(srv.port);
    env_for_tests.stop = true;
    s->ops->send(s, rows, 2, replies);
    s->ops->close(s);
    cr_assert_eq(srv.requests, 0);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(replies[i].status, JOIST_RETRY);
        cr_assert(strstr(replies[i].error, "stopped"));
    }
}

static atomic_int polls;
static bool stops_at_third_look(joist_env *env)
{
    (void)env;
    return atomic_fetch_add(&polls, 1) >= 2;
}

Test(post_http, what_is_in_flight_is_given_up_when_the_run_stops)
{
    joist_message_row rows[2] = { row_of("a", "200 OK"), row_of("b", "200 OK") };
    joist_reply replies[2];
    joist_env env = { test_now, test_sleep, test_random, stops_at_third_look };
    int port, fd = bound_socket(&port);
    char url[64];
    joist_sender *s = NULL;
    cr_assert_eq(listen(fd, 4), 0);         /* connects, and never answers */
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
    OK(jst_http_sender.open(joist_text_of(url), &env, &s, &error));
    s->ops->send(s, rows, 2, replies);
    s->ops->close(s);
    close(fd);
    cr_assert(replies[0].status == JOIST_RETRY && replies[1].status == JOIST_RETRY);
}

Test(post_http, what_is_no_endpoint)
{
    static const char *const bad[] = { "http://", "http:", "http:///x", "http://a b/" };
    joist_sender *s = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        FAILED(jst_http_sender.open(joist_text_of(bad[i]), ENV, &s, &error), JOIST_USAGE, "no URL");
    FAILED(jst_http_sender.open(JOIST_TEXT("http://x\0y/"), ENV, &s, &error), JOIST_USAGE,
           "no URL");
}
