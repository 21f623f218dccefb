// The published vectors of RFC 9474, through the library as it is bundled. The random numbers of a vector are dealt to
// the library in place of the browser's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { join, json } from "./bundled.mjs";

const { BlindRSA, PrepareType } = join.blind;
const { vectors } = json("../../../credentials/src/blind/rfc9474.json");

const bytes = (text) => Uint8Array.from(Buffer.from(text.replace(/^0x/, ""), "hex"));
const number = (text) => BigInt(`0x${text.replace(/^0x/, "")}`);
const same = (actual, expected) => assert.equal(Buffer.from(actual).toString("hex"), Buffer.from(bytes(expected)).toString("hex"));

function inverse(value, modulus) {
  let [a, b, x, y] = [value, modulus, 1n, 0n];
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

const padded = (value, length) => bytes(value.toString(16).padStart(2 * length, "0"));
const field = (value) => Buffer.from(padded(value, Math.ceil(value.toString(16).length / 2))).toString("base64url");

/// Deals `chances` one after another to whoever asks for random bytes.
async function dealing(chances, action) {
  const own = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  const rest = [...chances];
  const dealt = {
    subtle: crypto.subtle,
    getRandomValues(place) {
      const next = rest.shift();
      assert.equal(place.length, next?.length, "asked for another amount of chance than the vector has");
      place.set(next);
      return place;
    },
  };
  Object.defineProperty(globalThis, "crypto", { value: dealt, configurable: true });
  try {
    const result = await action();
    assert.equal(rest.length, 0, "chance was left over");
    return result;
  } finally {
    Object.defineProperty(globalThis, "crypto", own);
  }
}

for (const vector of vectors) {
  test(vector.name, async () => {
    const [n, e, d, p, q] = ["n", "e", "d", "p", "q"].map((name) => number(vector[name]));
    const size = bytes(vector.blinded_msg).length;
    const algorithm = { name: "RSA-PSS", hash: "SHA-384" };
    const publicPart = { kty: "RSA", alg: "PS384", ext: true, n: field(n), e: field(e) };
    const privatePart = { ...publicPart, d: field(d), p: field(p), q: field(q), dp: field(d % (p - 1n)), dq: field(d % (q - 1n)), qi: field(inverse(q, p)) };
    const key = await crypto.subtle.importKey("jwk", publicPart, algorithm, true, ["verify"]);
    const secret = await crypto.subtle.importKey("jwk", privatePart, algorithm, true, ["sign"]);

    const prepareType = vector.name.endsWith("Randomized") ? PrepareType.Randomized : PrepareType.Deterministic;
    const salt = bytes(vector.salt);
    const scheme = new BlindRSA({ name: vector.name, hash: "SHA-384", saltLength: salt.length, prepareType, supportsRSARAW: false });
    assert.equal(scheme.toString(), vector.name);

    const prepared = await dealing([bytes(vector.msg_prefix)], () => scheme.prepare(bytes(vector.msg)));
    same(prepared, vector.input_msg);
    const r = padded(inverse(number(vector.inv), n), size);
    const { blindedMsg, inv } = await dealing([salt, r], () => scheme.blind(key, prepared));
    same(blindedMsg, vector.blinded_msg);
    same(inv, padded(number(vector.inv), size).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), ""));
    const answer = await scheme.blindSign(secret, blindedMsg);
    same(answer, vector.blind_sig);
    same(await scheme.finalize(key, prepared, answer, inv), vector.sig);

    const forged = answer.slice();
    forged[5] ^= 1;
    await assert.rejects(scheme.finalize(key, prepared, forged, inv));
  });
}

test("the vectors are those of the RFC", () => {
  assert.deepEqual(vectors.map(({ name }) => name).sort(), [
    "RSABSSA-SHA384-PSS-Deterministic", "RSABSSA-SHA384-PSS-Randomized",
    "RSABSSA-SHA384-PSSZERO-Deterministic", "RSABSSA-SHA384-PSSZERO-Randomized",
  ]);
});

test("the scheme in use is the one that the design names", () => {
  assert.equal(join.blind.scheme.toString(), "RSABSSA-SHA384-PSS-Randomized");
  assert.equal(join.blind.scheme.params.saltLength, 48);
});
