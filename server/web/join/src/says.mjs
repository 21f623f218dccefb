// What people are told. Plain words: a reading age of 9 to 11.

const STOP = (support) => `Do not go on. Tell ${support}.`;

/// By code: the text, given whom to ask and the details of the refusal.
const TEXTS = {
  "no-link": () => "This page does not know you yet. Come in again as you did before: by your link, your code or your email address. Nothing is lost.",
  "not-safe": () => "This page works only with a safe connection. Its address must begin with https.",
  "kept-not-ticked": () => "Print, save or write down your words. Then tick the box to say that you have kept them safe.",
  "shared-not-chosen": () => "Choose yes or no: is this a shared device?",

  "log-unreachable": () => "We could not get the public list of keys. Nothing is lost. Check your connection, then press “Try again”.",
  "log-broken": (support) => `The public list of keys of this site has been changed or is damaged. ${STOP(support)}`,
  "log-rewritten": (support) => `The public list of keys of this site is not the one that this device saw before. ${STOP(support)}`,
  "key-unlisted": (support) => `The key that this site offered is not in its public list of keys. ${STOP(support)}`,
  "key-of-another-campaign": (support) => `The key that this site offered is for another conversation. ${STOP(support)}`,
  "key-not-the-only-one": (support) => `The public list has more than one key for your group. There must be only one. ${STOP(support)}`,
  "cohort-too-small": (support) => `The key that this site offered is for fewer than 50 people. That could give you away. ${STOP(support)}`,
  "key-unfit": (support) => `The key that this site offered is not of the right kind. ${STOP(support)}`,
  "signature-wrong": (support) => `The answer of this site does not fit the key in its public list. ${STOP(support)}`,

  "reply-lost": () => "No answer came. Nothing is lost, and your words stay the same. Check your connection, then press “Try again”.",
  "busy": () => "Many people are joining right now. Nothing is lost. Wait a minute, then press “Try again”.",
  "ticket-expired": () => "It took too long, so your link must be opened again. Open it in this tab and press its button. Your words stay the same.",
  "already-issued": (support) => `You have joined before. Use the six words that you kept then. The words that this page showed just now do not work. Nobody can make new words for you. Did the page close before you were in, or was this not you? Tell ${support}: they can help you to another way in.`,
  "closed": () => "This conversation is closed, so nobody can join any more.",
  "not-launched": () => "This conversation has not started yet. Open your link again when it has.",
  "sign-refused": (support, { code }) => `Your key could not be made. Tell ${support}, and say “${code}”.`,
  "trouble": (support) => `Something went wrong on this page. Nothing is lost. Load the page again. If that does not help, tell ${support}.`,

  "no-words": () => "Type your six words.",
  "wrong-count": (_, { count }) => `Type six words. You typed ${count === 1 ? "one word" : `${NUMBERS[count] ?? count} words`}.`,
  "unknown-word": (_, { word, suggestions }) => `We do not know the word “${word}”.${meant(suggestions)}`,
};

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

function meant(suggestions) {
  if (!suggestions.length) return " Look at it again.";
  const quoted = suggestions.map((word) => `“${word}”`);
  const last = quoted.pop();
  return ` Did you mean ${quoted.length ? `${quoted.join(", ")} or ` : ""}${last}?`;
}

/// Refusals after which pressing the button again may help.
export const MAY_RETRY = ["log-unreachable", "reply-lost", "busy"];

export const PROGRESS = "Making your key…";
export const PROGRESS_RETURN = "Looking for your key…";
export const AGAIN = "Try again";

export const said = (code, support, details = {}) => (TEXTS[code] ?? TEXTS.trouble)(support || "the support team", details);

/// Does every refusal have words of its own? For a test.
export const codes = () => Object.keys(TEXTS);

/// The file that “Save” makes. Line ends are those that every editor knows.
export const savedFile = (words, title, address) => [
  title ? `Your six words for “${title}”` : "Your six words",
  "",
  ...words.map((word, i) => `${i + 1}. ${word}`),
  "",
  "To come back on another device, type these words here:",
  address,
  "",
  "Keep them to yourself. Whoever has them can write as you.",
  "Nobody can make new words for you.",
  "",
].join("\r\n");
