/* The two seals: the device's key for what may be read again, the bureau's for what may not. */
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

export const importKey = (bytes) =>
  crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

/* A JWE (RFC 7516, general JSON) that the bureau alone can open; keys: its public JWKs. */
export async function forBureau(bytes, keys) {
  // Not needed before something is sealed: the page is there sooner.
  const { GeneralEncrypt, importJWK } = await import("../../vendor/jose/jose.js");
  const box = new GeneralEncrypt(bytes).setProtectedHeader({ enc: "A256GCM", typ: "zhinalys-parcel", cty: "json" });
  for (const { kid, alg, ...key } of keys) {
    box.addRecipient(await importJWK({ kid, ...key }, alg)).setUnprotectedHeader({ alg, kid });
  }
  return box.encrypt();
}

export const parcelOf = (content, keys) => forBureau(encoder.encode(JSON.stringify(content)), keys);

/* The place of a box is sealed with it: a box laid elsewhere does not open. */
export async function lockUp(key, place, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: encoder.encode(place) };
  const data = await crypto.subtle.encrypt(how, key, encoder.encode(JSON.stringify(value)));
  return { iv, data };
}

/* Throws for another key or place. */
export async function openUp(key, place, { iv, data }) {
  const how = { name: "AES-GCM", iv, additionalData: encoder.encode(place) };
  return JSON.parse(decoder.decode(await crypto.subtle.decrypt(how, key, data)));
}

export async function checksum(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
