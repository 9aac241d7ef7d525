/* SPDX-License-Identifier: Apache-2.0
 * simdjson's own DOM parser behind a C ABI, for `floor dom`: a floor that owes nothing to our
 * walk. */
#ifndef JST_FLOOR_DOM_H
#define JST_FLOOR_DOM_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jst_dom jst_dom;

jst_dom *jst_dom_new(void);
void jst_dom_free(jst_dom *dom);
/* Is this one JSON object? Behind it must be JST_SIMDJSON_PADDING readable bytes. */
bool jst_dom_parse(jst_dom *dom, const char *bytes, size_t len);

#ifdef __cplusplus
}
#endif
#endif
