// The pages.

import { block, noSuchPage } from "./contract.js";
import { asked, maxChosen, options } from "./settings.js";
import { ANSWERED, MEAN, measureOf } from "./tally.js";

/** How far one is, and what one said. */
export function front(settings, phase, takesPart, answers) {
    const page = [];
    if (settings.introduction) page.push(block("prose", settings.introduction));
    if (phase === "closed") page.push(block("notice", { tone: "information", text: "This survey has closed." }));
    if (!takesPart) return [...page, ...settings.questions.map((question) => block("prose", question.text))];
    const all = asked(settings, answers);
    const seen = all.filter((question) => answers.has(question.id));
    page.push(progress("Questions you have seen", seen.length, all.length));
    const next = all.find((question) => !answers.has(question.id));
    if (next) {
        page.push(block("page-link", { label: seen.length === 0 ? "Start" : "Go on", page: `question/${next.id}` }));
    } else {
        page.push(block("notice", { tone: "success", text: "You have answered everything. Thank you." }));
    }
    for (const question of seen) {
        page.push(block("summary", [{ name: question.text, value: words(question, answers.get(question.id)) }]));
        page.push(block("page-link", { label: `Change: ${question.text}`, page: `question/${question.id}` }));
    }
    return page;
}

function words(question, said) {
    if (said === "nothing") return "No answer";
    if (said.number !== undefined) return String(said.number);
    if (said.text !== undefined) return said.text;
    return options(question).filter((option) => said.choices.includes(option.id)).map((option) => option.label).join(", ");
}

function progress(label, done, total) {
    return block("progress", { label, done, total: Math.max(total, 1) });
}

/** One question with its form. */
export function questionPage(settings, id, answers) {
    const all = asked(settings, answers);
    const before = all.findIndex((question) => question.id === id);
    if (before < 0) throw noSuchPage();
    return [
        progress("Questions", before, all.length),
        block("open-form", { id: "answer" }),
        input(all[before], answers.get(id) ?? "nothing"),
        block("button", { id: "next", label: "Save and go on", primary: true }),
        block("close"),
        block("page-link", { label: "All my answers", page: "" }),
    ];
}

/** The question's field, with what was said before if it still fits. */
function input(question, said) {
    const { text: label, hint = null, required = false, kind } = question;
    const field = { field: "answer", label, hint, required };
    if (kind.scale) {
        const { min, max } = kind.scale;
        const fits = said.number !== undefined && said.number >= min && said.number <= max;
        return block("number-input", { ...field, min, max, value: fits ? said.number : null });
    }
    if (kind.text) {
        const maxCharacters = kind.text["max-characters"];
        return block("text-input", { ...field, maxCharacters, rows: 4, value: said.text ?? "" });
    }
    const items = options(question).map(({ id, label }) => ({ value: id, label, hint: null }));
    const chosen = (said.choices ?? []).filter((id) => items.some((item) => item.value === id));
    return block("choice-input", { ...field, options: items, maxChosen: maxChosen(question), chosen });
}

/** What the round came to, told from figures that may be seen. */
export function summary(settings, released) {
    const figure = (subject, measure) =>
        released.find((one) => one.subject === subject && one.measure === measure && one.cohort === null);
    const people = (subject, measure) => String(figure(subject, measure)?.people ?? "Too few to show");
    return settings.questions.map((question) => {
        const rows = [["Answered", people(question.id, ANSWERED)]];
        for (const { id, label } of options(question)) rows.push([label, people(question.id, measureOf(question, id))]);
        const mean = figure(question.id, MEAN)?.value ?? null;
        if (mean !== null) rows.push(["Mean", oneDecimal(mean)]);
        return block("table", { caption: question.text, columns: ["Answer", "People"], rows });
    });
}

/** To one decimal; halfway between two, the even one, as elsewhere in Candour. `toFixed` would go up. */
function oneDecimal(number) {
    const isHalfway = Number.isInteger(number * 4) && !Number.isInteger(number * 2);
    if (!isHalfway) return number.toFixed(1);
    const below = Math.floor(number * 10);
    return ((below % 2 === 0 ? below : below + 1) / 10).toFixed(1);
}
