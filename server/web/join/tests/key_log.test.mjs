import assert from "node:assert/strict";
import { test } from "node:test";
import { join, json, refused } from "./bundled.mjs";

const { verify, find, hashedText, keyId } = join.keyLog;
const { entries, hashed, head } = json("../../../credentials/src/key_log/vector.json");
const copy = () => structuredClone(entries);
const campaign = entries[0].campaign;

/// Hashes every entry anew, as whoever rewrites a log would.
async function rehashed(log) {
  let previous = "0".repeat(64);
  for (const [index, entry] of log.entries()) {
    Object.assign(entry, { index, previous });
    entry.hash = previous = join.bytes.hex(await join.bytes.sha256(join.bytes.utf8(hashedText(entry))));
  }
  return log;
}

test("the vector is a whole log", async () => {
  assert.deepEqual(entries.map(hashedText), hashed);
  assert.deepEqual(await verify(entries, null), { index: entries.length - 1, hash: head });
  assert.equal(await verify([], null), null);
});

test("the offered key is found, by campaign and cohort", async () => {
  for (const entry of entries) assert.equal(await find(entries, entry.campaign, await keyId(entry.public_key)), entry);
});

const BREAKS = {
  "a key exchanged": (log) => { log[1].public_key = log[2].public_key; },
  "a cohort renamed": (log) => { log[0].cohort = "icb-2"; },
  "a campaign exchanged": (log) => { log[0].campaign = log[2].campaign; },
  "a count changed": (log) => { log[1].eligible += 1; },
  "a date changed": (log) => { log[1].made_on = "2026-03-03"; },
  "an organisation moved": (log) => { log[1].organisations.pop(); },
  "an entry left out": (log) => { log.splice(1, 1); },
  "the first entry left out": (log) => { log.shift(); },
  "two entries swapped": (log) => { log.reverse(); },
  "an entry twice": (log) => { log.push(log[2]); },
  "a hash that is not one": (log) => { log[2].hash = log[2].hash.toUpperCase(); },
  "a wrong link": (log) => { log[1].previous = log[1].hash; },
  "a number as text": (log) => { log[0].eligible = String(log[0].eligible); },
  "an index as text": (log) => { log[0].index = "0"; },
  "names joined differently": (log) => { log[1].organisations = [log[1].organisations.join(",")]; },
  "fields shifted by a line end": (log) => { log[0].cohort = "icb\nicb"; log[0].organisations = []; },
  "no entry": (log) => { log[1] = null; },
};

for (const [how, act] of Object.entries(BREAKS)) {
  test(`refused: ${how}`, async () => {
    const log = copy();
    act(log);
    await assert.rejects(verify(log, null), refused("log-broken"));
  });
}

test("refused: no list at all", async () => {
  for (const log of [undefined, null, {}, "[]", 3]) await assert.rejects(verify(log, null), refused("log-broken"));
});

test("refused: names that read alike when hashed, though every hash fits", async () => {
  for (const act of [BREAKS["names joined differently"], BREAKS["fields shifted by a line end"]]) {
    const log = copy();
    act(log);
    await assert.rejects(verify(await rehashed(log), null), refused("log-broken"));
  }
});

test("refused: entries that do not hang together, though every hash fits its entry", async () => {
  for (const at of [0, 1, 2]) {
    const log = copy();
    log[at].previous = "1".repeat(64);
    log[at].hash = join.bytes.hex(await join.bytes.sha256(join.bytes.utf8(hashedText(log[at]))));
    await assert.rejects(verify(log, null), refused("log-broken"));
  }
});

test("a log continues the one seen before, or is refused", async () => {
  const seen = { index: 1, hash: entries[1].hash };
  await verify(entries, seen);
  await verify(entries, { index: 2, hash: head });
  await assert.rejects(verify(copy().slice(0, 1), seen), refused("log-rewritten"));
  const rewritten = copy();
  rewritten[0].eligible += 1;
  await assert.rejects(verify(await rehashed(rewritten), seen), refused("log-rewritten"));
  await assert.rejects(verify([], seen), refused("log-rewritten"));
});

test("refused: a key that must not be used", async () => {
  const id = await keyId(entries[0].public_key);
  await assert.rejects(find(entries, campaign, "0".repeat(64)), refused("key-unlisted"));
  await assert.rejects(find(entries.slice(1), campaign, id), refused("key-unlisted"));
  await assert.rejects(find(entries, entries[2].campaign, id), refused("key-of-another-campaign"));

  const twoKeys = copy();
  Object.assign(twoKeys[2], { campaign });
  await assert.rejects(find(twoKeys, campaign, id), refused("key-not-the-only-one"));
  const twoCohorts = copy();
  twoCohorts[1].public_key = twoCohorts[0].public_key;
  await assert.rejects(find(twoCohorts, campaign, id), refused("key-not-the-only-one"));
  const hidden = copy();
  Object.assign(hidden[2], { campaign, cohort: "hidden", organisations: [hidden[0].organisations[0]] });
  await assert.rejects(find(hidden, campaign, id), refused("key-not-the-only-one"));
  const small = copy();
  small[0].eligible = 49;
  await assert.rejects(find(small, campaign, id), refused("cohort-too-small"));
  small[0].eligible = 50;
  assert.equal(await find(small, campaign, id), small[0]);
});
