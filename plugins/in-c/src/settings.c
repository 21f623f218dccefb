#include "settings.h"

#include <stdlib.h>

#include "json.h"

/* The most statements. */
#define STATEMENTS 300
/* The longest name, letters: names of forms and pages put up to ten before it. */
#define NAME 54

static bool read_statement(const json *value, statement *statement) {
    if (value->kind != JSON_OBJECT || value->count != 2) return false;
    const json *id = json_named(value, "id"), *words = json_named(value, "text");
    if (id == NULL || words == NULL || id->kind != JSON_TEXT || words->kind != JSON_TEXT) return false;
    statement->id = id->words;
    statement->words = words->words;
    return true;
}

bool settings_read(text source, settings *settings) {
    const json *all = json_read(source);
    if (all == NULL || all->kind != JSON_OBJECT) return false;
    const json *statements = json_named(all, "statements"), *suggestions = json_named(all, "suggestions");
    if (statements == NULL || statements->kind != JSON_LIST) return false;
    if (suggestions != NULL && suggestions->kind != JSON_TRUE && suggestions->kind != JSON_FALSE) return false;
    if (all->count != (suggestions == NULL ? 1 : 2)) return false;
    settings->has_suggestions = suggestions != NULL && suggestions->kind == JSON_TRUE;
    settings->statements = malloc(statements->count * sizeof(statement));
    settings->count = 0;
    for (const json *item = statements->first; item != NULL; item = item->next) {
        if (!read_statement(item, &settings->statements[settings->count++])) return false;
    }
    return true;
}

const statement *settings_statement(const settings *settings, text id) {
    for (size_t at = 0; at < settings->count; at++) {
        if (text_order(settings->statements[at].id, id) == 0) return &settings->statements[at];
    }
    return NULL;
}

static bool is_name(text name) {
    for (size_t at = 0; at < name.len; at++) {
        uint8_t byte = name.ptr[at];
        if ((byte < 'a' || byte > 'z') && (byte < '0' || byte > '9') && byte != '-') return false;
    }
    return name.len >= 1 && name.len <= NAME;
}

static void add(exports_candour_round_round_list_problem_t *found, text path, const char *code, text message) {
    found->ptr[found->len++] = (exports_candour_round_round_problem_t){path, text_of(code), message};
}

static text path_of(size_t index, const char *field) {
    return text_join(text_join(text_of("/statements/"), text_of_number((uint32_t)index)), text_of(field));
}

void settings_problems(text source, exports_candour_round_round_list_problem_t *found) {
    settings settings = {0};
    bool is_settings = settings_read(source, &settings);
    /* Three for each statement, and one for all. */
    found->ptr = malloc((3 * settings.count + 1) * sizeof *found->ptr);
    found->len = 0;
    if (!is_settings) {
        add(found, text_of(""), "not-settings", text_of("Give the settings as the manifest describes them."));
        return;
    }
    if (settings.count < 1 || settings.count > STATEMENTS) {
        add(found, text_of("/statements"), "how-many", text_of("Give 1 to 300 statements."));
    }
    for (size_t at = 0; at < settings.count; at++) {
        const statement *statement = &settings.statements[at];
        if (!is_name(statement->id)) {
            add(found, path_of(at, "/id"), "not-a-name", text_of("Use lower-case letters, digits and hyphens, 54 at most."));
        }
        if (text_is_blank(statement->words)) {
            add(found, path_of(at, "/text"), "empty", text_of("Write the statement."));
        }
        if (settings_statement(&settings, statement->id) != statement) {
            add(found, text_of("/statements"), "twice", text_join(statement->id, text_of(" is there twice.")));
        }
    }
}
