#include "votes.h"

#include <stdlib.h>

#include "json.h"

/* After how many votes a statement is no longer new. */
#define NEW 50.0

const char *const VOTE_IDS[VOTE_KINDS] = {"agree", "disagree", "pass"};
const char *const VOTE_WORDS[VOTE_KINDS] = {"Agree", "Disagree", "Pass"};

vote_kind vote_called(text id) {
    vote_kind kind = AGREE;
    while (kind < VOTE_KINDS && !text_is(id, VOTE_IDS[kind])) kind++;
    return kind;
}

bool state_failed(candour_round_state_state_failure_t why, exports_candour_round_round_failure_t *failure) {
    failure->tag = CANDOUR_ROUND_TYPES_FAILURE_STATE;
    failure->val.state = why;
    return false;
}

bool mistaken(const char *what, exports_candour_round_round_failure_t *failure) {
    failure->tag = CANDOUR_ROUND_TYPES_FAILURE_INTERNAL;
    failure->val.internal = text_of(what);
    return false;
}

bool votes_read(text source, votes *votes) {
    const json *kept = json_read(source);
    if (kept == NULL || kept->kind != JSON_OBJECT) return false;
    votes->votes = malloc(kept->count * sizeof(vote));
    votes->count = 0;
    for (const json *item = kept->first; item != NULL; item = item->next) {
        vote_kind kind = item->kind == JSON_TEXT ? vote_called(item->words) : VOTE_KINDS;
        if (kind == VOTE_KINDS) return false;
        votes->votes[votes->count++] = (vote){item->name, kind};
    }
    return true;
}

bool votes_mine(votes *votes, exports_candour_round_round_failure_t *failure) {
    round_plugin_option_list_u8_t kept;
    candour_round_state_state_failure_t why;
    text key = text_of(VOTES);
    votes->count = 0;
    if (!candour_round_state_mine(&key, &kept, &why)) return state_failed(why, failure);
    if (!kept.is_some) return true;
    return votes_read((text){kept.val.ptr, kept.val.len}, votes) || mistaken("kept votes cannot be read", failure);
}

static text with_member(text object, vote vote) {
    const char *before = object.len == 1 ? "\"" : ",\"";
    text named = text_join(text_join(object, text_of(before)), text_join(vote.id, text_of("\":\"")));
    return text_join(named, text_join(text_of(VOTE_IDS[vote.kind]), text_of("\"")));
}

bool votes_keep(const votes *votes, vote new, exports_candour_round_round_failure_t *failure) {
    text object = text_of("{");
    bool is_written = false;
    for (size_t at = 0; at < votes->count; at++) {
        int order = text_order(votes->votes[at].id, new.id);
        if (order >= 0 && !is_written) {
            object = with_member(object, new);
            is_written = true;
        }
        if (order != 0) object = with_member(object, votes->votes[at]);
    }
    if (!is_written) object = with_member(object, new);
    object = text_join(object, text_of("}"));
    text key = text_of(VOTES);
    round_plugin_list_u8_t value = {object.ptr, object.len};
    candour_round_state_state_failure_t why;
    return candour_round_state_keep_mine(&key, &value, &why) || state_failed(why, failure);
}

const vote *votes_on(const votes *votes, text id) {
    for (size_t at = 0; at < votes->count; at++) {
        if (text_order(votes->votes[at].id, id) == 0) return &votes->votes[at];
    }
    return NULL;
}

uint64_t votes_hash(uint64_t seed, text words) {
    const uint64_t PRIME = 0x00000100000001b3u, MIXER = 0x9e3779b97f4a7c15u;
    uint64_t hash = 0xcbf29ce484222325u ^ seed * MIXER;
    for (size_t at = 0; at < words.len; at++) hash = (hash ^ words.ptr[at]) * PRIME;
    return (hash ^ hash >> 32) * MIXER;
}

/* How much one more vote would tell. With one imagined vote for each answer, so that the first few real ones do not decide. */
static double worth(const double counts[VOTE_KINDS]) {
    double all = counts[AGREE] + counts[DISAGREE] + counts[PASS] + 3.0;
    double apart = counts[AGREE] - counts[DISAGREE];
    double divided = 1.0 - (apart < 0.0 ? -apart : apart) / all;
    double passed = (counts[PASS] + 1.0) / all;
    double is_new = 1.0 + 3.0 / (1.0 + (all - 3.0) / NEW);
    return divided * (1.0 - passed) * is_new;
}

const statement *votes_next(const settings *settings, const votes *votes, uint64_t seed,
    const candour_round_types_figure_t *released, size_t count) {
    const statement *best = NULL;
    double best_worth = 0.0;
    uint64_t best_order = 0;
    for (size_t at = 0; at < settings->count; at++) {
        const statement *statement = &settings->statements[at];
        if (votes_on(votes, statement->id) != NULL) continue;
        double counts[VOTE_KINDS] = {0.0};
        for (size_t which = 0; which < count; which++) {
            const candour_round_types_figure_t *figure = &released[which];
            vote_kind kind = vote_called(figure->measure);
            bool is_its = !figure->cohort.is_some && text_order(figure->subject, statement->id) == 0;
            if (is_its && kind < VOTE_KINDS) counts[kind] = figure->people;
        }
        double its_worth = worth(counts);
        uint64_t order = votes_hash(seed, statement->id);
        if (best == NULL || its_worth > best_worth || (its_worth == best_worth && order >= best_order)) {
            best = statement;
            best_worth = its_worth;
            best_order = order;
        }
    }
    return best;
}
