// What the round comes to: of each question, how many answered it and how; by group as well. An answer to a question that somebody would not be asked any more
// does not count.

import { eachAnswers } from "./kept.js";
import { asked, maxChosen, options } from "./settings.js";

/** The measure of people who answered a question. */
export const ANSWERED = "answered";
/** The measure of a scale's mean. */
export const MEAN = "mean";

/** The measure of people who chose `option`. */
export function measureOf(question, option) {
    return `${question.id}--${option}`;
}

/** Goes through everybody's answers once. */
export function tally(settings) {
    const counts = new Map();
    const add = (subject, measure, cohort, value) => {
        const key = JSON.stringify([subject, measure, cohort]);
        const figure = counts.get(key) ?? { subject, measure, cohort, people: 0, value };
        figure.people += 1;
        if (figure.people > 1 && value !== null) figure.value += value;
        counts.set(key, figure);
    };
    eachAnswers(null, (participant, answers) => {
        const groups = participant.cohort === null ? [null] : [null, participant.cohort];
        for (const question of asked(settings, answers)) {
            const said = answers.get(question.id);
            if (said === undefined || said === "nothing") continue;
            for (const group of groups) {
                add(question.id, ANSWERED, group, null);
                const chosen = options(question).filter((option) => said.choices?.includes(option.id));
                for (const option of chosen) add(question.id, measureOf(question, option.id), group, null);
                if (said.number !== undefined) add(question.id, MEAN, group, said.number);
            }
        }
    });
    const figures = [...counts.values()].map((figure) => ({ ...figure, value: meanOf(figure, counts) }));
    const subjects = settings.questions.map(({ id, text }) => ({ id, text }));
    return { subjects, measures: measures(settings), figures };
}

/** The sum by all who answered; null for what is only counted. */
function meanOf({ subject, measure, cohort, value }, counts) {
    if (measure !== MEAN) return null;
    return value / counts.get(JSON.stringify([subject, ANSWERED, cohort])).people;
}

function measures(settings) {
    const measure = (id, text) => ({ id, text, partOf: null });
    const ofOptions = settings.questions.flatMap((question) => {
        // Where one option is chosen, they add up to those who answered.
        const addsUp = options(question).length > 0 && maxChosen(question) === 1;
        const partOf = addsUp ? ANSWERED : null;
        return options(question).map(({ id, label }) => ({ ...measure(measureOf(question, id), label), partOf }));
    });
    return [measure(ANSWERED, "Answered"), measure(MEAN, "Mean"), ...ofOptions];
}
