// The settings: questions, and on what each depends. The same rules as `plugins/quick-pulse/src/config.rs`.

import { problem } from "./contract.js";

/** The most questions. */
const QUESTIONS = 30;
/** The most options of one. */
const OPTIONS = 30;
/** A name of a question or an option, letters: both together are a measure's name. */
const NAME = /^[a-z0-9-]{1,30}$/;
/** The most values of a scale. */
const SCALE = 100;
/** The longest answer in words, characters. */
const TEXT = 4_000;

const text = (value) => typeof value === "string";
const between = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
const listOf = (is) => (value) => Array.isArray(value) && value.every(is);

/** An object with these fields and no others; a name that ends in `?` can be left out. */
function shape(fields) {
    const all = Object.entries(fields).map(([name, is]) => [name.replace("?", ""), is, name.endsWith("?")]);
    return (value) => {
        if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
        const fits = ([name, is, canLack]) => (Object.hasOwn(value, name) ? is(value[name]) : canLack);
        return all.every(fits) && Object.keys(value).every((name) => all.some(([known]) => known === name));
    };
}

const [wholeNumber, countingNumber] = [between(-(2 ** 31), 2 ** 31 - 1), between(0, 2 ** 32 - 1)];
const choice = shape({ options: listOf(shape({ id: text, label: text })), "max-chosen?": countingNumber });
const kinds = {
    choice,
    scale: shape({ min: wholeNumber, max: wholeNumber }),
    text: shape({ "max-characters": countingNumber }),
};
const isKind = (value) => {
    if (value === null || typeof value !== "object") return false;
    const names = Object.keys(value);
    return names.length === 1 && Object.hasOwn(kinds, names[0]) && kinds[names[0]](value[names[0]]);
};
const orNull = (is) => (value) => value === null || is(value);
const isSettings = shape({
    "introduction?": text,
    questions: listOf(
        shape({
            id: text,
            text,
            "hint?": orNull(text),
            "required?": (value) => typeof value === "boolean",
            kind: isKind,
            "only-if?": orNull(shape({ question: text, "is-any-of": listOf(text) })),
        }),
    ),
});

/** The settings in `json`; null if they are not for this. */
export function read(json) {
    try {
        const settings = JSON.parse(json);
        return isSettings(settings) ? settings : null;
    } catch {
        return null;
    }
}

/** What can be chosen; nothing where something else is asked for. */
export function options(question) {
    return question.kind.choice?.options ?? [];
}

/** How many can be chosen. */
export function maxChosen(question) {
    return question.kind.choice["max-chosen"] ?? 1;
}

/** The questions that somebody who gave `answers` is asked. What a question hangs on was itself asked. */
export function asked(settings, answers) {
    const isAsked = (question) => {
        const condition = question["only-if"];
        if (!condition) return true;
        const earlier = settings.questions.find((one) => one.id === condition.question);
        const chosen = answers.get(condition.question)?.choices ?? [];
        // Each hangs on an earlier one, as `problems` has seen to: this ends.
        return earlier !== undefined && chosen.some((one) => condition["is-any-of"].includes(one)) && isAsked(earlier);
    };
    return settings.questions.filter(isAsked);
}

/** Everything that is wrong with settings that can be read. */
export function problems({ questions }) {
    const found = [];
    if (questions.length < 1 || questions.length > QUESTIONS) {
        found.push(problem("/questions", "how-many", `Give 1 to ${QUESTIONS} questions.`));
    }
    questions.forEach((question, index) => {
        const path = `/questions/${index}`;
        found.push(...problemsOf(question, path));
        const condition = question["only-if"];
        if (condition) {
            const earlier = questions.slice(0, index).find((one) => one.id === condition.question);
            const has = (id) => earlier !== undefined && options(earlier).some((option) => option.id === id);
            if (condition["is-any-of"].length === 0 || !condition["is-any-of"].every(has)) {
                const message = "Name an earlier question and some of its options.";
                found.push(problem(`${path}/only-if`, "no-such-answer", message));
            }
        }
        if (questions.slice(0, index).some((one) => one.id === question.id)) {
            found.push(problem("/questions", "twice", `${question.id} is there twice.`));
        }
    });
    return found;
}

function problemsOf(question, path) {
    const found = [];
    if (!NAME.test(question.id)) {
        found.push(problem(`${path}/id`, "not-a-name", "Use lower-case letters, digits and hyphens, 30 at most."));
    }
    if (question.text.trim() === "") found.push(problem(`${path}/text`, "empty", "Write the question."));
    const [isFine, message] = judge(question);
    if (!isFine) found.push(problem(`${path}/kind`, "not-a-question", message));
    return found;
}

function judge(question) {
    const { scale, text } = question.kind;
    if (scale) {
        const isFine = scale.min < scale.max && scale.max - scale.min <= SCALE;
        return [isFine, "Let the scale go up, by 100 at most."];
    }
    if (text) {
        const isFine = text["max-characters"] >= 1 && text["max-characters"] <= TEXT;
        return [isFine, "Allow 1 to 4,000 characters."];
    }
    const all = options(question);
    const areFine = all.every((option) => NAME.test(option.id) && option.label.trim() !== "");
    const fits = all.length >= 2 && all.length <= OPTIONS && maxChosen(question) >= 1 && maxChosen(question) <= all.length;
    const differ = new Set(all.map((option) => option.id)).size === all.length;
    return [areFine && fits && differ, "Give 2 to 30 options with names of their own and labels."];
}
