/* Statement vote in C: one statement at a time, with which people agree or disagree, or which they pass over. Does what `plugins/statement-vote` does in Rust,
   by the same scenarios. Here: what the round type is, its pages and its forms. What it comes to is in results.c. */

#include <stdlib.h>

#include "page.h"
#include "votes.h"

/* The longest statement of a participant, characters. */
#define STATEMENT 280
/* The page of votes that were given, and the subject of statements that people suggest. */
#define MINE "mine"
#define SUGGESTED "suggested"

static bool no_such_page(exports_candour_round_round_failure_t *failure) {
    failure->tag = CANDOUR_ROUND_TYPES_FAILURE_REFUSED;
    failure->val.refused = text_of("This page is no longer here.");
    return false;
}

void exports_candour_round_round_describe(exports_candour_round_round_description_t *description) {
    static round_plugin_string_t columns[4];
    const char *const words[] = {"Participant", "Group", "Statement", "Vote"};
    for (int at = 0; at < 4; at++) columns[at] = text_of(words[at]);
    static candour_round_types_sheet_t sheet;
    sheet = (candour_round_types_sheet_t){text_of(VOTES), text_of("Votes"), {columns, 4}};
    description->data_version = 1;
    description->sheets = (candour_round_types_list_sheet_t){&sheet, 1};
}

void exports_candour_round_round_validate_config(text *config, exports_candour_round_round_list_problem_t *found) {
    settings_problems(*config, found);
}

/* Three buttons for one statement. */
static void vote_form(page *page, const statement *statement) {
    page_heading(page, statement->words);
    page_open_form(page, text_join(text_of("vote-"), statement->id));
    for (vote_kind kind = AGREE; kind < VOTE_KINDS; kind++) {
        page_button(page, VOTE_IDS[kind], VOTE_WORDS[kind], kind != PASS);
    }
    page_close(page);
}

static void suggestion_form(page *page) {
    page_open_details(page, "Is something missing?");
    page_open_form(page, text_of("suggest"));
    page_text_input(page, (candour_round_types_text_input_t){
        .field = text_of("statement"),
        .label = text_of("Suggest a statement"),
        .hint = {true, text_of("One sentence that others can agree or disagree with. Do not name anybody.")},
        .required = true,
        .max_characters = STATEMENT,
        .rows = 2,
        .value = text_of(""),
    });
    page_button(page, "suggest", "Suggest it", false);
    page_close(page);
    page_thread(page, SUGGESTED, "Statements that people suggest");
    page_close(page);
}

/* The statement that comes next. */
static bool one_statement(page *page, const settings *settings, const votes *votes, uint64_t seed,
    exports_candour_round_round_failure_t *failure) {
    candour_round_state_list_figure_t released;
    candour_round_state_state_failure_t why;
    if (!candour_round_state_released(&released, &why)) return state_failed(why, failure);
    uint32_t done = 0;
    for (size_t at = 0; at < settings->count; at++) done += votes_on(votes, settings->statements[at].id) != NULL;
    page_progress(page, "Statements you have voted on", done, (uint32_t)settings->count);
    const statement *next = votes_next(settings, votes, seed, released.ptr, released.len);
    if (next != NULL) {
        vote_form(page, next);
    } else {
        page_notice(page, CANDOUR_ROUND_TYPES_TONE_SUCCESS, "You have voted on every statement. Thank you.");
    }
    if (done > 0) page_link(page, text_of("See or change your votes"), text_of(MINE));
    if (settings->has_suggestions) suggestion_form(page);
    return true;
}

/* A statement that somebody wants to vote on again. */
static bool again(page *page, const settings *settings, const votes *votes, text id,
    exports_candour_round_round_failure_t *failure) {
    const statement *statement = settings_statement(settings, id);
    if (statement == NULL) return no_such_page(failure);
    vote_form(page, statement);
    const vote *vote = votes_on(votes, id);
    if (vote != NULL) {
        text words = text_join(text_of("Your vote now: "), text_of(VOTE_WORDS[vote->kind]));
        page_prose(page, text_join(words, text_of(".")));
    }
    page_link(page, text_of("Your votes"), text_of(MINE));
    return true;
}

/* The votes that were given. */
static void mine(page *page, const settings *settings, const votes *votes) {
    page_heading(page, text_of("Your votes"));
    for (size_t at = 0; at < settings->count; at++) {
        const statement *statement = &settings->statements[at];
        const vote *vote = votes_on(votes, statement->id);
        if (vote == NULL) continue;
        page_open_card(page, statement->id, statement->words, VOTE_WORDS[vote->kind]);
        text label = text_join(text_of("Vote again: "), statement->words);
        page_link(page, label, text_join(text_of("statement/"), statement->id));
        page_close(page);
    }
    page_link(page, text_of("Go on"), text_of(""));
}

/* All statements, for those who only read. */
static void all_statements(page *page, const settings *settings, candour_round_types_phase_t phase) {
    if (phase == CANDOUR_ROUND_TYPES_PHASE_CLOSED) {
        page_notice(page, CANDOUR_ROUND_TYPES_TONE_INFORMATION, "Voting has closed.");
    }
    for (size_t at = 0; at < settings->count; at++) page_prose(page, settings->statements[at].words);
}

static bool draw(page *page, const exports_candour_round_round_ctx_t *ctx, bool takes_part, text name,
    exports_candour_round_round_failure_t *failure) {
    settings settings;
    votes votes = {0};
    if (!settings_read(ctx->config, &settings)) return mistaken("settings that were not validated", failure);
    if (takes_part && !votes_mine(&votes, failure)) return false;
    bool votes_now = takes_part && ctx->phase == CANDOUR_ROUND_TYPES_PHASE_OPEN;
    if (name.len == 0 && votes_now) return one_statement(page, &settings, &votes, ctx->seed, failure);
    if (name.len == 0) {
        all_statements(page, &settings, ctx->phase);
        return true;
    }
    if (text_is(name, MINE) && takes_part) {
        mine(page, &settings, &votes);
        return true;
    }
    if (text_begins(name, "statement/") && votes_now) {
        return again(page, &settings, &votes, text_after(name, sizeof "statement/" - 1), failure);
    }
    return no_such_page(failure);
}

bool exports_candour_round_round_render(exports_candour_round_round_ctx_t *ctx,
    exports_candour_round_round_participant_t *who, text *name, exports_candour_round_round_list_block_t *blocks,
    exports_candour_round_round_failure_t *failure) {
    page page = {0};
    if (!draw(&page, ctx, who != NULL, *name, failure)) return false;
    *blocks = (exports_candour_round_round_list_block_t){page.blocks, page.count};
    return true;
}

/* A statement of the participant's own becomes a post, named by what it says, so that sending it twice is one statement. */
static void suggest(uint64_t seed, const exports_candour_round_round_list_answer_t *answers,
    exports_candour_round_round_outcome_t *outcome) {
    text words = text_of("");
    for (size_t at = 0; at < answers->len; at++) {
        const candour_round_types_answer_t *answer = &answers->ptr[at];
        if (answer->value.tag == CANDOUR_ROUND_TYPES_VALUE_TEXT) words = answer->value.val.text;
    }
    candour_round_types_post_t *post = malloc(sizeof *post);
    post->id = text_join(text_of("statement-"), text_of_hash(votes_hash(seed, words)));
    post->subject = text_of(SUGGESTED);
    post->text = words;
    outcome->notice = (round_plugin_option_string_t){true, text_of("Thank you. Others can read it soon.")};
    outcome->posts = (candour_round_types_list_post_t){post, 1};
}

bool exports_candour_round_round_submit(exports_candour_round_round_ctx_t *ctx,
    exports_candour_round_round_participant_t *who, text *name, text *form, text *pressed,
    exports_candour_round_round_list_answer_t *answers, exports_candour_round_round_outcome_t *outcome,
    exports_candour_round_round_failure_t *failure) {
    (void)who;
    *outcome = (exports_candour_round_round_outcome_t){.page = text_of("")};
    if (text_is(*form, "suggest")) {
        suggest(ctx->seed, answers, outcome);
        return true;
    }
    votes votes;
    vote_kind kind = vote_called(*pressed);
    if (!text_begins(*form, "vote-") || kind == VOTE_KINDS) return no_such_page(failure);
    if (!votes_mine(&votes, failure)) return false;
    vote new = {text_after(*form, sizeof "vote-" - 1), kind};
    if (!votes_keep(&votes, new, failure)) return false;
    if (name->len > 0) outcome->page = text_of(MINE);
    return true;
}
