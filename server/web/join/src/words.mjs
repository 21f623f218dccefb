// The six words: drawing them, and reading them from what somebody typed.
import notDrawn from "../words-not-drawn.txt";
import text from "../words.txt";

/// How many words make a key: about 77 bits.
export const COUNT = 6;

const lines = (file) => file.split("\n").filter((line) => line && !line.startsWith("#"));

/// The words that are read: 7,772. The EFF's list has four more, with a hyphen. They are left out because it has
/// "yo-yo" and "yoyo", which nobody keeps apart on paper; without them a hyphen never matters.
export const READ = Object.freeze(lines(text).filter((word) => !word.includes("-")));

const KNOWN = new Set(READ);
const NOT_DRAWN = new Set(lines(notDrawn));

/// The words that may come up: 7,396. The others hurt somebody, or are hard to spell; `words-not-drawn.txt` has them.
export const LIST = Object.freeze(READ.filter((word) => !NOT_DRAWN.has(word)));

/// The longest list of words that is asked about in one go.
const MOST_SUGGESTIONS = 3;

/// 16-bit numbers below this fall on each word equally often; those above are drawn again.
const FAIR = 0x10000 - (0x10000 % LIST.length);

/// Draws six words. `fill` is `crypto.getRandomValues`, or a test's.
export function draw(fill = (numbers) => crypto.getRandomValues(numbers)) {
  const words = [];
  const number = new Uint16Array(1);
  while (words.length < COUNT) {
    fill(number);
    if (number[0] < FAIR) words.push(LIST[number[0] % LIST.length]);
  }
  return words;
}

/// What was typed in one piece gives words of the list, or itself when it is none: "yo-yo" is "yoyo".
function spelled(piece) {
  const plain = piece.replace(/-/g, "");
  if (KNOWN.has(plain)) return [plain];
  const parts = piece.split("-").filter(Boolean);
  return parts.length > 1 && parts.every((part) => KNOWN.has(part)) ? parts : [plain];
}

/// Reads words from what was typed or pasted: capitals, numbers, commas, hyphens and line ends do not matter.
/// `unknown` holds the words that are not in the list.
export function read(typed) {
  const even = typed.normalize("NFKC").toLowerCase().replace(/[\u2010-\u2015\u2212]/g, "-");
  const pieces = even.match(/[\p{L}\p{M}'’-]+/gu) || [];
  const words = pieces.flatMap(spelled).filter(Boolean);
  return { words, unknown: [...new Set(words.filter((word) => !KNOWN.has(word)))] };
}

/// Words of the list that somebody may have meant: those at the smallest distance, if that is 1 or 2 (1 for short words).
export function suggest(word) {
  const farthest = word.length < 4 ? 1 : 2;
  let nearest = farthest;
  let found = [];
  for (const candidate of READ) {
    if (Math.abs(candidate.length - word.length) > nearest) continue;
    const steps = distance(word, candidate);
    if (steps > nearest) continue;
    if (steps < nearest) found = [];
    nearest = steps;
    found.push(candidate);
  }
  // The first letter is seldom wrong.
  const likely = (candidate) => (candidate[0] === word[0] ? 0 : 1);
  return found.sort((a, b) => likely(a) - likely(b)).slice(0, MOST_SUGGESTIONS);
}

/// Letters to add, leave out, change, or swap with their neighbour.
export function distance(a, b) {
  let before = [];
  let last = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    [before, last, row] = [last, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.length];
}
