/* The settings: what people vote on. The same rules as `plugins/statement-vote` has. */
#pragma once

#include "text.h"

typedef struct {
    text id;
    text words;
} statement;

typedef struct {
    statement *statements;
    size_t count;
    bool has_suggestions;
} settings;

/* The settings in `json`; false if they are not for this. */
bool settings_read(text json, settings *settings);

/* The statement `id`; null if there is none. */
const statement *settings_statement(const settings *settings, text id);

/* Everything that is wrong with settings in `json`. */
void settings_problems(text json, exports_candour_round_round_list_problem_t *found);
