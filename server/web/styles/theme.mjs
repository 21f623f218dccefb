// Compiles candour.scss, console.scss and countdown.scss into stylesheets whose tenant colours are CSS variables.
//
// nhsuk-frontend mixes its colours in Sass, so a tenant's colour cannot be a variable there. Instead: compile twice
// with two sets of sentinel colours; wherever the two results differ stands a tenant colour. Which one, and how it was
// mixed, follows from trying every shade and tint of every sentinel. The variables' names say the mixture
// (--candour-brand-shade-20), and server/domain/src/branding.rs computes the same mixtures for a tenant.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync, constants } from "node:zlib";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const SENTINELS = [
  { brand: [0x5a, 0x21, 0xc7], link: [0x1f, 0x8b, 0x45], button: [0xb3, 0x4e, 0x13] },
  { brand: [0x17, 0x93, 0x2e], link: [0xc4, 0x36, 0x7d], button: [0x29, 0x5c, 0xd1] },
];

const hex = (rgb) => "#" + rgb.map((c) => c.toString(16).padStart(2, "0")).join("");

function compile(name, sentinel) {
  const colours = Object.entries(sentinel).map(([name, rgb]) => `$tenant-${name}: ${hex(rgb)};`).join("\n");
  const [head, source] = ["_head", name].map((file) => readFileSync(join(here, `${file}.scss`), "utf8"));
  return sass.compileString(`${colours}\n${head}\n${source}`, {
    loadPaths: [here, join(here, "node_modules")],
    style: "compressed",
  }).css
    .replace(/^\uFEFF/, "")
    // The package's own clear button of search fields wants an image file; browsers' own does as well.
    .replace(/@supports\(-webkit-mask-position[^{]*\{(?:[^{}]*\{[^{}]*\})*\}/g, "")
    .replace(/[^{}]*::-webkit-search-cancel-button\{[^{}]*\}/g, "");
}

const COLOUR = /#[0-9a-f]{3,8}\b|rgba?\([^)]*\)|hsla?\([^)]*\)/gi;

function parse(token) {
  if (!token.startsWith("#") || ![4, 7].includes(token.length)) throw new Error(`tenant colour with transparency: ${token}`);
  const full = token.length === 4 ? token.slice(1).replace(/./g, "$&$&") : token.slice(1);
  return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
}

const mix = (rgb, towards, percent) => rgb.map((c) => Math.round((towards * percent + c * (100 - percent)) / 100));
const within = (slack) => (a, b) => a.every((c, i) => Math.abs(c - b[i]) <= slack);

// Sass and this script may round half a step differently: an exact match is preferred, one step off is accepted.
function nameOf(first, second) {
  for (const same of [within(0), within(1)]) {
    for (const base of ["brand", "link", "button"]) {
      const [one, two] = SENTINELS.map((sentinel) => sentinel[base]);
      if (same(one, first) && same(two, second)) return `--candour-${base}`;
      for (const [kind, towards] of [["shade", 0], ["tint", 255]]) {
        for (let percent = 1; percent < 100; percent++) {
          if (same(mix(one, towards, percent), first) && same(mix(two, towards, percent), second)) {
            return `--candour-${base}-${kind}-${percent}`;
          }
        }
      }
    }
  }
  throw new Error(`no mixture gives ${hex(first)} and ${hex(second)}`);
}

function theme(name) {
  const [first, second] = SENTINELS.map((sentinel) => compile(name, sentinel));
  const others = second.match(COLOUR);
  const names = new Set();
  let place = 0;
  let css = first.replace(COLOUR, (token) => {
    const other = others[place++];
    if (token === other) return token;
    const name = nameOf(parse(token), parse(other));
    names.add(name);
    return `var(${name})`;
  });
  if (place !== others.length || second.replace(COLOUR, "") !== first.replace(COLOUR, "")) throw new Error("the two results differ in more than colours");
  if (/frutiger|@font-face|url\(|assets\.nhs\.uk/i.test(css)) throw new Error("something of the NHS identity is left in the stylesheet");
  return { css, names: [...names].sort() };
}

function write(name, text) {
  const bytes = Buffer.from(text);
  writeFileSync(join(out, name), bytes);
  const gzip = gzipSync(bytes, { level: 9 });
  gzip[9] = 255; // the operating system's byte, so that the file is the same wherever it is built
  writeFileSync(join(out, `${name}.gz`), gzip);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(join(out, `${name}.br`), brotli);
  console.log(`${name}: ${bytes.length} bytes, gzip ${gzip.length}, brotli ${brotli.length}`);
}

const used = new Set();
for (const name of ["candour", "console", "countdown"]) {
  const { css, names } = theme(name);
  write(`${name}.css`, css + "\n");
  names.forEach((colour) => used.add(colour));
}
for (const script of readdirSync(out).filter((f) => f.endsWith(".js"))) write(script, readFileSync(join(out, script), "utf8"));
console.log(used.size + " tenant colours: " + [...used].sort().join(" "));
