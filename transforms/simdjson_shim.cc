/* SPDX-License-Identifier: Apache-2.0
 * simdjson behind a C ABI. Its memory is its own (operator new, nothrow); it grows with the
 * longest text seen: four bytes per byte of text. Nothing called here throws: memory comes from
 * nothrow new. */
#include "simdjson_shim.h"

#include <memory>
#include <new>
#include <simdjson.h>
#include <string>

static_assert(JST_SIMDJSON_PADDING >= simdjson::SIMDJSON_PADDING, "more padding than we promise");

struct jst_simdjson {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> impl;
    size_t capacity = 0;
};

namespace {

/* Index memory for texts up to `len`, in powers of two from 64 KiB. */
bool reserve(jst_simdjson *parser, size_t len)
{
    if (len <= parser->capacity)
        return true;
    size_t capacity = size_t(64) << 10;
    while (capacity < len)
        capacity *= 2;
    if (capacity > simdjson::SIMDJSON_MAXSIZE_BYTES)
        capacity = simdjson::SIMDJSON_MAXSIZE_BYTES;
    const auto *kernel = &*simdjson::get_active_implementation();
    std::unique_ptr<simdjson::internal::dom_parser_implementation> made;
    if (kernel->create_dom_parser_implementation(capacity, 1, made) != simdjson::SUCCESS)
        return false;
    parser->impl = std::move(made);
    parser->capacity = capacity;
    return true;
}

jst_index_result result_of(simdjson::error_code code)
{
    return code == simdjson::SUCCESS      ? JST_INDEX_OK
         : code == simdjson::UTF8_ERROR   ? JST_INDEX_UTF8
         : code == simdjson::MEMALLOC     ? JST_INDEX_NO_MEMORY : JST_INDEX_NOT_JSON;
}

} // namespace

jst_simdjson *jst_simdjson_new(void)
{
    return new (std::nothrow) jst_simdjson;
}

void jst_simdjson_free(jst_simdjson *parser)
{
    delete parser;
}

jst_index_result jst_simdjson_index(jst_simdjson *parser, const char *bytes, size_t len,
                                    const uint32_t **offsets, size_t *count)
{
    *offsets = nullptr;
    *count = 0;
    if (!reserve(parser, len))
        return JST_INDEX_NO_MEMORY;
    const auto *text = reinterpret_cast<const uint8_t *>(bytes);
    jst_index_result r = result_of(parser->impl->stage1(text, len, simdjson::stage1_mode::regular));
    *offsets = parser->impl->structural_indexes.get();
    *count = parser->impl->n_structural_indexes;
    return r;
}

const char *jst_simdjson_kernel(void)
{
    static const std::string name = simdjson::get_active_implementation()->name();
    return name.c_str();
}
