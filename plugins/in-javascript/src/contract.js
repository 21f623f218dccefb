// What every round type in JavaScript needs of the contract: refusals, kept values, everybody's values.
//
// The contract is `plugins/wit/round-v1`. Records are objects with names such as `dataVersion`, variants are `{ tag, val }`, what is not there is null, and a
// function whose result can fail returns the result or throws the failure.

import state from "candour:round/state@1.0.0";

/** How many participants' values are asked for at a time. */
const AT_ONCE = 500;

/** There is no such page: the participant followed an old link. */
export function noSuchPage() {
    return { tag: "refused", val: "This page is no longer here." };
}

/** A problem with what stands at `path`. */
export function problem(path, code, message) {
    return { path, code, message };
}

/** One piece of a page. */
export function block(tag, val) {
    return { tag, val };
}

/** What this call's participant keeps under `key`; null if nothing. */
export function mine(key) {
    const bytes = orFailure(() => state.mine(key));
    return bytes === null ? null : read(bytes);
}

/** Keeps `value` under `key` for this call's participant. */
export function keepMine(key, value) {
    orFailure(() => state.keepMine(key, bytesOf(JSON.stringify(value))));
}

/** Calls `see` with each participant and what they keep under `key`, in the order of their tokens, after the token `after`. Ends where `see` gives false. */
export function each(key, after, see) {
    for (;;) {
        const page = orFailure(() => state.everyone(key, after, AT_ONCE));
        if (page.length === 0) return;
        for (const kept of page) {
            if (see(kept.participant, read(kept.value)) === false) return;
        }
        after = page[page.length - 1].participant.token;
    }
}

/** What the state throws is an error whose message is the failure's name. */
function orFailure(call) {
    try {
        return call();
    } catch (error) {
        throw { tag: "state", val: error.message };
    }
}

function read(bytes) {
    return JSON.parse(textOf(bytes));
}

// This QuickJS has no TextEncoder: UTF-8 by way of percent signs.

function bytesOf(text) {
    const escaped = encodeURIComponent(text).replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}

function textOf(bytes) {
    let escaped = "";
    for (const byte of bytes) escaped += "%" + (byte + 0x100).toString(16).slice(1);
    return decodeURIComponent(escaped);
}
