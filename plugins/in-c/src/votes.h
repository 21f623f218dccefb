/* What a participant keeps: their votes by the names of statements, in the order of the names, as JSON. The round type in Rust keeps them alike. */
#pragma once

#include "settings.h"

/* The key. */
#define VOTES "votes"

typedef enum { AGREE, DISAGREE, PASS, VOTE_KINDS } vote_kind;

/* Each answer's name, and what people read. */
extern const char *const VOTE_IDS[VOTE_KINDS];
extern const char *const VOTE_WORDS[VOTE_KINDS];

typedef struct {
    text id;
    vote_kind kind;
} vote;

typedef struct {
    vote *votes;
    size_t count;
} votes;

/* The answer called `id`; VOTE_KINDS if none is. */
vote_kind vote_called(text id);

/* Kept votes; false if they are none. */
bool votes_read(text json, votes *votes);

/* This call's participant's votes. */
bool votes_mine(votes *votes, exports_candour_round_round_failure_t *failure);

/* Keeps them for this call's participant, with `vote` among them. */
bool votes_keep(const votes *votes, vote vote, exports_candour_round_round_failure_t *failure);

/* The vote on the statement `id`; null if there is none. */
const vote *votes_on(const votes *votes, text id);

/* The statement from which most can be learnt; null where all have a vote. */
const statement *votes_next(const settings *settings, const votes *votes, uint64_t seed,
    const candour_round_types_figure_t *released, size_t count);

/* FNV-1a, mixed once more: an order that differs from participant to participant. */
uint64_t votes_hash(uint64_t seed, text words);

/* The state did not do what it was asked. */
bool state_failed(candour_round_state_state_failure_t why, exports_candour_round_round_failure_t *failure);

/* A mistake of this round type. */
bool mistaken(const char *what, exports_candour_round_round_failure_t *failure);
