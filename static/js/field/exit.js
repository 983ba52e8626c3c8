/* Away in one tap, and everything gone in two. */
import { csrfToken } from "../csrf.js";
import * as key from "./key.js";
import { ADDRESSES, speak } from "./link.js";
import * as store from "./store.js";

const AWAY = "away"; // in sessionStorage: js/theme.js leads every page of this tab to CALENDAR
const CALENDAR = "/calendar/"; // cuts the tab's history off, and leads on where the bureau wishes

/* Not waited for: it goes out while the page leaves. Without a network the worker does it before it
   loads anything else from the site. */
async function signOut() {
  const notes = await caches.open("field-notes");
  await notes.put("/sign-out", new Response(csrfToken()));
  return fetch(ADDRESSES.signOut, { method: "POST", headers: { "X-CSRFToken": csrfToken() }, keepalive: true, redirect: "manual" }).catch(() => {});
}

/* Hides the page, locks the drafts, signs out, leaves nothing to go back to. */
export async function quickExit(flush, harmless) {
  document.body.hidden = true;
  document.title = "";
  try {
    sessionStorage.setItem(AWAY, harmless);
  } catch {
    // without storage the history keeps its names; the pages behind them are locked all the same
  }
  await Promise.race([leave(flush), new Promise((late) => setTimeout(late, 700))]);
  go();
}

async function leave(flush) {
  key.whenLocked(() => {}); // the page is being left: nothing is to be shown any more
  await flush();
  await key.lock();
  await Promise.race([signOut(), new Promise((late) => setTimeout(late, 200))]);
}

/* The first page of this tab becomes the harmless one; what lay after it can be reached no more. */
function go() {
  const entries = window.navigation?.entries?.() ?? [];
  const first = entries[0];
  if (first && first.key !== window.navigation.currentEntry.key) {
    window.addEventListener("popstate", () => location.replace(CALENDAR));
    const led = window.navigation.traverseTo(first.key);
    led.committed.catch(() => location.replace(CALENDAR));
    return;
  }
  location.replace(CALENDAR);
}

/* Everything off this device; what was not sent is lost. */
export async function wipeDevice(harmless) {
  document.body.hidden = true;
  key.whenLocked(() => {});
  await speak(ADDRESSES.forget, { json: { device: await store.deviceId() }, patience: 3_000 });
  await key.lock();
  await store.wipe();
  await Promise.race([signOut(), new Promise((late) => setTimeout(late, 3_000))]);
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  localStorage.clear();
  sessionStorage.clear();
  location.replace(harmless);
}
