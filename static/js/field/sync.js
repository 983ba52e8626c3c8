/* Asking the site how things stand: who this is, the key of the device, the open cards. */
import { setAhead } from "../clock.js";
import * as drafts from "./drafts.js";
import * as key from "./key.js";
import { ADDRESSES, speak } from "./link.js";
import { bytesOf } from "./seal.js";
import * as store from "./store.js";

let raw = null; // the key's bytes for setting a PIN; in this tab's memory only, after asking the site

/* The clock as it was found last; before the first contact the phone's own. */
export async function restoreClock() {
  setAhead((await store.meta("ahead")) ?? 0);
}

/* {kind, state}: kind as of link.speak, or "locked". After "ok" the drafts are open. */
export async function refresh({ again = true } = {}) {
  const device = await store.deviceId();
  const { kind, data } = await speak(ADDRESSES.state, { json: { device } });
  if (kind === "forgotten") {
    await forgotten();
    // The device is a new one for the site, with another key.
    return again ? { ...(await refresh({ again: false })), forgotten: true } : { kind, state: null };
  }
  if (kind === "session") await key.endWithTab();
  if (kind !== "ok") return { kind, state: null };
  const ahead = Date.parse(data.server_time) - Date.now();
  // Seconds of difference are the way there; only a wrong clock is corrected.
  const correction = Math.abs(ahead) > 120_000 ? ahead : 0;
  setAhead(correction);
  await store.setMeta("ahead", correction);
  await store.setMeta("owner", { account: data.account, keys: data.keys, lock_after: data.lock_after });
  if (!(await key.fromSite(data.account, bytesOf(data.key), data.sign_in))) return { kind: "locked", state: null };
  const { key: _secret, keys: _keys, sign_in: _signIn, cards, ...rest } = data;
  try {
    await drafts.merge(cards);
    await drafts.keepState(rest);
  } catch (error) {
    // No room for what the site has anyway; what was typed here has its own word about it.
    if (!(error instanceof store.Full)) throw error;
  }
  return { kind, state: rest };
}

/* The device key's bytes, fresh from the site; null without a connection. */
export async function rawKey() {
  const { kind, data } = await speak(ADDRESSES.state, { json: { device: await store.deviceId() } });
  raw = kind === "ok" ? { account: data.account, bytes: bytesOf(data.key) } : null;
  return raw;
}

/* The owner has ended this device's access elsewhere: what it sealed cannot be opened any more. */
async function forgotten() {
  for (const name of ["key", "pin", "passkey", "owner"]) await store.dropMeta(name);
  for (const id of await store.sealedIds()) await store.dropSealed(id);
  await store.dropMeta("device");
  await key.lock();
  for (const name of ["locked", "sign_in"]) await store.dropMeta(name);
}
