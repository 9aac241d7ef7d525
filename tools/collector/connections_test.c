/* SPDX-License-Identifier: Apache-2.0
 * Deadlines of real sockets on a clock that the test moves. */
#include "connections.h"

#include "limits.h"

#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SECOND = 1000000 };

static bool hung_up(int peer)
{
    char c;
    return recv(peer, &c, 1, MSG_DONTWAIT) == 0;
}

Test(connections, deadlines)
{
    connections *c = connections_new();
    int header[2], body[2], work[2];
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, header) == 0
              && socketpair(AF_UNIX, SOCK_STREAM, 0, body) == 0
              && socketpair(AF_UNIX, SOCK_STREAM, 0, work) == 0);
    connection *one = connections_add(c, header[0], 0), *two = connections_add(c, body[0], 0);
    connection *three = connections_add(c, work[0], 0);
    connection_enter(two, PHASE_BODY, 0);
    connection_enter(three, PHASE_WORK, 0);
    cr_assert_eq(connections_count(c), 3u);
    cr_assert_eq(connections_sweep(c, HEADER_SECONDS * SECOND - 1), 0u);
    cr_assert(!hung_up(header[1]));
    cr_assert_eq(connections_sweep(c, HEADER_SECONDS * SECOND), 1u);
    cr_assert(hung_up(header[1]) && !hung_up(body[1]));
    cr_assert_eq(connections_sweep(c, BODY_SECONDS * SECOND), 1u);
    cr_assert(hung_up(body[1]));
    cr_assert_eq(connections_sweep(c, INT64_MAX - 1), 0u);
    cr_assert(!hung_up(work[1]));
    connections_remove(c, two);
    connections_remove(c, three);
    connections_remove(c, one);
    cr_assert_eq(connections_count(c), 0u);
    connections_free(c);
}

/* Draining: an idle connection still gets what has arrived, and then its end; one that was used a
 * moment ago, and one with a body on its way, are waited for. */
Test(connections, drain)
{
    connections *c = connections_new();
    int idle[2], used[2], busy[2];
    char buffer[8];
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, idle) == 0
              && socketpair(AF_UNIX, SOCK_STREAM, 0, used) == 0
              && socketpair(AF_UNIX, SOCK_STREAM, 0, busy) == 0);
    connection *one = connections_add(c, idle[0], 0), *three = connections_add(c, busy[0], 0);
    connection *two = connections_add(c, used[0], 1);
    connection_enter(three, PHASE_BODY, 0);
    cr_assert_eq(send(idle[1], "GET", 3, 0), 3);
    connections_drain(c, IDLE_SECONDS * SECOND, false);
    cr_assert_eq(recv(idle[0], buffer, sizeof buffer, MSG_DONTWAIT), 3);
    cr_assert_eq(recv(idle[0], buffer, sizeof buffer, MSG_DONTWAIT), 0);
    cr_assert_eq(recv(used[0], buffer, sizeof buffer, MSG_DONTWAIT), -1);
    cr_assert_eq(recv(busy[0], buffer, sizeof buffer, MSG_DONTWAIT), -1);
    connections_drain(c, IDLE_SECONDS * SECOND, true);
    cr_assert_eq(recv(used[0], buffer, sizeof buffer, MSG_DONTWAIT), 0);
    cr_assert_eq(recv(busy[0], buffer, sizeof buffer, MSG_DONTWAIT), 0);
    connections_remove(c, one);
    connections_remove(c, two);
    connections_remove(c, three);
    connections_free(c);
}
