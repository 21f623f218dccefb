// The whole way to a credential, with an identity side and a network played here: lost answers, reloads, refusals.
import assert from "node:assert/strict";
import { test } from "node:test";
import { join, refused } from "./bundled.mjs";

const { base64url, fromBase64url, hex, sha256, utf8 } = join.bytes;
const TENANT = "00000000-0000-0000-0000-000000000001";
const CAMPAIGN = "00000000-0000-0000-0000-000000000002";
const PLACE = { tenant: TENANT, campaign: CAMPAIGN, keys: "keys.json", sign: "sign" };

const algorithm = { name: "RSA-PSS", hash: "SHA-384", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const newPair = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
const pair = await newPair();

async function logOf(key, changes = {}) {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key));
  const entry = { index: 0, campaign: CAMPAIGN, cohort: "all", organisations: ["a", "b"], eligible: 50, public_key: base64url(spki), made_on: "2026-03-02", previous: "0".repeat(64), ...changes };
  return [{ ...entry, hash: hex(await sha256(utf8(join.keyLog.hashedText(entry)))) }];
}
const log = await logOf(pair.publicKey);
const id = await join.keyLog.keyId(log[0].public_key);

/// Storage as browsers have it.
function storage() {
  const kept = new Map();
  const methods = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  return new Proxy(methods, { get: (_, key) => methods[key] ?? kept.get(key), ownKeys: () => [...kept.keys()], getOwnPropertyDescriptor: (_, key) => kept.has(key) ? { value: kept.get(key), enumerable: true, configurable: true } : undefined });
}

function device() {
  const [session, local] = [storage(), storage()];
  return { session, local, memory: () => join.memory.memoryOf(CAMPAIGN, () => session, () => local) };
}

/// An identity side that signs, notes what it was sent, and answers as `mishaps` say, one a request.
function identity({ entries = log, mishaps = [] } = {}) {
  const requests = [];
  const answer = (status, body) => new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  const ask = async (url, options) => {
    assert.equal(options.credentials, "omit");
    assert.equal(options.cache, "no-store");
    if (url === PLACE.keys) return answer(200, { entries });
    requests.push(options.body);
    const signed = await join.blind.scheme.blindSign(pair.privateKey, fromBase64url(JSON.parse(options.body).blinded));
    const mishap = mishaps.shift();
    return mishap ? mishap(answer) : answer(200, { signature: base64url(signed) });
  };
  return { ask, requests };
}

const begin = (memory, ticket = "ticket-1") => join.memory.attemptFor({ ticket, key: id }, memory, () => join.words.draw());

async function assertCredential({ fields }) {
  const message = join.blind.credentialMessage(CAMPAIGN, fromBase64url(fields.device_key));
  const prepared = new Uint8Array([...fromBase64url(fields.prefix), ...message]);
  assert.equal(fromBase64url(fields.prefix).length, 32);
  assert.ok(await crypto.subtle.verify({ name: "RSA-PSS", saltLength: 48 }, pair.publicKey, fromBase64url(fields.signature), prepared));
  assert.equal(fields.key, id);
}

test("a ticket becomes a credential, and the signer sees nothing of it", async () => {
  const { memory, local, session } = device();
  const { attempt } = begin(memory());
  const { ask, requests } = identity();
  const result = await join.credential.obtain(attempt, PLACE, memory(), ask);
  await assertCredential(result);
  assert.equal(requests.length, 1);
  assert.deepEqual(Object.keys(JSON.parse(requests[0])).sort(), ["blinded", "key", "ticket"]);
  for (const secret of [...attempt.words, ...["device_key", "prefix", "signature"].map((name) => result.fields[name])]) {
    assert.ok(!requests[0].includes(secret), secret);
  }
  // On the device for longer than the tab: the head of the log, which is public, and nothing else.
  assert.deepEqual(Object.entries(local), [[`candour:key-log:${TENANT}`, JSON.stringify({ index: 0, hash: log[0].hash })]]);
  join.memory.forgetAttempts(() => session);
  assert.deepEqual(Object.keys(session), []);
});

const LOST = {
  "connection cut": () => { throw new TypeError("Failed to fetch"); },
  "no answer in time": () => { throw new DOMException("aborted", "AbortError"); },
  "502": (answer) => answer(502, "<h1>Bad gateway</h1>"),
  "a page of somebody else's": (answer) => answer(200, "<h1>Welcome to the guest network</h1>"),
  "half an answer": (answer) => answer(200, '{"signature":"AA'),
  "an answer without a signature": (answer) => answer(200, {}),
};

for (const [how, mishap] of Object.entries(LOST)) {
  test(`answer lost (${how}): the same request again, also after a reload`, async () => {
    const { memory } = device();
    const { attempt } = begin(memory());
    const { ask, requests } = identity({ mishaps: [mishap, mishap] });
    await assert.rejects(join.credential.obtain(attempt, PLACE, memory(), ask), refused("reply-lost"));
    await assert.rejects(join.credential.obtain(attempt, PLACE, memory(), ask), refused("reply-lost"));
    const reloaded = join.memory.attemptFor(null, memory(), () => assert.fail("words drawn anew")).attempt;
    assert.deepEqual(reloaded, attempt);
    await assertCredential(await join.credential.obtain(reloaded, PLACE, memory(), ask));
    assert.equal(requests.length, 3);
    assert.equal(new Set(requests).size, 1);
  });
}

test("registration failed after signing: nothing is asked of the identity side again", async () => {
  const { memory } = device();
  const { ask, requests } = identity();
  const first = await join.credential.obtain(begin(memory()).attempt, PLACE, memory(), ask);
  const again = await join.credential.obtain(join.memory.attemptFor(null, memory()).attempt, PLACE, memory(), ask);
  assert.deepEqual(again.fields, first.fields);
  assert.equal(requests.length, 1);
});

test("what the identity side says is told apart", async () => {
  for (const [status, body, code] of [
    [410, { code: "ticket-expired" }, "ticket-expired"], [409, { code: "already-issued" }, "already-issued"],
    [403, { code: "closed" }, "closed"], [403, { code: "not-launched" }, "not-launched"], [503, { code: "busy" }, "busy"],
    [429, "", "busy"], [500, { code: "strange" }, "reply-lost"], [400, { code: "strange" }, "sign-refused"], [404, "<p>", "sign-refused"],
  ]) {
    const { memory } = device();
    const { ask } = identity({ mishaps: [(answer) => answer(status, body)] });
    await assert.rejects(join.credential.obtain(begin(memory()).attempt, PLACE, memory(), ask), refused(code));
  }
});

test("what the identity side says is not repeated to people", async () => {
  const { memory } = device();
  const { ask } = identity({ mishaps: [(answer) => answer(400, { code: "call 0800", title: "Call", detail: "0800" })] });
  await assert.rejects(join.credential.obtain(begin(memory()).attempt, PLACE, memory(), ask), ({ code, details }) => {
    assert.equal(join.says.said(code, "Sam", details), "Your key could not be made. Tell Sam, and say “400”.");
    return true;
  });
});

test("a signature by another key is refused", async () => {
  const { memory } = device();
  const other = await newPair();
  const { attempt } = begin(memory());
  const { ask } = identity({ mishaps: [async (answer) => {
    const signed = await join.blind.scheme.blindSign(other.privateKey, new Uint8Array(256).fill(1));
    return answer(200, { signature: base64url(signed) });
  }] });
  await assert.rejects(join.credential.obtain(attempt, PLACE, memory(), ask), refused("signature-wrong"));
  assert.equal(attempt.signature, undefined);
});

test("with a bad key nothing is blinded and nothing is sent", async () => {
  const { publicKey } = await newPair();
  for (const [entries, code] of [
    [await logOf(publicKey), "key-unlisted"],
    [await logOf(pair.publicKey, { eligible: 49 }), "cohort-too-small"],
    [await logOf(pair.publicKey, { campaign: TENANT }), "key-of-another-campaign"],
    [[{ ...log[0], eligible: 51 }], "log-broken"],
  ]) {
    const { memory } = device();
    const { attempt } = begin(memory());
    const { ask, requests } = identity({ entries });
    await assert.rejects(join.credential.obtain(attempt, PLACE, memory(), ask), refused(code));
    assert.equal(attempt.sent, undefined);
    assert.equal(requests.length, 0);
  }
});

test("a site that shows another list on the second visit is refused", async () => {
  const { memory } = device();
  await join.credential.obtain(begin(memory()).attempt, PLACE, memory(), identity().ask);
  const { ask, requests } = identity({ entries: await logOf(pair.publicKey, { eligible: 51 }) });
  await assert.rejects(join.credential.obtain(begin(memory()).attempt, PLACE, memory(), ask), refused("log-rewritten"));
  assert.equal(requests.length, 0);
});

test("a list that does not come is a matter of trying again", async () => {
  const { memory } = device();
  const { attempt } = begin(memory());
  for (const ask of [async () => { throw new TypeError("offline"); }, async () => new Response("", { status: 503 }), async () => new Response("<p>")]) {
    await assert.rejects(join.credential.obtain(attempt, PLACE, memory(), ask), refused("log-unreachable"));
  }
});

test("a new ticket: the same words once a request was sent, new ones before", async () => {
  const { memory } = device();
  const first = begin(memory());
  assert.equal(begin(memory()).attempt.words.join(), first.attempt.words.join());
  const second = begin(memory(), "ticket-2");
  assert.notEqual(second.attempt.words.join(), first.attempt.words.join());
  assert.equal(second.resumed, false);

  const { ask } = identity({ mishaps: [(answer) => answer(410, { code: "ticket-expired" })] });
  await assert.rejects(join.credential.obtain(second.attempt, PLACE, memory(), ask), refused("ticket-expired"));
  const third = begin(memory(), "ticket-3");
  assert.deepEqual(third, { attempt: { ...second.attempt, ticket: "ticket-3" }, resumed: true });
  await assertCredential(await join.credential.obtain(third.attempt, PLACE, memory(), ask));
});

test("attempts of different cohorts do not meet", () => {
  const { memory } = device();
  const one = join.memory.attemptFor({ ticket: "t", key: "1".repeat(64) }, memory(), () => ["one"]).attempt;
  const two = join.memory.attemptFor({ ticket: "t", key: "2".repeat(64) }, memory(), () => ["two"]).attempt;
  assert.deepEqual(memory().attempt(), two);
  memory().forget(two);
  assert.deepEqual(memory().attempt(), one);
  memory().forget(one);
  assert.equal(join.memory.attemptFor(null, memory()), null);
});

test("storage that is forbidden costs only the reload", async () => {
  const forbidden = () => { throw new DOMException("denied", "SecurityError"); };
  const memory = join.memory.memoryOf(CAMPAIGN, forbidden, forbidden);
  await assertCredential(await join.credential.obtain(begin(memory).attempt, PLACE, memory, identity().ask));
  assert.equal(memory.attempt(), null);
});

test("every text names support where it must, and holds no gap", () => {
  for (const code of join.says.codes()) {
    const text = join.says.said(code, "Sam", { code: "x", count: 5, word: "w", suggestions: [] });
    assert.doesNotMatch(text, /undefined|null|\[object/);
    if (/^(log-broken|log-rewritten|key-|cohort-|signature-)/.test(code)) assert.match(text, /Do not go on\. Tell Sam\./);
  }
});
