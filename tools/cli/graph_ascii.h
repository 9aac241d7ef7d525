/* SPDX-License-Identifier: Apache-2.0
 * A picture in characters. */
#ifndef JST_GRAPH_ASCII_H
#define JST_GRAPH_ASCII_H

#include "picture.h"

enum { JST_GRAPH_COLUMNS = 100 };       /* what is wider is told apart by more layers */

/* Places the picture and draws it. `lines`: with box-drawing characters, else plain ASCII only;
 * `color`: with escape sequences of a terminal. */
void jst_graph_ascii(joist_buffer *out, jst_picture *p, bool lines, bool color);

#endif
