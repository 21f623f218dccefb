// The two things asked over the network: the list of keys, and one blind signature. Neither with cookies.
import { fromBase64url } from "./bytes.mjs";
import { Refusal } from "./refusal.mjs";

/// How long an answer may take, in milliseconds.
const PATIENCE = 20_000;
/// Answers of the identity side that end the attempt, and for which there are words.
const FINAL = ["ticket-expired", "already-issued", "closed", "not-launched", "busy"];

/// One request and its JSON. Whatever kept the answer away is the refusal `lost`.
async function answerOf(ask, url, options, lost) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), PATIENCE);
  try {
    const response = await ask(url, { ...options, credentials: "omit", cache: "no-store", redirect: "error", signal: given.signal });
    const json = await response.json().catch((error) => {
      if (response.ok) throw error; // a page of the hospital's network in place of the answer, or half an answer
      return null;
    });
    return { status: response.status, ok: response.ok, json };
  } catch {
    throw new Refusal(lost);
  } finally {
    clearTimeout(timer);
  }
}

/// The entries of the key log.
export async function keyLog(url, ask = fetch) {
  const { ok, json } = await answerOf(ask, url, {}, "log-unreachable");
  if (!ok) throw new Refusal("log-unreachable");
  return Array.isArray(json) ? json : json?.entries;
}

/// The blind signature for a request. The same request may be sent again and again: it gets the same answer.
export async function signature(url, request, ask = fetch) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request) };
  const { status, ok, json } = await answerOf(ask, url, options, "reply-lost");
  if (ok) {
    try {
      return fromBase64url(json.signature);
    } catch {
      throw new Refusal("reply-lost");
    }
  }
  const code = typeof json?.code === "string" ? json.code : "";
  if (FINAL.includes(code)) throw new Refusal(code);
  if (status === 429) throw new Refusal("busy");
  if (status >= 500) throw new Refusal("reply-lost");
  // Only a name made of plain letters is shown: what else the other side says is not ours to repeat.
  throw new Refusal("sign-refused", { code: /^[a-z-]{1,40}$/.test(code) ? code : String(status) });
}
