// form[data-return]: makes the key anew from six words. The words themselves are never sent: their field has no name.
import { base64url, isUuid } from "./bytes.mjs";
import { deviceKey } from "./device_key.mjs";
import { typedOf } from "./memory.mjs";
import { challengeOf, clearProblems, onSend, problemOf, refusedByServer, reveal, send, sharedProblem, showProblems, withdraw } from "./page.mjs";
import { Refusal } from "./refusal.mjs";
import { PROGRESS_RETURN } from "./says.mjs";
import { COUNT, read, suggest } from "./words.mjs";

/// Six words of the list from what was typed, or every reason why not.
export function wordsOf(typed) {
  const { words, unknown } = read(typed);
  const refusals = unknown.map((word) => new Refusal("unknown-word", { word, suggestions: suggest(word) }));
  if (!words.length) refusals.push(new Refusal("no-words"));
  else if (words.length !== COUNT) refusals.unshift(new Refusal("wrong-count", { count: words.length }));
  return { words, refusals };
}

export function returnPage(form) {
  const { tenant, campaign } = form.dataset;
  if (!isUuid(tenant) || !isUuid(campaign)) throw new Error("data-tenant and data-campaign hold lower-case UUIDs");
  const typed = form.querySelector("[data-typed-words]");
  typed.removeAttribute("name");
  typed.autocomplete = "off";
  // Browsers keep pages, or what was typed into them, for whoever presses Back.
  addEventListener("pagehide", () => { typed.value = ""; });
  const tried = typedOf(campaign);
  const before = tried.take();
  if (!globalThis.crypto?.subtle) {
    withdraw(form);
    return showProblems([problemOf(new Refusal("not-safe"), form)]);
  }
  reveal(form);
  // Six words in the wrong order need not be typed again.
  if (refusedByServer()) typed.value = before;

  onSend(form, PROGRESS_RETURN, async () => {
    const { words, refusals } = wordsOf(typed.value);
    const problems = [...refusals.map((refusal) => ({ ...problemOf(refusal, form), field: typed })), ...sharedProblem(form)];
    if (problems.length) {
      showProblems(problems);
      return false;
    }
    try {
      const device = await deviceKey(words, tenant, campaign);
      const proof = await device.prove("return", challengeOf(form));
      clearProblems();
      // Nobody else finds them on a device that others use.
      if (new FormData(form).get("shared") !== "yes") tried.keep(typed.value);
      send(form, { device_key: base64url(device.publicKey), proof });
      return true;
    } catch (error) {
      showProblems([problemOf(error, form)]);
      return false;
    }
  });
}
