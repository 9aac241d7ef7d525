/* SPDX-License-Identifier: Apache-2.0
 * joist_min: the least value of a number per value of a field; joist_min_globally: of all elements.
 *
 *     in   {"shop":"a","cents":7}
 *     in   {"shop":"a","cents":null}
 *     in   {"shop":"a","cents":2}
 *     run  joist_min(sale, sales, shop, cents)
 *     out  {"key":"a","value":2} */
#include "combine_extreme.h"

const joist_combine joist_min_combine = {
    .name = "joist_min", .acc = &jst_extreme_type, .out = &joist_int_result_type,
    .config = &joist_number_config_type, .prepare = jst_extreme_prepare, .add = jst_min_add,
    .merge = jst_min_merge, .extract = jst_extreme_int,
};

const joist_combine joist_min_float_combine = {
    .name = "joist_min_float", .acc = &jst_extreme_type, .out = &joist_float_result_type,
    .config = &joist_number_config_type, .prepare = jst_extreme_prepare, .add = jst_min_add,
    .merge = jst_min_merge, .extract = jst_extreme_float,
};
