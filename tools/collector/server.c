/* SPDX-License-Identifier: Apache-2.0
 * libmicrohttpd with one epoll loop per processor. A request that waits for the storage is
 * suspended, so a loop never does: 1,000 waiting requests need no thread. */
#include "server.h"

#include "limits.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- the socket ------------------------------------------------------------------------------ */
static int listen_on(const struct addrinfo *a)
{
    int on = 1;
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
        && bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, LISTEN_QUEUE) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int64_t port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    char service[NI_MAXSERV];
    if (getsockname(fd, (struct sockaddr *)(void *)&a, &len) != 0
        || getnameinfo((struct sockaddr *)(void *)&a, len, NULL, 0, service, sizeof service,
                       NI_NUMERICSERV) != 0)
        return 0;
    return strtoll(service, NULL, 10);
}

int server_listen(joist_text host, int64_t *port, joist_error *e)
{
    char service[24], *name = joist_text_dup(host);
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found = NULL;
    int fd = -1;
    snprintf(service, sizeof service, "%lld", (long long)*port);
    int wrong = getaddrinfo(name, service, &hints, &found);
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next)
        fd = listen_on(a);
    if (fd >= 0)
        *port = port_of(fd);
    else
        joist_fail_with(e, JOIST_FATAL, "cannot listen on %s, port %s: %s", name, service,
                        wrong ? gai_strerror(wrong) : strerror(errno));
    if (found)
        freeaddrinfo(found);
    joist_free(name);
    return fd;
}

/* ---- the library ----------------------------------------------------------------------------- */
static void on_connection(void *cls, struct MHD_Connection *c, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    server *s = cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = connections_add(s->connections, info->connect_fd, metrics_now_us());
        atomic_fetch_add(&s->metrics.accepted, 1);
        atomic_fetch_add(&s->metrics.open, 1);
    } else {
        connections_remove(s->connections, *context);
        atomic_fetch_sub(&s->metrics.open, 1);
    }
}

/* As many as descriptors allow; some are needed for storage and log. */
static unsigned connection_limit(void)
{
    enum { OTHERS = 64 };
    struct rlimit files = { 1024, 1024 };
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < CONNECTIONS_MAX + OTHERS ? files.rlim_max
                                                               : CONNECTIONS_MAX + OTHERS;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur > 2 * OTHERS ? (unsigned)files.rlim_cur - OTHERS : OTHERS;
}

static unsigned threads(void)
{
    enum { MOST = 16 };
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 2 ? 2 : n > MOST ? MOST : (unsigned)n;
}

/* Paths are compared as they were sent: decoded, a %00 would end one early. */
static size_t leave_escaped(void *cls, struct MHD_Connection *c, char *s)
{
    (void)cls;
    (void)c;
    return strlen(s);
}

bool server_start(server *s, int listening, joist_error *e)
{
    s->connections = connections_new();
    s->scratch = scratch_new();
    s->answers = answers_new();
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
        request_handle, s, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_NOTIFY_COMPLETED, request_completed, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
        MHD_OPTION_THREAD_POOL_SIZE, threads(),
        MHD_OPTION_CONNECTION_LIMIT, connection_limit(),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)BODY_SECONDS,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_END);
    if (s->daemon)
        return true;
    joist_fail_with(e, JOIST_FATAL, "cannot start the HTTP server: %s", strerror(errno));
    close(listening);
    return false;
}

void server_drain(server *s)
{
    atomic_store(&s->draining, true);
    MHD_socket listening = MHD_quiesce_daemon(s->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
}

void server_stop(server *s)
{
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    answers_free(s->answers);
    scratch_free(s->scratch);
    connections_free(s->connections);
}
