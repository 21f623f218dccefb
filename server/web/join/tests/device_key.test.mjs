// ../vector.json, computed here a second time by Node's own cryptography (OpenSSL). Candour's Rust reads the same file.
import assert from "node:assert/strict";
import { constants, createHash, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from "node:crypto";
import { test } from "node:test";
import { join, json } from "./bundled.mjs";

const vector = json("../vector.json");
const words = vector.words.split(" ");
const ids = Buffer.concat([vector.tenant, vector.campaign].map((id) => Buffer.from(id.replaceAll("-", ""), "hex")));
const seed = Buffer.from(hkdfSync("sha256", vector.words, "candour/participant-key/1", ids, 32));
const secret = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8",
});
const proved = (purpose) => Buffer.concat([Buffer.from(`candour/proof/1/${purpose}\0`), ids, Buffer.from(vector.challenge)]);

test("the vector is what OpenSSL makes of the words", () => {
  assert.equal(vector.seed_hex, seed.toString("hex"));
  assert.equal(vector.device_key, createPublicKey(secret).export({ format: "jwk" }).x);
  for (const purpose of ["register", "return"]) {
    assert.equal(vector.proof_messages_hex[purpose], proved(purpose).toString("hex"));
    assert.equal(vector.proofs[purpose], sign(null, proved(purpose), secret).toString("base64url"));
  }
});

test("the script makes the same of them", async () => {
  const device = await join.deviceKey.deviceKey(words, vector.tenant, vector.campaign);
  assert.equal(join.bytes.base64url(device.publicKey), vector.device_key);
  for (const purpose of ["register", "return"]) {
    assert.equal(await device.prove(purpose, vector.challenge), vector.proofs[purpose]);
  }
});

test("another tenant, campaign or order of words is another key", async () => {
  const keys = new Set();
  for (const [given, tenant, campaign] of [
    [words, vector.tenant, vector.campaign],
    [words, vector.campaign, vector.campaign],
    [words, vector.tenant, vector.tenant],
    [[...words].reverse(), vector.tenant, vector.campaign],
  ]) keys.add(join.bytes.base64url((await join.deviceKey.deviceKey(given, tenant, campaign)).publicKey));
  assert.equal(keys.size, 4);
});

test("the credential of the vector is one by OpenSSL's measure too", () => {
  const { credential, campaign, device_key: key } = vector;
  const spki = Buffer.from(credential.public_key, "base64url");
  const message = join.blind.credentialMessage(campaign, Buffer.from(key, "base64url"));
  assert.equal(Buffer.from(message).toString("hex"), credential.message_hex);
  assert.equal(credential.message_hex, Buffer.concat([Buffer.from("candour/credential/1"), ids.subarray(16), Buffer.from(key, "base64url")]).toString("hex"));
  assert.equal(credential.key, createHash("sha256").update(spki).digest("hex"));
  const cohort = createPublicKey({ key: spki, format: "der", type: "spki" });
  const prepared = Buffer.concat([Buffer.from(credential.prefix, "base64url"), message]);
  const pss = { key: cohort, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  assert.ok(verify("sha384", prepared, pss, Buffer.from(credential.signature, "base64url")));
});

test("a cohort's key has one size and one exponent", async () => {
  for (const [modulusLength, publicExponent] of [[3072, [1, 0, 1]], [2048, [3]]]) {
    const algorithm = { name: "RSA-PSS", hash: "SHA-384", modulusLength, publicExponent: Uint8Array.from(publicExponent) };
    const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
    await assert.rejects(join.blind.cohortKey(join.bytes.base64url(spki)), { code: "key-unfit" });
  }
  await assert.rejects(join.blind.cohortKey("AAAA"), { code: "key-unfit" });
  await join.blind.cohortKey(vector.credential.public_key);
});
