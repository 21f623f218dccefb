// RFC 9474: RSABSSA-SHA384-PSS-Randomized over campaign ‖ device key.
// The library's entry file brings partially blind signatures along; this is the part that is used.
import { BlindRSA, PrepareType } from "@cloudflare/blindrsa-ts/lib/src/blindrsa.js";
import { fromBase64url, joined, utf8, uuidBytes } from "./bytes.mjs";
import { Refusal } from "./refusal.mjs";

/// Bytes of the random prefix that the variant puts before a message.
export const PREFIX_BYTES = 32;
/// The only size and exponent that Candour makes.
const MODULUS_BITS = 2048;
const EXPONENT = 65537;

export { BlindRSA, PrepareType };

export const scheme = new BlindRSA({
  name: "RSABSSA-SHA384-PSS-Randomized",
  hash: "SHA-384",
  saltLength: 48,
  prepareType: PrepareType.Randomized,
  supportsRSARAW: false,
});

/// What a credential says: this device key takes part in this campaign.
export const credentialMessage = (campaign, publicKey) => joined(utf8("candour/credential/1"), uuidBytes(campaign), publicKey);

/// A cohort's public key from the log. Another size or exponent would be a way to tell people apart.
export async function cohortKey(publicKey) {
  let key;
  try {
    key = await crypto.subtle.importKey("spki", fromBase64url(publicKey), { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
  } catch {
    throw new Refusal("key-unfit");
  }
  const exponent = key.algorithm.publicExponent.reduce((value, byte) => value * 256 + byte, 0);
  if (key.algorithm.modulusLength !== MODULUS_BITS || exponent !== EXPONENT) throw new Refusal("key-unfit");
  return key;
}

/// Hides a message: `blinded` is shown to the signer, `prefix` and `inv` stay here.
export async function blind(key, message) {
  const prepared = scheme.prepare(message);
  const { blindedMsg, inv } = await scheme.blind(key, prepared);
  return { prefix: prepared.slice(0, PREFIX_BYTES), blinded: blindedMsg, inv };
}

/// The signature on the message itself, checked with the cohort's key.
export async function unblind(key, message, { prefix, inv }, answer) {
  try {
    return await scheme.finalize(key, joined(prefix, message), answer, inv);
  } catch {
    throw new Refusal("signature-wrong");
  }
}
