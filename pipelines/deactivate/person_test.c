/* SPDX-License-Identifier: Apache-2.0
 * E-mail addresses. */
#include "person.h"

#include <criterion/criterion.h>

Test(person, knows_the_shape_of_an_email)
{
    static const char *const good[] = { "a@b.c", "\"a\"@b.c", "é@b.c", "a+b@c.d.e", NULL };
    static const char *const bad[] = {
        "", "a", "a@b", "@b.c", "a@", "a@@b.c", "a@b..c", "a@.b.c", "a@b.c.", "a@b.c@d", "a b@c.d",
        "a@b.\nde", "a@.", NULL
    };
    for (const char *const *t = good; *t; t++)
        cr_expect(is_email(joist_text_of(*t)), "%s", *t);
    for (const char *const *t = bad; *t; t++)
        cr_expect_not(is_email(joist_text_of(*t)), "%s", *t);
    cr_expect_not(is_email(JOIST_NO_TEXT));
}

Test(person, knows_example_domains)
{
    static const char *const reserved[] = {
        "a@example.com", "a@x.example.org", "a@example.net", "a@a.test", "a@b.example",
        "a@b.invalid", "a@x.localhost", NULL
    };
    static const char *const real[] = {
        "a@notexample.com", "a@example.com.de", "a@example.comm", "a@test.com", "a@latest.de", NULL
    };
    for (const char *const *t = reserved; *t; t++)
        cr_expect(is_example_email(joist_text_of(*t)), "%s", *t);
    for (const char *const *t = real; *t; t++)
        cr_expect_not(is_example_email(joist_text_of(*t)), "%s", *t);
}
