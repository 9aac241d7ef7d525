# SPDX-License-Identifier: Apache-2.0
# build/share: what is installed to PREFIX/share as it stands. Pages and completions are made by asking the
# programs themselves.
set(JOIST_SHARE ${PROJECT_BINARY_DIR}/share)

# joist_share(TARGET NAME): manual page and completions of one program.
function(joist_share target name)
    set(page ${JOIST_SHARE}/man/man1/${name}.1)
    set(bash ${JOIST_SHARE}/bash-completion/completions/${name})
    set(zsh ${JOIST_SHARE}/zsh/site-functions/_${name})
    set(fish ${JOIST_SHARE}/fish/vendor_completions.d/${name}.fish)
    foreach(file ${page} ${bash} ${zsh} ${fish})
        cmake_path(GET file PARENT_PATH folder)
        file(MAKE_DIRECTORY ${folder})
    endforeach()
    add_custom_command(OUTPUT ${page} ${bash} ${zsh} ${fish} DEPENDS ${target}
        COMMAND ${target} --man > ${page}
        COMMAND ${target} completion bash > ${bash}
        COMMAND ${target} completion zsh > ${zsh}
        COMMAND ${target} completion fish > ${fish}
        COMMENT "Manual page and completions of ${name}" VERBATIM)
    add_custom_target(${name}-share ALL DEPENDS ${page} ${bash} ${zsh} ${fish})
endfunction()
# joist_page(NAME): the manual page alone, of a program without verbs.
function(joist_page name)
    set(page ${JOIST_SHARE}/man/man1/${name}.1)
    add_custom_command(OUTPUT ${page} DEPENDS ${name} COMMAND ${name} --man > ${page}
        COMMENT "Manual page of ${name}" VERBATIM)
    add_custom_target(${name}-share ALL DEPENDS ${page})
endfunction()
# Not with sanitizers: such programs start only where the kernel lets them, and are not installed.
set(JOIST_SHARES "")
if(NOT JOIST_SANITIZE)
    joist_share(joist-tool joist)
    joist_page(joist-collector)
    set(JOIST_SHARES joist-share joist-collector-share)
    foreach(name ${JOIST_INSTALLED})
        joist_share(${name} ${name})
        list(APPEND JOIST_SHARES ${name}-share)
    endforeach()
endif()

# ---- what `joist new` copies ----------------------------------------------------------------------
# Copied when configuring, which is done again when one of them changes.
file(REMOVE_RECURSE ${JOIST_SHARE}/joist)
function(joist_stage from to)
    if(IS_DIRECTORY ${from})
        file(GLOB_RECURSE files CONFIGURE_DEPENDS LIST_DIRECTORIES false RELATIVE ${from} ${from}/*)
        foreach(file ${files})
            joist_stage(${from}/${file} ${to}/${file})
        endforeach()
    else()
        configure_file(${from} ${JOIST_SHARE}/joist/${to} COPYONLY)
    endif()
endfunction()

# joist_example(PIPELINE CASE): its sources; the golden case; what goes into that as data to play with, and the
# options that say where it is.
function(joist_example name case)
    set(golden ${PROJECT_SOURCE_DIR}/tests/golden/${name})
    set(sources ${PROJECT_SOURCE_DIR}/pipelines)
    file(GLOB files CONFIGURE_DEPENDS RELATIVE ${sources}
         ${sources}/${name}.c ${sources}/${name}/*.c ${sources}/${name}/*.h)
    list(FILTER files EXCLUDE REGEX "_test\\.[ch]$")
    foreach(file ${files})
        joist_stage(${sources}/${file} examples/${name}/${file})
    endforeach()
    foreach(common now options side)
        if(EXISTS ${golden}/${common})
            joist_stage(${golden}/${common} examples/${name}/tests/golden/first/${common})
        endif()
    endforeach()
    joist_stage(${golden}/${case} examples/${name}/tests/golden/first)
    joist_stage(${golden}/${case}/in examples/${name}/data/in)
    set(options "# Options of `run --config run.conf`; a flag is stronger.\ninput = data/in\n")
    file(GLOB tables CONFIGURE_DEPENDS ${golden}/side/*.jsonl ${golden}/${case}/side/*.jsonl)
    foreach(table ${tables})
        cmake_path(GET table FILENAME file)
        cmake_path(GET table STEM option)
        joist_stage(${table} examples/${name}/data/${file})
        string(APPEND options "${option} = data/${file}\n")
    endforeach()
    if(EXISTS ${golden}/${case}/options)
        file(READ ${golden}/${case}/options more)
        string(APPEND options "${more}")
    endif()
    file(WRITE ${JOIST_SHARE}/joist/examples/${name}/run.conf "${options}")
endfunction()
joist_example(check_readings bad-ones-are-explained)
joist_example(csv_to_sqlite types-and-quotes)
joist_example(deactivate admin-email)
joist_example(enrich_orders prices-and-discounts)
joist_example(histogram ten-bars)
joist_example(join_orders inner-and-outer)
joist_example(newest_price newest-wins)
joist_example(reconcile what-is-open)
joist_example(sales_report by-region-and-product)
joist_example(sessions visits-of-a-day)
joist_example(top_sales largest-first)
joist_example(triage each-to-its-table)
joist_example(two_stations low-and-high-of-a-day)
joist_example(windowed_counts fixed-and-sliding)
joist_example(wordcount counts-words-over-files)
joist_stage(${PROJECT_SOURCE_DIR}/tools/joist/template template)
