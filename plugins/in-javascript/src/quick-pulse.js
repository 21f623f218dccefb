// Quick pulse in JavaScript: a short survey, one question a page, saved as one goes. Does what `plugins/quick-pulse` does in Rust, by the same scenarios.

import { noSuchPage, problem } from "./contract.js";
import { answersOf, eachAnswers, keep } from "./kept.js";
import { front, questionPage, summary } from "./pages.js";
import { asked, problems, read } from "./settings.js";
import { tally } from "./tally.js";

/** After how many rows a call of `export` ends. */
const ROWS_AT_ONCE = 1_000;
/** The one sheet. */
const SHEET = { id: "answers", title: "Answers", columns: ["Participant", "Group", "Question", "Answer"] };

/** The interface `round` of the contract. */
export const round = {
    describe() {
        return { dataVersion: 1, sheets: [SHEET] };
    },

    validateConfig(config) {
        const settings = read(config);
        if (settings !== null) return problems(settings);
        return [problem("", "not-settings", "Give the settings as the manifest describes them.")];
    },

    render(ctx, who, page) {
        const settings = settingsOf(ctx);
        const answers = who === null ? new Map() : answersOf();
        const takesPart = who !== null && ctx.phase === "open";
        if (page === "") return front(settings, ctx.phase, takesPart, answers);
        if (!takesPart || !page.startsWith("question/")) throw noSuchPage();
        return questionPage(settings, page.slice("question/".length), answers);
    },

    submit(ctx, who, page, form, pressed, given) {
        const settings = settingsOf(ctx);
        const id = page.slice("question/".length);
        const answers = answersOf();
        const value = given.find((answer) => answer.field === "answer")?.value;
        // A value's kind is the name under which it is kept.
        answers.set(id, value === undefined ? "nothing" : { [value.tag]: value.val });
        keep(answers);
        const all = asked(settings, answers);
        const rest = all.slice(all.findIndex((question) => question.id === id) + 1);
        const next = rest.find((question) => !answers.has(question.id));
        const notice = next ? null : "Saved. You can change it until this closes.";
        return { notice, page: next ? `question/${next.id}` : "", posts: [] };
    },

    tally(ctx) {
        return tally(settingsOf(ctx));
    },

    summarise(ctx, released) {
        return summary(settingsOf(ctx), released);
    },

    export(ctx, sheet, after) {
        const settings = settingsOf(ctx);
        if (sheet !== SHEET.id) throw noSuchPage();
        const rows = [];
        let next = null;
        eachAnswers(after, ({ token, cohort }, answers) => {
            for (const question of asked(settings, answers)) {
                const said = answers.get(question.id);
                if (said === undefined || said === "nothing") continue;
                const group = cohort === null ? { tag: "empty" } : textCell(cohort);
                rows.push([textCell(token), group, textCell(question.id), cellOf(said)]);
            }
            if (rows.length >= ROWS_AT_ONCE) next = token;
            return next === null;
        });
        return { rows, next };
    },
};

function settingsOf(ctx) {
    const settings = read(ctx.config);
    if (settings === null) throw { tag: "internal", val: "settings that were not validated" };
    return settings;
}

function cellOf(said) {
    if (said.number !== undefined) return { tag: "number", val: said.number };
    return textCell(said.text ?? said.choices.join(", "));
}

function textCell(val) {
    return { tag: "text", val };
}
