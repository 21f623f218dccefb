// Bytes as forms, JSON and hashes want them: base64url without padding, hex, UTF-8, UUIDs, SHA-256.

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const utf8 = (text) => new TextEncoder().encode(text);

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const isUuid = (text) => typeof text === "string" && UUID.test(text);

/// The 16 bytes of a hyphenated lower-case UUID.
export function uuidBytes(text) {
  if (!isUuid(text)) throw new Error(`not a UUID: ${text}`);
  return Uint8Array.from(text.replace(/-/g, "").match(/../g), (pair) => parseInt(pair, 16));
}

export function base64url(bytes) {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/// Throws at anything that `base64url` would not have written.
export function fromBase64url(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("not base64url");
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
  if (base64url(bytes) !== text) throw new Error("not base64url in its one spelling");
  return bytes;
}

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
