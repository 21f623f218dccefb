// Runs on the join page, the return page, and the page that follows either; loaded with defer. Nothing else starts here:
// the exports are what the tests of this folder call.
import { joinPage } from "./join_page.mjs";
import { forgetAttempts } from "./memory.mjs";
import { returnPage } from "./return_page.mjs";

export * as ask from "./ask.mjs";
export * as blind from "./blind.mjs";
export * as bytes from "./bytes.mjs";
export * as credential from "./credential.mjs";
export * as deviceKey from "./device_key.mjs";
export * as keyLog from "./key_log.mjs";
export * as memory from "./memory.mjs";
export * as says from "./says.mjs";
export * as words from "./words.mjs";
export { Refusal } from "./refusal.mjs";
export { wordsOf } from "./return_page.mjs";

function start() {
  const join = document.querySelector("form[data-join]");
  const back = document.querySelector("form[data-return]");
  // Elsewhere, or where the server says so: whoever was joining is in, and the words leave this device.
  if (document.querySelector("[data-joined]") || (!join && !back)) forgetAttempts();
  if (join) joinPage(join);
  if (back) returnPage(back);
}

if (typeof document !== "undefined") start();
