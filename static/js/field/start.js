/* On the ordinary pages, after a sign-in: the field page is kept and this device gets its key, so that
   the first card without a connection finds everything there. */
import { csrfToken } from "../csrf.js";
import * as key from "./key.js";
import * as store from "./store.js";
import { refresh } from "./sync.js";

const DONE = "field-ready";

async function start() {
  if (!window.isSecureContext || !("serviceWorker" in navigator) || !navigator.locks) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const notes = await caches.open("field-notes");
  await notes.put("/language", new Response(document.documentElement.lang));
  if (sessionStorage.getItem(DONE) === csrfToken()) return;
  const { kind } = await refresh();
  if (kind === "ok") sessionStorage.setItem(DONE, csrfToken());
  navigator.storage?.persist?.();
}

/* Signing out ends the key; what is not sent stays, sealed, and that is said before. */
function watchSignOut() {
  const form = document.querySelector("form[data-sign-out]");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    if (form.dataset.asked) return;
    event.preventDefault();
    const { drafts, cards } = await unsent();
    const text = form.dataset.unsent.replace("{drafts}", drafts).replace("{cards}", cards);
    if ((drafts || cards) && !window.confirm(text)) return;
    await key.lock();
    form.dataset.asked = "yes";
    form.requestSubmit();
  });
}

async function unsent() {
  try {
    await key.restore();
    const { waiting } = await import("./queue.js");
    const counts = await waiting();
    return { drafts: counts.unsent, cards: counts.cards + counts.outcomes + counts.photos + counts.drafts };
  } catch {
    return { drafts: 0, cards: (await store.parcels()).length };
  }
}

watchSignOut();
start();
