// What the join page and the return page share: showing problems and progress, and sending a form once.
import { Refusal } from "./refusal.mjs";
import { said } from "./says.mjs";

/// How long the next page may take before the button works again, in milliseconds.
const PATIENCE = 20_000;

const find = (selector) => document.querySelector(selector);

/// Whether the page came with a problem on it: the server refused what was sent last.
export const refusedByServer = () => find("[data-problem]")?.hidden === false;

/// Shows what was hidden until this script ran.
export function reveal(form) {
  for (const note of document.querySelectorAll("[data-without-script]")) note.hidden = true;
  form.hidden = false;
  for (const child of form.children) if (!child.matches("[data-problem], [data-start-again]")) child.hidden = false;
}

/// Takes a form away, but not a problem that may be shown inside it.
export function withdraw(form) {
  for (const note of document.querySelectorAll("[data-without-script]")) note.hidden = true;
  const region = find("[data-problem]");
  form.hidden = !form.contains(region);
  for (const child of form.children) child.hidden = !child.contains(region);
}

function item({ text, field }) {
  const line = document.createElement("li");
  if (!field?.id) {
    line.textContent = text;
    return line;
  }
  const link = document.createElement("a");
  link.href = `#${field.id}`;
  link.textContent = text;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
  });
  line.append(link);
  return line;
}

/// Says at a field what is wrong with it, as the pages do that the server draws: inside its group, which is described by it.
function mark(field, text) {
  const group = field?.closest(".nhsuk-form-group");
  if (!group) return;
  const described = field.closest("fieldset") ?? field;
  const id = `${field.id}-error`;
  let message = document.getElementById(id);
  if (!message) {
    message = document.createElement("span");
    message.className = "nhsuk-error-message";
    message.id = id;
    message.dataset.fieldProblem = "";
    const spoken = document.createElement("span");
    spoken.className = "nhsuk-u-visually-hidden";
    spoken.textContent = "Error:";
    message.append(spoken);
    (field.closest(".nhsuk-radios, .nhsuk-checkboxes") ?? field).before(message);
    described.setAttribute("aria-describedby", [described.getAttribute("aria-describedby") ?? "", id].join(" ").trim());
    group.classList.add("nhsuk-form-group--error");
    if (field.matches("textarea")) field.classList.add("nhsuk-textarea--error");
  }
  message.append(` ${text}`);
}

function unmarkAll() {
  for (const message of document.querySelectorAll("[data-field-problem]")) {
    const group = message.closest(".nhsuk-form-group");
    group.classList.remove("nhsuk-form-group--error");
    group.querySelector(".nhsuk-textarea--error")?.classList.remove("nhsuk-textarea--error");
    const described = group.querySelector(`[aria-describedby~="${message.id}"]`);
    const others = described.getAttribute("aria-describedby").split(" ").filter((id) => id !== message.id);
    if (others.length) described.setAttribute("aria-describedby", others.join(" "));
    else described.removeAttribute("aria-describedby");
    message.remove();
  }
}

const title = typeof document === "undefined" ? "" : document.title;

/// Fills the error summary and moves focus to it. Each problem is {text, field}; with a field it becomes a link, and is said there too.
export function showProblems(problems) {
  const region = find("[data-problem]");
  if (!region) return;
  const drawn = find("template[data-problem-template]")?.content.cloneNode(true) ?? document.createElement("div");
  let list = drawn.querySelector("ul");
  if (!list) {
    list = document.createElement("ul");
    list.className = "nhsuk-list nhsuk-error-summary__list";
    (drawn.querySelector(".nhsuk-error-summary__body") ?? drawn).append(list);
  }
  list.replaceChildren(...problems.map(item));
  region.replaceChildren(drawn);
  unmarkAll();
  for (const { field, text } of problems) mark(field, text);
  region.hidden = false;
  document.title = `Error: ${title}`;
  const summary = region.firstElementChild ?? region;
  summary.tabIndex = -1;
  summary.focus();
}

export function clearProblems() {
  const region = find("[data-problem]");
  region?.replaceChildren();
  unmarkAll();
  if (region) region.hidden = true;
  document.title = title;
}

/// The problem of a refusal; anything else that was thrown is a mistake of ours, and goes to the console too.
export function problemOf(error, form) {
  if (!(error instanceof Refusal)) console.error(error);
  const code = error instanceof Refusal ? error.code : "trouble";
  return { text: said(code, form.dataset.support, error.details) };
}

/// The radio buttons "Is this a shared device?", and whether one is chosen.
export function sharedProblem(form) {
  const choices = [...form.querySelectorAll("input[type=radio][name=shared]")];
  if (!choices.length || choices.some((choice) => choice.checked)) return [];
  return [{ text: said("shared-not-chosen", form.dataset.support), field: choices[0] }];
}

/// The text that a key signs, so that the answer to one page cannot be used on another: the page's CSRF token.
export const challengeOf = (form) => form.elements.namedItem(form.dataset.csrfField).value;

/// Fills hidden fields and sends the form as if a person had pressed its button.
export function send(form, fields) {
  for (const [name, value] of Object.entries(fields)) form.elements.namedItem(name).value = value;
  HTMLFormElement.prototype.submit.call(form);
}

/// Runs `work` when the form is sent, one at a time. While it runs, the page says `progress`, and the button keeps
/// its place and its focus. `work` gives true when the next page is on its way.
export function onSend(form, progress, work) {
  const button = form.querySelector("[data-go]");
  const status = find("[data-progress]");
  let busy = false;
  const release = () => {
    busy = false;
    button?.removeAttribute("aria-disabled");
    if (status) status.textContent = "";
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    button?.setAttribute("aria-disabled", "true");
    if (status) status.textContent = progress;
    // Long sums hold the page up: let it be drawn first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const leaving = await work(button);
    if (leaving) setTimeout(release, PATIENCE);
    else release();
  });
}
