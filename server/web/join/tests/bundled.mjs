// The script as pages load it, run here: without a document it only defines its functions.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";

const fileAt = (path) => fileURLToPath(new URL(path, import.meta.url));

runInThisContext(readFileSync(fileAt("../../static/join.js"), "utf8"), { filename: "join.js" });

export const join = globalThis.candourJoin;
export const json = (path) => JSON.parse(readFileSync(fileAt(path), "utf8"));

/// What `assert.rejects` takes for a refusal with this code.
export const refused = (code) => (error) => {
  if (error.code !== code) throw new Error(`refused with ${error.code ?? error}, not with ${code}`);
  return true;
};
