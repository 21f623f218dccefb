// form[data-join]: shows six words, and turns them and a ticket into a credential that the form registers.
import { isUuid } from "./bytes.mjs";
import { obtain } from "./credential.mjs";
import { attemptFor, memoryOf } from "./memory.mjs";
import { challengeOf, clearProblems, onSend, problemOf, reveal, send, sharedProblem, showProblems, withdraw } from "./page.mjs";
import { Refusal } from "./refusal.mjs";
import { AGAIN, MAY_RETRY, PROGRESS, said, savedFile } from "./says.mjs";
import { draw } from "./words.mjs";

const FILE = "candour-words.txt";
/// After these the words on the page are worth nothing.
const OVER = ["already-issued"];

/// What the link brought, taken out of the address bar and the history; null when it brought nothing of use.
function takeFragment() {
  const brought = new URLSearchParams(location.hash.slice(1));
  const ticket = brought.get("ticket");
  const key = brought.get("key");
  if (ticket === null && key === null) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return ticket && /^[0-9a-f]{64}$/.test(key ?? "") ? { ticket, key } : null;
}

function showWords(form, words) {
  const place = form.querySelector("[data-words]");
  const list = place.matches("ol") ? place : document.createElement("ol");
  list.replaceChildren(...words.map((word) => {
    const line = document.createElement("li");
    line.textContent = word;
    line.translate = false;
    return line;
  }));
  if (list !== place) place.replaceChildren(list);
}

function save(form, words) {
  const { title, returnAddress } = form.dataset;
  const text = savedFile(words, title, returnAddress ? new URL(returnAddress, location.href).href : location.origin + location.pathname);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = FILE;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/// What the person has not answered yet.
function unanswered(form) {
  const kept = form.querySelector("[data-kept]");
  // In the order of the page.
  const problems = kept && !kept.checked ? [{ text: said("kept-not-ticked", form.dataset.support), field: kept }] : [];
  return problems.concat(sharedProblem(form));
}

/// Somebody comes with a new ticket while a request was sent from this tab. Mostly the same person; if not, they say so.
function offerFreshStart(form, attempt, memory) {
  const offer = form.querySelector("[data-start-again]");
  if (!offer) return;
  offer.hidden = false;
  const button = offer.matches("button") ? offer : offer.querySelector("button");
  button?.addEventListener("click", () => {
    memory.forget(attempt);
    memory.keep({ ticket: attempt.ticket, key: attempt.key, words: draw() });
    location.reload();
  });
}

export function joinPage(form) {
  const { tenant, campaign, keys, sign, support } = form.dataset;
  if (!isUuid(tenant) || !isUuid(campaign)) throw new Error("data-tenant and data-campaign hold lower-case UUIDs");
  const brought = takeFragment();
  // A page that the browser kept alive would still show the words to whoever presses Back.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("hashchange", () => location.reload());

  const giveUp = (error) => {
    withdraw(form);
    showProblems([problemOf(error, form)]);
  };
  if (!globalThis.crypto?.subtle) return giveUp(new Refusal("not-safe"));
  const memory = memoryOf(campaign);
  const going = attemptFor(brought, memory, draw);
  if (!going) return giveUp(new Refusal("no-link"));

  const { attempt, resumed } = going;
  showWords(form, attempt.words);
  reveal(form);
  if (resumed) offerFreshStart(form, attempt, memory);
  form.querySelector("[data-print]")?.addEventListener("click", () => print());
  form.querySelector("[data-save]")?.addEventListener("click", () => {
    save(form, attempt.words);
    // Whoever has the file need not say so as well. Paper is not known to have come out of the printer.
    const kept = form.querySelector("[data-kept]");
    if (kept) kept.checked = true;
  });

  onSend(form, PROGRESS, async (button) => {
    const problems = unanswered(form);
    if (problems.length) {
      showProblems(problems);
      return false;
    }
    try {
      const { device, fields } = await obtain(attempt, { tenant, campaign, keys, sign }, memory);
      const proof = await device.prove("register", challengeOf(form));
      clearProblems();
      send(form, { ...fields, proof });
      return true;
    } catch (error) {
      if (OVER.includes(error.code)) {
        memory.forget(attempt);
        giveUp(error);
        return false;
      }
      if (button && MAY_RETRY.includes(error.code)) button.textContent = AGAIN;
      showProblems([problemOf(error, form)]);
      return false;
    }
  });
}
