/* What the round comes to: of each statement, how many agree, disagree and pass; by group as well. And the rows that can be exported. */

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "page.h"
#include "votes.h"

/* The measure of people who voted, before those of the answers. */
#define VOTED "voted"
/* How many participants are looked at together, so that their votes fit into memory. */
#define AT_ONCE 100
/* Bytes for what is counted while memory goes back to where it was between participants. */
#define COUNTED (2u << 20)
/* After how many rows a call of export ends. */
#define ROWS_AT_ONCE 1000
/* The most rows of a table. */
#define TABLE_ROWS 300

/* A group's counts: for each statement each answer's. */
typedef struct group group;
struct group {
    bool is_everybody;
    text name;
    uint32_t (*counts)[VOTE_KINDS];
    group *next;
};

static uint8_t counted[COUNTED];
static size_t counted_used;

/* A piece of zeros that outlasts the participant who is looked at; null if there is no more room. */
static void *keep(size_t size) {
    size_t start = (counted_used + 7) & ~(size_t)7;
    if (size > COUNTED || start > COUNTED - size) return NULL;
    counted_used = start + size;
    return counted + start;
}

static group *new_group(const settings *settings, const round_plugin_option_string_t *name) {
    group *group = keep(sizeof *group);
    uint32_t (*counts)[VOTE_KINDS] = keep(settings->count * sizeof *counts);
    uint8_t *words = keep(name->is_some ? name->val.len : 0);
    if (group == NULL || counts == NULL || words == NULL) return NULL;
    group->is_everybody = !name->is_some;
    group->counts = counts;
    if (name->is_some) group->name = (text){memcpy(words, name->val.ptr, name->val.len), name->val.len};
    return group;
}

/* The group called `name`, made if it is not there; null if there is no more room. */
static group *group_of(group *everybody, const settings *settings, const round_plugin_option_string_t *name) {
    group *last = everybody;
    for (group *one = everybody; one != NULL; one = one->next) {
        if (!one->is_everybody && text_order(one->name, name->val) == 0) return one;
        last = one;
    }
    return last->next = new_group(settings, name);
}

static void count(group *group, const settings *settings, const votes *votes) {
    for (size_t at = 0; at < settings->count; at++) {
        const vote *vote = votes_on(votes, settings->statements[at].id);
        if (vote != NULL) group->counts[at][vote->kind]++;
    }
}

/* Counts what each of `kept` voted. */
static bool count_all(const candour_round_state_list_kept_t *kept, group *everybody, const settings *settings,
    exports_candour_round_round_failure_t *failure) {
    for (size_t at = 0; at < kept->len; at++) {
        const candour_round_types_kept_t *one = &kept->ptr[at];
        memory_mark mark = memory_here();
        votes votes;
        if (!votes_read((text){one->value.ptr, one->value.len}, &votes)) {
            return mistaken("kept votes cannot be read", failure);
        }
        count(everybody, settings, &votes);
        if (one->participant.cohort.is_some) {
            group *group = group_of(everybody, settings, &one->participant.cohort);
            if (group == NULL) return mistaken("more groups than there is room for", failure);
            count(group, settings, &votes);
        }
        memory_back_to(mark);
    }
    return true;
}

/* What the next participants after `after` keep. */
static bool everyone(round_plugin_string_t *after, candour_round_state_list_kept_t *kept,
    exports_candour_round_round_failure_t *failure) {
    text key = text_of(VOTES);
    candour_round_state_state_failure_t why;
    return candour_round_state_everyone(&key, after, AT_ONCE, kept, &why) || state_failed(why, failure);
}

static bool count_everyone(group *everybody, const settings *settings, exports_candour_round_round_failure_t *failure) {
    /* A token has 64 letters at most. Kept aside, as the list that it stands in goes. */
    static uint8_t token[256];
    text after = {token, 0};
    memory_mark mark = memory_here();
    for (;;) {
        candour_round_state_list_kept_t kept;
        if (!everyone(after.len == 0 ? NULL : &after, &kept, failure)) return false;
        if (kept.len == 0) return true;
        if (!count_all(&kept, everybody, settings, failure)) return false;
        text last = kept.ptr[kept.len - 1].participant.token;
        if (last.len > sizeof token) return mistaken("a token is too long", failure);
        after.len = last.len;
        memcpy(token, last.ptr, last.len);
        memory_back_to(mark);
    }
}

static void add_figure(candour_round_types_list_figure_t *figures, const group *group, text subject, const char *measure,
    uint32_t people) {
    if (people == 0) return;
    figures->ptr[figures->len++] = (candour_round_types_figure_t){
        .subject = subject,
        .measure = text_of(measure),
        .cohort = {!group->is_everybody, group->name},
        .people = people,
    };
}

static candour_round_types_list_figure_t figures_of(const group *everybody, const settings *settings) {
    size_t groups = 0;
    for (const group *group = everybody; group != NULL; group = group->next) groups++;
    candour_round_types_list_figure_t figures = {0};
    figures.ptr = malloc(groups * settings->count * (VOTE_KINDS + 1) * sizeof *figures.ptr);
    for (size_t at = 0; at < settings->count; at++) {
        text subject = settings->statements[at].id;
        for (const group *group = everybody; group != NULL; group = group->next) {
            const uint32_t *counts = group->counts[at];
            add_figure(&figures, group, subject, VOTED, counts[AGREE] + counts[DISAGREE] + counts[PASS]);
            for (vote_kind kind = AGREE; kind < VOTE_KINDS; kind++) {
                add_figure(&figures, group, subject, VOTE_IDS[kind], counts[kind]);
            }
        }
    }
    return figures;
}

bool exports_candour_round_round_tally(exports_candour_round_round_ctx_t *ctx,
    exports_candour_round_round_results_t *results, exports_candour_round_round_failure_t *failure) {
    settings settings;
    if (!settings_read(ctx->config, &settings)) return mistaken("settings that were not validated", failure);
    round_plugin_option_string_t nobody_in_particular = {0};
    group *everybody = new_group(&settings, &nobody_in_particular);
    if (everybody == NULL) return mistaken("more statements than there is room for", failure);
    if (!count_everyone(everybody, &settings, failure)) return false;
    candour_round_types_label_t *subjects = malloc(settings.count * sizeof *subjects);
    for (size_t at = 0; at < settings.count; at++) {
        subjects[at] = (candour_round_types_label_t){settings.statements[at].id, settings.statements[at].words};
    }
    candour_round_types_measure_t *measures = malloc((VOTE_KINDS + 1) * sizeof *measures);
    measures[0] = (candour_round_types_measure_t){text_of(VOTED), text_of("Voted"), {0}};
    for (vote_kind kind = AGREE; kind < VOTE_KINDS; kind++) {
        text id = text_of(VOTE_IDS[kind]), words = text_of(VOTE_WORDS[kind]);
        measures[kind + 1] = (candour_round_types_measure_t){id, words, {true, text_of(VOTED)}};
    }
    results->subjects = (candour_round_types_list_label_t){subjects, settings.count};
    results->measures = (candour_round_types_list_measure_t){measures, VOTE_KINDS + 1};
    results->figures = figures_of(everybody, &settings);
    return true;
}

/* How many people, as far as that may be seen. */
static text people(const exports_candour_round_round_list_figure_t *released, text subject, const char *measure) {
    for (size_t at = 0; at < released->len; at++) {
        const candour_round_types_figure_t *figure = &released->ptr[at];
        bool is_it = text_order(figure->subject, subject) == 0 && text_is(figure->measure, measure);
        if (is_it && !figure->cohort.is_some) return text_of_number(figure->people);
    }
    return text_of("Too few to show");
}

static round_plugin_list_string_t row_of(const statement *statement, const exports_candour_round_round_list_figure_t *released) {
    text *cells = malloc((VOTE_KINDS + 1) * sizeof *cells);
    cells[0] = statement->words;
    for (vote_kind kind = AGREE; kind < VOTE_KINDS; kind++) {
        cells[kind + 1] = people(released, statement->id, VOTE_IDS[kind]);
    }
    return (round_plugin_list_string_t){cells, VOTE_KINDS + 1};
}

bool exports_candour_round_round_summarise(exports_candour_round_round_ctx_t *ctx,
    exports_candour_round_round_list_figure_t *released, exports_candour_round_round_list_block_t *blocks,
    exports_candour_round_round_failure_t *failure) {
    settings settings;
    if (!settings_read(ctx->config, &settings)) return mistaken("settings that were not validated", failure);
    static text columns[VOTE_KINDS + 1];
    columns[0] = text_of("Statement");
    for (vote_kind kind = AGREE; kind < VOTE_KINDS; kind++) columns[kind + 1] = text_of(VOTE_WORDS[kind]);
    page page = {0};
    for (size_t from = 0; from < settings.count; from += TABLE_ROWS) {
        size_t count = settings.count - from < TABLE_ROWS ? settings.count - from : TABLE_ROWS;
        round_plugin_list_string_t *rows = malloc(count * sizeof *rows);
        for (size_t at = 0; at < count; at++) rows[at] = row_of(&settings.statements[from + at], released);
        page_table(&page, (candour_round_types_table_t){
            .caption = text_of("How people voted"),
            .columns = {columns, VOTE_KINDS + 1},
            .rows = {rows, count},
        });
    }
    *blocks = (exports_candour_round_round_list_block_t){page.blocks, page.count};
    return true;
}

static candour_round_types_cell_t text_cell(text words) {
    candour_round_types_cell_t cell = {.tag = CANDOUR_ROUND_TYPES_CELL_TEXT};
    cell.val.text = words;
    return cell;
}

/* One row for each vote of one participant. False if the votes cannot be read. */
static bool add_rows(exports_candour_round_round_rows_t *rows, const candour_round_types_kept_t *kept) {
    votes votes;
    if (!votes_read((text){kept->value.ptr, kept->value.len}, &votes)) return false;
    size_t count = rows->rows.len + votes.count;
    rows->rows.ptr = realloc(rows->rows.ptr, count * sizeof *rows->rows.ptr);
    for (size_t at = 0; at < votes.count; at++) {
        candour_round_types_cell_t *cells = malloc(4 * sizeof *cells);
        cells[0] = text_cell(kept->participant.token);
        cells[1] = (candour_round_types_cell_t){.tag = CANDOUR_ROUND_TYPES_CELL_EMPTY};
        if (kept->participant.cohort.is_some) cells[1] = text_cell(kept->participant.cohort.val);
        cells[2] = text_cell(votes.votes[at].id);
        cells[3] = text_cell(text_of(VOTE_IDS[votes.votes[at].kind]));
        rows->rows.ptr[rows->rows.len++] = (candour_round_types_list_cell_t){cells, 4};
    }
    return true;
}

bool exports_candour_round_round_export(exports_candour_round_round_ctx_t *ctx, text *sheet, text *after,
    exports_candour_round_round_rows_t *rows, exports_candour_round_round_failure_t *failure) {
    (void)ctx;
    *rows = (exports_candour_round_round_rows_t){0};
    if (!text_is(*sheet, VOTES)) return mistaken("no such sheet", failure);
    for (;;) {
        candour_round_state_list_kept_t kept;
        if (!everyone(after, &kept, failure)) return false;
        if (kept.len == 0) return true;
        for (size_t at = 0; at < kept.len; at++) {
            if (!add_rows(rows, &kept.ptr[at])) return mistaken("kept votes cannot be read", failure);
            if (rows->rows.len >= ROWS_AT_ONCE) {
                rows->next = (round_plugin_option_string_t){true, kept.ptr[at].participant.token};
                return true;
            }
        }
        after = &kept.ptr[kept.len - 1].participant.token;
    }
}
