import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { join } from "./bundled.mjs";

const { LIST, READ, draw, read, suggest, distance } = join.words;

/// Deals these 16-bit numbers, in their order.
const dealing = (numbers) => {
  const rest = [...numbers];
  return (place) => place.set([rest.shift()]);
};

test("the list is the EFF's but for its four words with a hyphen; no word is the beginning of another", () => {
  assert.equal(READ.length, 6 ** 5 - 4);
  assert.equal(new Set(READ).size, READ.length);
  assert.deepEqual([READ[0], READ.at(-1)], ["abacus", "zoom"]);
  assert.ok(READ.every((word) => /^[a-z]{3,9}$/.test(word)));
  const sorted = [...READ].sort();
  assert.ok(sorted.every((word, i) => i === 0 || !word.startsWith(sorted[i - 1])));
});

test("words that hurt somebody or are hard to spell are not drawn, but still read; six of the rest are 77 bits", () => {
  const drawn = new Set(LIST);
  const withheld = READ.filter((word) => !drawn.has(word));
  assert.equal(withheld.length, READ.length - LIST.length);
  for (const word of ["eskimo", "imbecile", "skinhead", "mortuary", "flavored", "canon", "cannon", "schnapps"]) {
    assert.ok(withheld.includes(word), word);
    assert.deepEqual(read(word), { words: [word], unknown: [] });
  }
  assert.deepEqual(suggest("eskimoo"), ["eskimo"]);
  assert.ok(6 * Math.log2(LIST.length) > 77);
});

test("every word that is left out of drawing is one of the list, once", () => {
  const named = readFileSync(new URL("../words-not-drawn.txt", import.meta.url), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  assert.equal(new Set(named).size, named.length);
  assert.deepEqual(named.filter((word) => !READ.includes(word)), []);
  assert.equal(LIST.length, READ.length - named.length);
});

test("each of the 65,536 draws counts once: every word comes of exactly eight, the rest are drawn again", () => {
  const counts = new Map();
  const fill = dealing(Array.from({ length: 0x10000 }, (_, i) => i));
  const wanted = 8 * LIST.length;
  for (let drawn = 0; drawn + 6 <= wanted; drawn += 6) for (const word of draw(fill)) counts.set(word, (counts.get(word) ?? 0) + 1);
  assert.equal(counts.size, LIST.length);
  // Six at a time leave the last few fair numbers over.
  const short = [...counts.values()].filter((count) => count !== 8);
  assert.deepEqual(short, Array.from({ length: wanted % 6 }, () => 7));
});

test("unfair numbers are passed over", () => {
  assert.deepEqual(draw(dealing([59_168, 0, 65_535, 1, 2, 3, 4, 59_167])), [...LIST.slice(0, 5), LIST.at(-1)]);
});

test("drawing from the real source gives six words of the list, and others the next time", () => {
  const [one, two] = [draw(), draw()];
  assert.equal(one.length, 6);
  assert.ok(one.every((word) => LIST.includes(word)));
  assert.notDeepEqual(one, two);
});

test("words are read however they are typed", () => {
  const six = ["abacus", "yoyo", "abdomen", "abide", "zoom", "ability"];
  for (const typed of [
    "abacus yoyo abdomen abide zoom ability",
    "  Abacus, YO-YO;\nAbdomen\tabide. zoom ability ",
    "abacus yo\u2011yo abdomen \u2013 abide \u2013 zoom ability",
    "abacus-yoyo-abdomen-abide-zoom-ability",
    "1. abacus\r\n2. yoyo\r\n3. abdomen\r\n4. abide\r\n5. zoom\r\n6. ability",
    "\uff41\uff42\uff41\uff43\uff55\uff53 yoyo abdomen abide zoom ability",
  ]) assert.deepEqual(read(typed), { words: six, unknown: [] }, typed);
  assert.deepEqual(read(" \n - "), { words: [], unknown: [] });
});

test("unknown words are named once, as they were typed", () => {
  assert.deepEqual(read("abacus appel Appel zürich").unknown, ["appel", "zürich"]);
});

test("what was meant is found", () => {
  assert.ok(suggest("abacas").includes("abacus"));
  assert.deepEqual(suggest("abdomne"), ["abdomen"]); // two letters swapped
  assert.deepEqual(suggest("zolgy"), suggest("zolgy").slice(0, 3));
  assert.ok(suggest("zoologgy").includes("zoology"));
  assert.deepEqual(suggest("xqzvkjw"), []);
  assert.deepEqual(suggest("qx"), []);
  for (const word of LIST.filter((_, i) => i % 97 === 0)) {
    const typo = word.slice(0, 2) + word.slice(3);
    const found = suggest(typo);
    assert.ok(found.length >= 1 && found.length <= 3, typo);
    assert.ok(found.every((other) => distance(other, typo) <= 2));
  }
});

test("distances", () => {
  for (const [a, b, steps] of [["", "", 0], ["appel", "apple", 1], ["abc", "", 3], ["kitten", "sitting", 3], ["ab", "ba", 1], ["same", "same", 0]]) {
    assert.equal(distance(a, b), steps, `${a} ${b}`);
    assert.equal(distance(b, a), steps, `${b} ${a}`);
  }
});

test("what is wrong with typed words is said", () => {
  const said = (typed) => join.wordsOf(typed).refusals.map(({ code, details }) => join.says.said(code, "", details));
  assert.deepEqual(said("abacus abdomen abdominal abide abiding ability"), []);
  assert.deepEqual(said(""), ["Type your six words."]);
  assert.deepEqual(said("abacus"), ["Type six words. You typed one word."]);
  assert.deepEqual(said("abacus abdomen abdominal abide abiding abdomne"), ["We do not know the word “abdomne”. Did you mean “abdomen”?"]);
  assert.equal(said("abacus abdomen abdominal abide xqzvkjw").length, 2);
});
