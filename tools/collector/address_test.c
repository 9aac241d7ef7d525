/* SPDX-License-Identifier: Apache-2.0
 * Networks, and who sent a request through which proxies. */
#include "address.h"

#include <criterion/criterion.h>

static networks list(const char *text)
{
    networks n;
    joist_error e;
    cr_assert(networks_parse(&n, joist_text_of(text), &e), "%s", e.message);
    return n;
}

static bool have(const networks *n, const char *address)
{
    struct in6_addr a;
    cr_assert(address_parse(&a, joist_text_of(address)), "%s", address);
    return networks_have(n, &a);
}

Test(address, networks)
{
    networks n = list(" 10.0.0.0/8, 192.0.2.1,2001:db8::/33 ,::1");
    cr_assert(have(&n, "10.255.0.1") && have(&n, "192.0.2.1") && have(&n, "::1"));
    cr_assert(have(&n, "::ffff:10.1.2.3") && have(&n, "2001:db8:7fff::1"));
    cr_assert(!have(&n, "11.0.0.1") && !have(&n, "192.0.2.2") && !have(&n, "2001:db8:8000::1"));
    n = list("0.0.0.0/0");
    cr_assert(have(&n, "203.0.113.9") && !have(&n, "2001:db8::1"));
    n = list("");
    cr_assert(!have(&n, "127.0.0.1"));
}

Test(address, no_networks)
{
    static const char *const bad[] = { "x", "10.0.0.0/33", "10.0.0/8", "::/129", "1.2.3.4/-1",
                                       "1.2.3.4/", ",1.2.3.4", "10.0.0.0/8 ::1", "1.2.3.4/8x" };
    networks n;
    joist_error e;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(!networks_parse(&n, joist_text_of(bad[i]), &e), "%s", bad[i]);
    joist_buffer many = { 0 };
    for (int i = 0; i <= NETWORKS_MAX; i++)
        joist_buffer_printf(&many, "10.0.0.%d,", i);
    cr_assert(!networks_parse(&n, joist_buffer_view(&many), &e));
    joist_buffer_free(&many);
}

static void client(const char *trusted, const char *peer, const char *forwarded, const char *want)
{
    networks n = list(trusted);
    struct in6_addr a;
    char got[ADDRESS_SIZE];
    cr_assert(address_parse(&a, joist_text_of(peer)));
    a = address_client(&n, a, joist_text_of(forwarded));
    address_print(&a, got);
    cr_assert_str_eq(got, want);
}

Test(address, forwarded)
{
    client("", "192.0.2.9", "203.0.113.1", "192.0.2.9");
    client("192.0.2.0/24", "192.0.2.9", "", "192.0.2.9");
    client("192.0.2.0/24", "192.0.2.9", "203.0.113.1", "203.0.113.1");
    client("192.0.2.0/24", "192.0.2.9", "1.1.1.1, 203.0.113.1", "203.0.113.1");
    client("192.0.2.0/24", "192.0.2.9", "1.1.1.1, 203.0.113.1,192.0.2.5", "203.0.113.1");
    client("192.0.2.0/24", "192.0.2.9", "192.0.2.4", "192.0.2.4");
    client("192.0.2.0/24", "192.0.2.9", "203.0.113.1, nonsense", "192.0.2.9");
    client("192.0.2.0/24", "192.0.2.9", "1.1.1.1,", "192.0.2.9");
    client("192.0.2.0/24", "192.0.2.9", "203.0.113.1:4711", "203.0.113.1");
    client("::1", "::1", "[2001:db8::7]:443", "2001:db8::7");
    client("::1", "::1", "2001:DB8::7", "2001:db8::7");
    client("::1", "::1", "::ffff:203.0.113.1", "203.0.113.1");
}

Test(address, peers)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    struct in6_addr a;
    char text[ADDRESS_SIZE];
    v4.sin_addr.s_addr = htonl(0xC0000207);
    cr_assert(address_of_peer(&a, (const struct sockaddr *)(const void *)&v4));
    address_print(&a, text);
    cr_assert_str_eq(text, "192.0.2.7");
    cr_assert(address_of_peer(&a, (const struct sockaddr *)(const void *)&v6));
    address_print(&a, text);
    cr_assert_str_eq(text, "::1");
    cr_assert(!address_of_peer(&a, NULL));
}
