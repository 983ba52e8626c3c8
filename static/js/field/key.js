/* The device's key: it comes from the site with a sign-in, opens the drafts for a time, and may be
   brought back without a connection by a PIN or a passkey that the monitor has set. */
import * as store from "./store.js";
import { importKey } from "./seal.js";

const ROUNDS = 600_000; // OWASP's figure for PBKDF2 with SHA-256
const TRIES = 10;
const encoder = new TextEncoder();

let open = null; // { account, key }
let timer = 0;
let onLock = () => {};

export const current = () => open;
export const whenLocked = (action) => (onLock = action);

/* Whose device this is and what the bureau's keys are; nothing secret. null before the first sign-in. */
export const owner = () => store.meta("owner");

export async function lockAfter() {
  return (await store.meta("lock_after")) ?? (await owner())?.lock_after ?? 12 * 3600;
}

async function use(account, key) {
  const seconds = await lockAfter();
  open = { account, key };
  await store.dropMeta("locked");
  // A clock that was set back does not make the time longer than it is from now.
  await store.setMeta("key", { account, key, since: Date.now(), until: Date.now() + seconds * 1000 });
  clearTimeout(timer);
  timer = setTimeout(lock, Math.min(seconds * 1000, 2 ** 31 - 1));
}

/* Opens with what was left open; true if it did. */
export async function restore() {
  const kept = await store.meta("key");
  if (!kept) return false;
  const left = kept.until - Date.now();
  if (left <= 0 || Date.now() < kept.since - 60_000) {
    await close();
    return false;
  }
  open = { account: kept.account, key: kept.key };
  clearTimeout(timer);
  timer = setTimeout(lock, Math.min(left, 2 ** 31 - 1));
  return true;
}

/* The site has said which key is this device's. What was locked stays locked until somebody has shown
   who they are again: the sign-in of before does not open it. signIn: which sign-in that is. true if
   the drafts are open. */
export async function fromSite(account, bytes, signIn) {
  if ((await store.meta("locked")) === signIn) return false;
  await store.setMeta("sign_in", signIn);
  await use(account, await importKey(bytes));
  return true;
}

async function close() {
  await store.setMeta("locked", (await store.meta("sign_in")) ?? "");
  await store.dropMeta("key");
}

export async function lock() {
  open = null;
  clearTimeout(timer);
  await close();
  onLock();
}

/* Lets go of the key for the next start; what stands open in this tab may be finished. */
export const endWithTab = () => store.dropMeta("key");

async function pinKey(pin, salt) {
  const secret = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function wrap(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

const unwrap = async (key, { iv, data }) =>
  new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data));

export const hasPin = async () => Boolean(await store.meta("pin"));
export const dropPin = () => store.dropMeta("pin");

export async function setPin(pin, account, bytes) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const box = await wrap(await pinKey(pin, salt), bytes);
  await store.setMeta("pin", { account, salt, box, tries: TRIES });
}

/* How many tries are left after this one; Infinity if it was right. */
export async function openWithPin(pin) {
  const kept = await store.meta("pin");
  if (!kept) return 0;
  // Counted before it is tried: who pulls the plug gets no more tries.
  await store.setMeta("pin", { ...kept, tries: kept.tries - 1 });
  try {
    const bytes = await unwrap(await pinKey(pin, kept.salt), kept.box);
    await store.setMeta("pin", { ...kept, tries: TRIES });
    await use(kept.account, await importKey(bytes));
    return Infinity;
  } catch {
    if (kept.tries <= 1) await dropPin();
    return kept.tries - 1;
  }
}

async function passkeySecret(id, salt) {
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      allowCredentials: [{ type: "public-key", id }],
      userVerification: "required",
      extensions: { prf: { eval: { first: salt } } },
    },
  });
  const secret = found.getClientExtensionResults().prf?.results?.first;
  return secret ? crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]) : null;
}

export const hasPasskey = async () => Boolean(await store.meta("passkey"));

/* A passkey of this device alone: it never speaks to the site. false where devices cannot do that. */
export async function setPasskey(account, bytes) {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rp: { name: location.hostname },
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name: "drafts", displayName: "drafts" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { userVerification: "required", residentKey: "discouraged" },
      extensions: { prf: {} },
    },
  });
  if (!made.getClientExtensionResults().prf?.enabled) return false;
  const secret = await passkeySecret(made.rawId, salt);
  if (!secret) return false;
  await store.setMeta("passkey", { account, id: made.rawId, salt, box: await wrap(secret, bytes) });
  return true;
}

export async function openWithPasskey() {
  const kept = await store.meta("passkey");
  const secret = kept && (await passkeySecret(kept.id, kept.salt));
  if (!secret) return false;
  await use(kept.account, await importKey(await unwrap(secret, kept.box)));
  return true;
}
