/* SPDX-License-Identifier: Apache-2.0
 * See floor_dom.h. No exception is used: every call here returns an error code. */
#include "floor_dom.h"

#include <simdjson.h>

struct jst_dom {
    simdjson::dom::parser parser;
};

jst_dom *jst_dom_new(void)
{
    return new jst_dom;
}

void jst_dom_free(jst_dom *dom)
{
    delete dom;
}

bool jst_dom_parse(jst_dom *dom, const char *bytes, size_t len)
{
    simdjson::dom::element value;
    return dom->parser.parse(bytes, len, false).get(value) == simdjson::SUCCESS
        && value.is_object();
}
