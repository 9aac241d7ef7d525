/* SPDX-License-Identifier: Apache-2.0
 * The client's User-Agent. */
#include "agent.h"

#include <criterion/criterion.h>

#define MD5 "9cb0e7e1db448383bb45e93e98180690"     /* of https://shop.example.com */

static bool is(const char *agent, const char *want)
{
    joist_text md5 = agent_md5(joist_text_of(agent));
    return want ? joist_text_equal(md5, joist_text_of(want)) : joist_text_null(md5);
}

Test(agent, md5)
{
    cr_assert(is("Appsero/" MD5 ";", MD5));
    cr_assert(is("AppSero/" MD5 ";", MD5));
    cr_assert(is("Appsero/" MD5, MD5));
    cr_assert(is("Appsero/" MD5 "; more", MD5));
    cr_assert(is("Appsero/" MD5 "0;", NULL));
    cr_assert(is("Appsero/9cb0e7e1db448383bb45e93e9818069g;", NULL));
    cr_assert(is("Appsero/9cb0", NULL));
    cr_assert(is("curl/8.0 and some more text that is long enough", NULL));
    cr_assert(is(NULL, NULL));
}

Test(agent, matches)
{
    cr_assert(agent_matches(JOIST_TEXT(MD5), JOIST_TEXT("https://shop.example.com")));
    cr_assert(agent_matches(JOIST_TEXT("9CB0E7E1DB448383BB45E93E98180690"),
                            JOIST_TEXT("https://shop.example.com")));
    cr_assert(!agent_matches(JOIST_TEXT(MD5), JOIST_TEXT("https://shop.example.com/")));
    cr_assert(!agent_matches(JOIST_TEXT(MD5), JOIST_TEXT("")));
}
