/* SPDX-License-Identifier: Apache-2.0
 * Every boundary of the table of well-formed sequences, at every place of a word of eight bytes. */
#include "utf8.h"

#include <criterion/criterion.h>

static const char *const good[] = {
    "", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
    "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
};
static const char *const bad[] = {
    "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\x80", "\xED\xA0\x80",
    "\xE2\x82", "\xF0\x8F\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFF",
};

static bool valid_after(size_t spaces, const char *tail)
{
    char text[64];
    size_t len = strlen(tail);
    memset(text, ' ', sizeof text);
    memcpy(text + spaces, tail, len);
    return utf8_valid((joist_text){ text, spaces + len }) == utf8_valid((joist_text){ text, 40 })
        && utf8_valid((joist_text){ text, spaces + len });
}

Test(utf8, table)
{
    for (size_t at = 0; at < 20; at++) {
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
            cr_assert(valid_after(at, good[i]), "good %zu at %zu", i, at);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
            cr_assert(!valid_after(at, bad[i]), "bad %zu at %zu", i, at);
    }
}
