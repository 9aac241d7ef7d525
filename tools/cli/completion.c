/* SPDX-License-Identifier: Apache-2.0
 * `completion bash|zsh|fish`: a script that carries the words of the command line to
 * `PROGRAM --complete` (complete.c) and the candidates back. PROGRAM in a script stands for the
 * program's name, FUNCTION for the name as an identifier. */
#include "verbs.h"

#include "prepare.h"

#include <stdio.h>

/* bash breaks words at = and :, so they are put together again, and of each candidate only what
 * stands behind the last break is given back. Files are left to readline if there is nothing but
 * files. */
static const char bash_script[] =
"# bash completion of PROGRAM. For this shell: . <(PROGRAM completion bash)\n"
"# For all: PROGRAM completion bash >~/.local/share/bash-completion/completions/PROGRAM\n"
"_joist_FUNCTION() {\n"
"    local rest=${COMP_LINE:0:COMP_POINT} i blank word how skip breaks= before=\n"
"    local -a words=()\n"
"    for ((i = 0; i <= COMP_CWORD; i++)); do\n"
"        word=${COMP_WORDS[i]}\n"
"        blank=${rest%%[![:space:]]*}\n"
"        rest=${rest#\"$blank\"}\n"
"        ((i < COMP_CWORD)) || word=$rest\n"
"        rest=${rest#\"$word\"}\n"
"        if [[ $i -gt 0 && -z $blank ]]; then words[-1]+=$word; else words+=(\"$word\"); fi\n"
"    done\n"
"    local current=${words[-1]} program=${words[0]/#\\~/$HOME}\n"
"    unset 'words[-1]'\n"
"    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=:\n"
"    [[ $COMP_WORDBREAKS == *=* ]] && breaks+==\n"
"    [[ $breaks ]] && before=${current%\"${current##*[$breaks]}\"}\n"
"    COMPREPLY=()\n"
"    {\n"
"        read -r how skip\n"
"        while IFS=$'\\t' read -r word _; do COMPREPLY+=(\"${word#\"$before\"}\"); done\n"
"    } < <(\"$program\" --complete \"${words[@]:1}\" \"$current\" 2>/dev/null)\n"
"    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then\n"
"        [[ $how == files ]] && compopt -o default\n"
"        [[ $how == dirs ]] && compopt -o dirnames\n"
"        return 0\n"
"    fi\n"
"    [[ ${COMPREPLY[0]} == *[:=] ]] && compopt -o nospace\n"
"    [[ $how == files ]] || return 0\n"
"    while IFS= read -r word; do\n"
"        [[ -d $word ]] && word+=/\n"
"        COMPREPLY+=(\"$(printf %q \"$word\")\")\n"
"    done < <(compgen -f -- \"${current:skip}\")\n"
"}\n"
"complete -F _joist_FUNCTION PROGRAM\n";

/* A candidate that ends in : or = is to be typed on, so it gets no blank. */
static const char zsh_script[] =
"#compdef PROGRAM\n"
"# zsh completion of PROGRAM. For this shell, behind compinit: . <(PROGRAM completion zsh)\n"
"# For all: PROGRAM completion zsh >_PROGRAM in a folder of $fpath\n"
"_PROGRAM() {\n"
"    local -a lines how closed open\n"
"    local line word\n"
"    lines=(\"${(@f)$(${~${(Q)words[1]}} --complete \"${(@Q)words[2,CURRENT-1]}\" \\\n"
"        \"${(Q)PREFIX}\" 2>/dev/null)}\")\n"
"    how=(${=lines[1]})\n"
"    for line in \"${(@)lines[2,-1]}\"; do\n"
"        word=${line%%$'\\t'*}\n"
"        line=${word//:/\\\\:}:${line#*$'\\t'}\n"
"        if [[ $word == *[:=] ]]; then open+=(\"$line\"); else closed+=(\"$line\"); fi\n"
"    done\n"
"    (($#closed)) && _describe -V PROGRAM closed\n"
"    (($#open)) && _describe -V PROGRAM open -S ''\n"
"    [[ $how[1] == (files|dirs) ]] || return\n"
"    compset -p $how[2]\n"
"    if [[ $how[1] == dirs ]]; then _files -/; else _files; fi\n"
"}\n"
"if [[ $funcstack[1] == _PROGRAM ]]; then _PROGRAM \"$@\"; else compdef _PROGRAM PROGRAM; fi\n";

static const char fish_script[] =
"# fish completion of PROGRAM. For this shell: PROGRAM completion fish | source\n"
"# For all: PROGRAM completion fish >~/.config/fish/completions/PROGRAM.fish\n"
"function __joist_FUNCTION\n"
"    set -l words (commandline -opc)\n"
"    set -l current (commandline -ct)\n"
"    set -l program (string replace -r '^~' $HOME -- $words[1])\n"
"    set -e words[1]\n"
"    set -l lines ($program --complete $words \"$current\" 2>/dev/null)\n"
"    set -l how (string split ' ' -- $lines[1])\n"
"    set -e lines[1]\n"
"    string join \\n -- $lines\n"
"    set -l before (string sub -l $how[2] -- \"$current\")\n"
"    set -l rest (string sub -s (math $how[2] + 1) -- \"$current\")\n"
"    switch $how[1]\n"
"        case files\n"
"            for path in (__fish_complete_path \"$rest\")\n"
"                echo \"$before$path\"\n"
"            end\n"
"        case dirs\n"
"            for path in (__fish_complete_directories \"$rest\")\n"
"                echo \"$before$path\"\n"
"            end\n"
"    end\n"
"end\n"
"complete -c PROGRAM -f -k -a '(__joist_FUNCTION)'\n";

static const struct { const char *shell, *script; } scripts[] = {
    { "bash", bash_script }, { "zsh", zsh_script }, { "fish", fish_script },
};

/* ---- printing -------------------------------------------------------------------------------- */
static void add_identifier(joist_buffer *out, const char *name)
{
    for (const char *c = name; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        joist_buffer_byte(out, letter || (*c >= '0' && *c <= '9') ? *c : '_');
    }
}

static void add_script(joist_buffer *out, joist_text script, const char *name)
{
    const joist_text program = JOIST_TEXT("PROGRAM"), function = JOIST_TEXT("FUNCTION");
    while (script.len) {
        size_t taken = 1;
        if (joist_text_starts(script, program)) {
            joist_buffer_text(out, joist_text_of(name));
            taken = program.len;
        } else if (joist_text_starts(script, function)) {
            add_identifier(out, name);
            taken = function.len;
        } else {
            joist_buffer_byte(out, *script.ptr);
        }
        script = (joist_text){ script.ptr + taken, script.len - taken };
    }
}

static const char *script_of(const jst_cli_options *o)
{
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0] && o->words_count == 1; i++)
        if (joist_text_equal(o->words[0], joist_text_of(scripts[i].shell)))
            return scripts[i].script;
    return NULL;
}

int jst_cli_completion(const jst_cli_call *call)
{
    joist_error e = { 0 };
    jst_cli_options *o = jst_cli_options_new(call->arena, call->command);
    if (jst_cli_options_flags(o, call->argc, call->argv, &e) != JOIST_OK)
        return jst_cli_refused(&e);
    if (o->help) {
        jst_cli_verb_help(call, o);
        return JST_CLI_EXIT_OK;
    }
    const char *script = script_of(o);
    if (!script) {
        joist_fail_with(&e, JOIST_USAGE, "completion wants one of: bash, zsh, fish");
        snprintf(e.hint, sizeof e.hint, ". <(%s bash)", call->command);
        return jst_cli_refused(&e);
    }
    joist_buffer out = { 0 };
    add_script(&out, joist_text_of(script), call->program->name);
    int code = jst_cli_print(&out, JST_CLI_EXIT_OK);
    joist_buffer_free(&out);
    return code;
}
