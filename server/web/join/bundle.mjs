// Bundles src/ into one script and compresses it; called by ./build in a copy of this folder with its packages.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const [home, mode] = process.argv.slice(2);
const out = join(home, "..", "static");

const BANNER = `/*! Candour, what a participant's device runs to join and to come back; AGPL-3.0-or-later. Made from server/web/join.
 * Contains @cloudflare/blindrsa-ts (Apache-2.0), the Stanford Javascript Crypto Library (BSD-2-Clause), @noble/ed25519
 * (MIT): see server/web/join/LICENCES.txt; and the EFF long word list (CC BY 3.0 US), see above its words. */`;

const LICENCES = [
  ["@cloudflare/blindrsa-ts", "@cloudflare/blindrsa-ts/LICENSE.txt"],
  ["Stanford Javascript Crypto Library (a copy inside @cloudflare/blindrsa-ts)", "sjcl/LICENSE.txt"],
  ["@noble/ed25519", "@noble/ed25519/LICENSE"],
];

// A plain script and not a module: it works however a page loads it. The name is for the tests; pages do not use it.
async function script() {
  const { outputFiles, warnings } = await build({
    absWorkingDir: here,
    entryPoints: ["src/main.mjs"],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "candourJoin",
    target: ["es2020"],
    charset: "utf8",
    loader: { ".txt": "text" },
    legalComments: "inline",
    banner: { js: BANNER },
    write: false,
  });
  if (warnings.length) throw new Error(warnings.map((warning) => warning.text).join("\n"));
  const text = outputFiles[0].text;
  if (/\beval\(|new Function\(|WebAssembly/.test(text)) throw new Error("the script needs more than the page's policy allows");
  return text;
}

const licences = () => LICENCES.map(([name, file]) => {
  const text = readFileSync(join(here, "node_modules", file), "utf8").replace(/\r/g, "").replace(/[ \t]+$/gm, "").trim();
  return `${name}\n${"=".repeat(name.length)}\n\n${text}\n`;
}).join("\n\n");

function gzip(bytes) {
  const zipped = gzipSync(bytes, { level: 9 });
  zipped[9] = 255; // the operating system's byte, so that the file is the same wherever it is built
  return zipped;
}

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

const same = (path, bytes, unpack = (it) => it) => {
  try {
    return unpack(readFileSync(path)).equals(bytes);
  } catch {
    return false;
  }
};

const bytes = Buffer.from(await script());
const legal = Buffer.from(licences());
const place = join(out, "join.js");
const legalPlace = join(home, "LICENCES.txt");
if (mode === "--check") {
  // Compressed copies may differ between versions of Node; what they hold may not.
  const held = { "join.js": same(place, bytes), "join.js.gz": same(`${place}.gz`, bytes, gunzipSync), "join.js.br": same(`${place}.br`, bytes, brotliDecompressSync), "LICENCES.txt": same(legalPlace, legal) };
  const stale = Object.keys(held).filter((name) => !held[name]);
  if (stale.length) {
    console.error(`not what the sources give: ${stale.join(", ")}; run bash server/web/join/build`);
    process.exit(1);
  }
  console.log("join.js is what the sources give");
} else {
  const [gz, br] = [gzip(bytes), brotli(bytes)];
  writeFileSync(place, bytes);
  writeFileSync(`${place}.gz`, gz);
  writeFileSync(`${place}.br`, br);
  writeFileSync(legalPlace, legal);
  console.log(`join.js: ${bytes.length} bytes, gzip ${gz.length}, brotli ${br.length}`);
}
