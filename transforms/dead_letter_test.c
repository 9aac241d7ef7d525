/* SPDX-License-Identifier: Apache-2.0
 * Dead letters as lines of JSON: which members there are, and what is masked. */
#include <criterion/criterion.h>
#include <joist.h>

#define PERSON(F, T)                                                                              \
    F(T, joist_text, name, JOIST_PII) F(T, joist_text, token, JOIST_SECRET) F(T, joist_int, age)
JOIST_RECORD(person, PERSON);

static const joist_origin origin = { .uri = { "in/a.jsonl", 10 } };
static const joist_position place = { .origin = &origin, .offset = 120, .line = 4,
                                      .record = 3 };
static const person someone = { { "Ada", 3 }, { "s3cret", 6 }, { 36, true } };

static joist_dead_letter letter(void)
{
    return (joist_dead_letter){
        .run = JOIST_TEXT("r-1"), .pipeline = JOIST_TEXT("p"), .stage = JOIST_TEXT("s"),
        .code = JOIST_TEXT("bad"), .message = JOIST_TEXT("a \"quote\"\n"),
        .site = JOIST_TEXT("p.c:7"), .at = &place, .attempts = 2,
        .seen_at = JOIST_TIME_MS(1700000000123),
    };
}

#define HEAD                                                                                      \
    "{\"v\":1,\"run\":\"r-1\",\"pipeline\":\"p\",\"stage\":\"s\",\"code\":\"bad\","                \
    "\"message\":\"a \\\"quote\\\"\\n\",\"site\":\"p.c:7\","
#define PLACE "\"source\":{\"uri\":\"in/a.jsonl\",\"offset\":120,\"line\":4,\"record\":3},"
#define TAIL  "\"attempts\":2,\"seen_at\":\"2023-11-14T22:13:20.123Z\""

static void is(const joist_dead_letter *d, const char *expected)
{
    joist_buffer out = { 0 };
    joist_buffer_text(&out, JOIST_TEXT("before "));
    joist_dead_letter_write(&out, d);
    joist_buffer_byte(&out, '\0');
    cr_expect_eq(strncmp(out.ptr, "before ", 7), 0);
    cr_expect_str_eq(out.ptr + 7, expected);
    joist_buffer_free(&out);
}

Test(dead_letter, of_nothing_that_can_be_shown)
{
    joist_dead_letter d = letter();
    is(&d, HEAD PLACE TAIL "}");
}

Test(dead_letter, of_a_record)
{
    joist_dead_letter d = letter();
    d.type = &person_type;
    d.element = &someone;
    is(&d, HEAD PLACE TAIL ",\"element\":{\"name\":\"Ada\",\"token\":\"s3cret\",\"age\":36}}");
    d.mask = JOIST_SECRET;
    is(&d, HEAD PLACE TAIL ",\"element\":{\"name\":\"Ada\",\"token\":\"***\",\"age\":36}}");
    d.mask = JOIST_SECRET | JOIST_PII;
    is(&d, HEAD PLACE TAIL ",\"element\":{\"name\":\"***\",\"token\":\"***\",\"age\":36}}");
}

Test(dead_letter, of_a_json_value_shows_the_value)
{
    joist_value value = { { "[ 1, {\"a\":\"b\"} ]", 16 } };
    joist_dead_letter d = letter();
    d.type = &joist_value_type;
    d.element = &value;
    is(&d, HEAD PLACE TAIL ",\"element\":[1,{\"a\":\"b\"}]}");
}

Test(dead_letter, of_a_group_shows_its_key)
{
    person_group group = { &someone, NULL };
    joist_dead_letter d = letter();
    d.type = &person_group_type;
    d.element = &group;
    d.mask = JOIST_SECRET;
    is(&d, HEAD PLACE TAIL
       ",\"element\":{\"key\":{\"name\":\"Ada\",\"token\":\"***\",\"age\":36}}}");
}

Test(dead_letter, of_raw_bytes)
{
    joist_dead_letter d = letter();
    d.raw = (joist_bytes){ "\0\xff{", 3 };
    is(&d, HEAD PLACE TAIL ",\"raw\":\"AP97\",\"raw_truncated\":false}");
    d.raw_truncated = true;
    is(&d, HEAD PLACE TAIL ",\"raw\":\"AP97\",\"raw_truncated\":true}");
    d.raw.len = 0;
    d.raw_truncated = false;
    is(&d, HEAD PLACE TAIL ",\"raw\":\"\",\"raw_truncated\":false}");
}

Test(dead_letter, of_an_aggregate_has_no_source)
{
    joist_position made = { 0 };
    joist_dead_letter d = letter();
    d.at = &made;
    is(&d, HEAD "\"source\":{\"uri\":null,\"offset\":0,\"line\":0,\"record\":0}," TAIL "}");
    d.at = NULL;
    is(&d, HEAD "\"source\":{\"uri\":null,\"offset\":0,\"line\":0,\"record\":0}," TAIL "}");
}
