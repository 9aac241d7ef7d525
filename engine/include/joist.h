/* SPDX-License-Identifier: Apache-2.0
 * Joist: typed dataflow pipelines in C. The whole public surface; a pipeline includes nothing else.
 *
 *   joist/base.h       values, statuses, errors, positions
 *   joist/memory.h     allocation, arenas, buffers
 *   joist/record.h     records from one field list; row coder
 *   joist/dofn.h       DoFns: ports, lifecycle, services
 *   joist/build.h      read, apply, latest, flatten, side inputs, write
 *   joist/shorthand.h  map, filter, flat-map, partition; scopes
 *   joist/window.h     timestamps and windows
 *   joist/group.h      GroupByKey, CoGroupByKey, joins
 *   joist/combine.h    CombineFns of your own
 *   joist/combines.h   count, sum, min, max, mean, quantiles, count distinct
 *   joist/choose.h     top, bottom, distinct, sample
 *   joist/text.h       rules on text, times, digests
 *   joist/json.h       decoding and writing JSON
 *   joist/connector.h  sources, stores and senders of your own
 *   joist/run.h        checking and running; joist_main
 *   joist/graph.h      a checked pipeline as data: steps, collections, stages */
#ifndef JOIST_H
#define JOIST_H

#include "joist/base.h"
#include "joist/memory.h"
#include "joist/record.h"
#include "joist/dofn.h"
#include "joist/build.h"
#include "joist/shorthand.h"
#include "joist/window.h"
#include "joist/group.h"
#include "joist/combine.h"
#include "joist/combines.h"
#include "joist/choose.h"
#include "joist/text.h"
#include "joist/json.h"
#include "joist/connector.h"
#include "joist/run.h"
#include "joist/graph.h"

#endif
