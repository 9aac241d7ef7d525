/* SPDX-License-Identifier: Apache-2.0
 * Is it UTF-8? */
#ifndef COLLECTOR_UTF8_H
#define COLLECTOR_UTF8_H

#include "joist/base.h"

bool utf8_valid(joist_text t);

#endif
