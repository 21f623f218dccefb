// The key that six words give for one campaign, and what it signs. The words and the secret half never leave this device.
import { getPublicKeyAsync, signAsync } from "@noble/ed25519";
import { base64url, joined, utf8, uuidBytes } from "./bytes.mjs";

const SALT = utf8("candour/participant-key/1");
const PROOF = "candour/proof/1/";
const SEED_BITS = 256;

async function seedOf(words, tenant, campaign) {
  const secret = await crypto.subtle.importKey("raw", utf8(words.join(" ")), "HKDF", false, ["deriveBits"]);
  const info = joined(uuidBytes(tenant), uuidBytes(campaign));
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: SALT, info }, secret, SEED_BITS));
}

/// What a key signs to show that whoever sent it has it now: `purpose` is "register" or "return".
export const proofMessage = (purpose, tenant, campaign, challenge) =>
  joined(utf8(`${PROOF}${purpose}\0`), uuidBytes(tenant), uuidBytes(campaign), utf8(challenge));

/// The key of these words in this campaign.
export async function deviceKey(words, tenant, campaign) {
  const seed = await seedOf(words, tenant, campaign);
  const publicKey = await getPublicKeyAsync(seed);
  return {
    publicKey,
    prove: async (purpose, challenge) => base64url(await signAsync(proofMessage(purpose, tenant, campaign, challenge), seed)),
  };
}
