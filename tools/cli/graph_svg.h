/* SPDX-License-Identifier: Apache-2.0
 * A picture as SVG. */
#ifndef JST_GRAPH_SVG_H
#define JST_GRAPH_SVG_H

#include "picture.h"

/* Places the picture and draws it. `alone`: a file of its own, with its background; else to stand
 * in a page. */
void jst_graph_svg(joist_buffer *out, jst_picture *p, joist_text title, bool alone);

#endif
