// The public list of keys: is it whole, does it continue the one seen before, and is the offered key in it?
import { fromBase64url, hex, isUuid, sha256, utf8 } from "./bytes.mjs";
import { Refusal } from "./refusal.mjs";

/// The fewest people that a cohort may have. Not a setting: a site could set it lower.
export const LEAST_ELIGIBLE = 50;

const FIRST = "0".repeat(64);
const HASH = /^[0-9a-f]{64}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

// Whatever could make two different entries read alike when hashed is refused.
const isName = (text) => typeof text === "string" && text !== "" && !/[\n,]/.test(text);

function isEntry(entry, index) {
  return entry !== null && typeof entry === "object"
    && entry.index === index
    && isUuid(entry.campaign)
    && isName(entry.cohort)
    && Array.isArray(entry.organisations) && entry.organisations.every(isName)
    && Number.isSafeInteger(entry.eligible) && entry.eligible >= 0
    && typeof entry.public_key === "string" && /^[A-Za-z0-9_-]+$/.test(entry.public_key)
    && typeof entry.made_on === "string" && DATE.test(entry.made_on)
    && HASH.test(entry.previous) && HASH.test(entry.hash);
}

/// The text whose SHA-256 an entry carries as its hash.
export function hashedText(entry) {
  const { index, campaign, cohort, organisations, eligible, public_key: key, made_on: madeOn, previous } = entry;
  return `candour/key-log/1\n${[index, campaign, cohort, organisations.join(","), eligible, key, madeOn, previous].join("\n")}`;
}

/// Refuses a log that is not one unbroken chain, or does not continue `seen` ({index, hash} of an earlier visit, or
/// null). Gives its head, to be remembered; null for an empty log.
export async function verify(entries, seen) {
  if (!Array.isArray(entries)) throw new Refusal("log-broken");
  let previous = FIRST;
  for (const [index, entry] of entries.entries()) {
    if (!isEntry(entry, index) || entry.previous !== previous) throw new Refusal("log-broken");
    if (hex(await sha256(utf8(hashedText(entry)))) !== entry.hash) throw new Refusal("log-broken");
    previous = entry.hash;
  }
  if (seen && entries[seen.index]?.hash !== seen.hash) throw new Refusal("log-rewritten");
  return entries.length ? { index: entries.length - 1, hash: previous } : null;
}

/// The id of a public key: the hex SHA-256 of its SPKI bytes.
export async function keyId(publicKey) {
  return hex(await sha256(fromBase64url(publicKey)));
}

async function withId(entries, id) {
  const found = [];
  for (const entry of entries) {
    // A key that cannot be read is not the offered one.
    if (await keyId(entry.public_key).catch(() => null) === id) found.push(entry);
  }
  return found;
}

/// The one entry of a verified log for the offered key, or the reason why the key must not be used.
export async function find(entries, campaign, id) {
  const offered = await withId(entries, id);
  if (!offered.length) throw new Refusal("key-unlisted");
  const [entry] = offered.filter((candidate) => candidate.campaign === campaign);
  if (!entry) throw new Refusal("key-of-another-campaign");
  const siblings = entries.filter((other) => other.campaign === campaign && other.cohort === entry.cohort);
  // A second cohort over some of the same organisations could hold one person.
  const overlaps = entries.some((other) => other !== entry && other.campaign === campaign
    && other.organisations.some((name) => entry.organisations.includes(name)));
  if (offered.length > 1 || siblings.length > 1 || overlaps) throw new Refusal("key-not-the-only-one");
  if (entry.eligible < LEAST_ELIGIBLE) throw new Refusal("cohort-too-small");
  return entry;
}
