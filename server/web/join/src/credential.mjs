// From words and a ticket to a credential, in steps that a lost connection or a reload cannot undo.
import * as askFor from "./ask.mjs";
import * as blindly from "./blind.mjs";
import { base64url, fromBase64url } from "./bytes.mjs";
import { deviceKey } from "./device_key.mjs";
import * as log from "./key_log.mjs";

/// Gets the credential for `attempt` ({ticket, key, words}) and writes into it what must not be lost: the blinded
/// request before it is sent, the signature once it is there. `place` is {tenant, campaign, keys, sign}; `memory`
/// keeps the attempt and the log's head; `ask` is `fetch`, or a test's.
///
/// The log is checked each time, also when there is a signature already: a key that has to go away is refused late
/// rather than never.
export async function obtain(attempt, place, memory, ask = fetch) {
  const entries = await askFor.keyLog(place.keys, ask);
  const head = await log.verify(entries, memory.head(place.tenant));
  if (head) memory.rememberHead(place.tenant, head);
  const entry = await log.find(entries, place.campaign, attempt.key);
  const cohort = await blindly.cohortKey(entry.public_key);

  const device = await deviceKey(attempt.words, place.tenant, place.campaign);
  const message = blindly.credentialMessage(place.campaign, device.publicKey);
  if (!attempt.sent) {
    const { prefix, blinded, inv } = await blindly.blind(cohort, message);
    attempt.sent = { prefix: base64url(prefix), blinded: base64url(blinded), inv: base64url(inv) };
    memory.keep(attempt);
  }
  const { prefix, blinded, inv } = attempt.sent;
  if (!attempt.signature) {
    const answer = await askFor.signature(place.sign, { ticket: attempt.ticket, key: attempt.key, blinded }, ask);
    const secrets = { prefix: fromBase64url(prefix), inv: fromBase64url(inv) };
    attempt.signature = base64url(await blindly.unblind(cohort, message, secrets, answer));
    memory.keep(attempt);
  }
  return { device, fields: { key: attempt.key, device_key: base64url(device.publicKey), prefix, signature: attempt.signature } };
}
