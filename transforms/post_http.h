/* SPDX-License-Identifier: Apache-2.0
 * The HTTP sender. */
#ifndef JST_POST_HTTP_H
#define JST_POST_HTTP_H

#include <joist.h>

extern const joist_sender_ops jst_http_sender;

#endif
