// Why something did not go on. `says.mjs` has the words for each code.
export class Refusal extends Error {
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
