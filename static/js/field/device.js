/* What this device keeps, who may open it, and how it all goes away. */
import { $, ask, say, size, tell } from "./html.js";
import * as drafts from "./drafts.js";
import { wipeDevice } from "./exit.js";
import * as key from "./key.js";
import * as queue from "./queue.js";
import * as store from "./store.js";
import { rawKey } from "./sync.js";

const SUN = "sunlight";
let installing = null;

export function sunlight() {
  try {
    document.documentElement.toggleAttribute("data-sun", localStorage.getItem(SUN) === "yes");
  } catch {
    // storage may be forbidden; the ordinary look stands
  }
}

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing = event;
  $("[data-install]").hidden = false;
});

export function setUp(harmless) {
  $("[data-sunlight]").addEventListener("change", ({ target }) => {
    localStorage.setItem(SUN, target.checked ? "yes" : "no");
    sunlight();
  });
  $("[data-install]").addEventListener("click", async ({ target }) => {
    await installing.prompt();
    target.hidden = true;
  });
  $("[data-lock-after]").addEventListener("change", ({ target }) => store.setMeta("lock_after", Number(target.value) * 3600));
  $("[data-lock-now]").addEventListener("click", () => key.lock());
  $("[data-pin-form]").addEventListener("submit", setPin);
  $("[data-passkey-set]").addEventListener("click", setPasskey);
  $("[data-wipe]").addEventListener("click", () => wipe(harmless));
}

export async function show() {
  const hours = Math.round((await key.lockAfter()) / 3600);
  $("[data-lock-after]").value = String(hours);
  $("[data-sunlight]").checked = document.documentElement.hasAttribute("data-sun");
  $("[data-pin-text]").textContent = (await key.hasPin()) ? say("pin_set") : "";
  $("[data-passkey-set]").hidden = !window.PublicKeyCredential;
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const kept = await navigator.storage?.persisted?.();
  $("[data-storage]").textContent = `${say("storage", { used: size(usage), all: size(quota) })}. ${say(kept ? "storage_kept" : "storage_loose")}`;
}

async function setPin(event) {
  event.preventDefault();
  const field = $("#new-pin");
  const said = $("[data-pin-text]");
  if (field.value.length < 6) {
    said.textContent = say("pin_short");
    return;
  }
  const raw = await rawKey();
  if (!raw) {
    said.textContent = say("pin_offline");
    return;
  }
  await key.setPin(field.value, raw.account, raw.bytes);
  field.value = "";
  said.textContent = say("pin_set");
}

async function setPasskey() {
  const said = $("[data-passkey-text]");
  const raw = await rawKey();
  if (!raw) {
    said.textContent = say("pin_offline");
    return;
  }
  try {
    said.textContent = say((await key.setPasskey(raw.account, raw.bytes)) ? "passkey_set" : "passkey_none");
  } catch {
    said.textContent = say("passkey_none");
  }
}

async function wipe(harmless) {
  const counts = await queue.waiting();
  const locked = await drafts.lockedCount();
  const lost = { cards: counts.cards + counts.outcomes + counts.others, drafts: counts.unsent + counts.drafts + locked, photos: counts.photos };
  const any = Object.values(lost).some(Boolean);
  const text = any ? say("wipe_lost", lost) : say("wipe_nothing");
  if (!(await ask(say("wipe_ask"), text, say("wipe_now")))) return;
  try {
    await wipeDevice(harmless);
  } catch (error) {
    document.body.hidden = false;
    tell("error", String(error));
  }
}
