/* SPDX-License-Identifier: Apache-2.0
 * A picture for programs that place it themselves. Boxes with a cluster are drawn in it. */
#ifndef JST_GRAPH_TEXT_H
#define JST_GRAPH_TEXT_H

#include "picture.h"

void jst_graph_mermaid(joist_buffer *out, const jst_picture *p);
void jst_graph_dot(joist_buffer *out, const jst_picture *p, joist_text name);

#endif
