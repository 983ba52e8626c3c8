/* The desk by keyboard, and marks without a new page. Every key stands for a button or link on the
   page, none fires while typing, and all can be switched off in this browser (WCAG 2.1.4). */

const OFF = "desk-keys";
const dialog = document.getElementById("keys");
const helpButton = document.querySelector("[data-keys-help]");

function switchedOn() {
  try {
    return localStorage.getItem(OFF) !== "off";
  } catch {
    return true; // storage may be forbidden; the keys then work
  }
}

function remember(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "off");
  } catch {
    // the choice then lasts for this page only
  }
}

let on = switchedOn();

function typing(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

function answers() {
  return [...document.querySelectorAll("[data-answer]")];
}

function current() {
  return document.activeElement.closest?.("[data-answer]");
}

function move(step) {
  const all = answers();
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next]?.focus({ preventScroll: true });
  all[next]?.scrollIntoView({ block: "nearest" });
}

/* Opens a folded form and leads into it. */
function unfold(details) {
  if (!details) return;
  details.open = true;
  details.scrollIntoView({ block: "nearest" });
  details.querySelector("textarea, input:not([type=hidden])")?.focus();
}

function transition(name) {
  return document.querySelector(`[data-transition="${name}"]`);
}

/* Approving takes two presses: the first shows what the second will do. */
function approve() {
  const button = transition("approve");
  if (!button) return;
  if (document.activeElement === button) button.click();
  else button.focus();
}

const KEYS = {
  a: approve,
  r: () => unfold(transition("return")),
  x: () => unfold(transition("reject")),
  d: () => unfold(transition("duplicate")),
  v: () => current()?.querySelector("[data-verify]")?.click(),
  q: () => unfold(current()?.querySelector("[data-ask]") || document.querySelector("[data-ask-card]")),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  "?": help,
};

function help() {
  dialog.querySelector("[data-keys-switch]").checked = on;
  dialog.showModal();
}

/* The key by its Latin letter, also where the layout is Russian or Kazakh. */
function named({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code[3].toLowerCase() : key;
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!on || dialog.open || typing(event.target) || (event.shiftKey && event.key !== "?")) return;
  const key = named(event);
  const link = document.querySelector(`a[data-keys~="${CSS.escape(key)}"]`);
  const act = link ? () => link.click() : KEYS[key];
  if (!act) return;
  event.preventDefault();
  act();
}

/* Marks an answer and shows what the server says, without losing one's place. */
async function mark(event) {
  const form = event.target;
  if (form.id !== "verify-form" || !event.submitter) return;
  event.preventDefault();
  const place = current()?.id;
  const body = new FormData(form, event.submitter);
  const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
  const page = response?.ok && new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page || !page.getElementById("verify-form") || page.querySelector(".messages")) {
    location.assign(response?.url || location.href); // signed out, or something to be told
    return;
  }
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (fresh && !fresh.isEqualNode(old) && !old.querySelector("[data-ask][open]")) old.replaceWith(fresh);
  }
  if (place) document.getElementById(place)?.focus({ preventScroll: true });
  delete form.dataset.sent;
}

document.addEventListener("keydown", pressed);
document.addEventListener("submit", mark);
helpButton?.addEventListener("click", help);
if (helpButton) helpButton.hidden = false;
dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
dialog.querySelector("[data-keys-switch]").addEventListener("change", (event) => {
  on = event.target.checked;
  remember(on);
});
if (location.hash.startsWith("#answer-")) document.querySelector(location.hash)?.focus();
