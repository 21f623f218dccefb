// What a participant keeps: under one key, answers by the names of questions, as the round type in Rust keeps them. An answer is `"nothing"`, seen and left
// empty, or one of `{ choices }`, `{ number }`, `{ text }`.

import { each, keepMine, mine } from "./contract.js";

/** The key. */
const ANSWERS = "answers";

/** This call's participant's answers, as a Map: names such as `constructor` are names like others. */
export function answersOf() {
    return mapOf(mine(ANSWERS) ?? {});
}

/** Keeps this call's participant's answers. */
export function keep(answers) {
    keepMine(ANSWERS, Object.fromEntries(answers));
}

/** Calls `see` with each participant and their answers, as `each` does. */
export function eachAnswers(after, see) {
    each(ANSWERS, after, (participant, answers) => see(participant, mapOf(answers)));
}

function mapOf(answers) {
    return new Map(Object.entries(answers));
}
