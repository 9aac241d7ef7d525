/* SPDX-License-Identifier: Apache-2.0
 * joist_max: the greatest value of a number per value of a field; joist_max_globally: of all
 * elements.
 *
 *     in   {"shop":"a","cents":7}
 *     in   {"shop":"a","cents":null}
 *     in   {"shop":"a","cents":2}
 *     run  joist_max(sale, sales, shop, cents)
 *     out  {"key":"a","value":7} */
#include "combine_extreme.h"

const joist_combine joist_max_combine = {
    .name = "joist_max", .acc = &jst_extreme_type, .out = &joist_int_result_type,
    .config = &joist_number_config_type, .prepare = jst_extreme_prepare, .add = jst_max_add,
    .merge = jst_max_merge, .extract = jst_extreme_int,
};

const joist_combine joist_max_float_combine = {
    .name = "joist_max_float", .acc = &jst_extreme_type, .out = &joist_float_result_type,
    .config = &joist_number_config_type, .prepare = jst_extreme_prepare, .add = jst_max_add,
    .merge = jst_max_merge, .extract = jst_extreme_float,
};
