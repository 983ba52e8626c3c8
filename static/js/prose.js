/* Fields in which a report is written, a chapter's or those of a case box in its languages: values
   are found by words while one types between two braces, and the page beside a field shows how it
   will look. Without this script the buttons below the fields do the same.

   ``data-prose`` stands around one such field. Everything in the form that says ``data-sent-as``
   goes with the text when the preview is asked for. */
import { csrfToken } from "./csrf.js";

/* Puts a part of a page, made by the site's templates, into its place; nothing in it runs. */
function fill(place, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const parts = [...page.body.childNodes].map((node) => document.importNode(node, true));
  place.replaceChildren(...parts);
}

const QUIET = 500; // after the last key, before the preview is asked for
const SOON = 150; // and before values are searched

function writing(root) {
  const form = root.closest("form");
  const field = root.querySelector("textarea");
  const list = root.querySelector("[role=listbox]");
  const status = root.querySelector("[data-found-status]");
  const shown = root.querySelector("[data-shown]") ?? document.querySelector("[data-shown]");
  const notes = root.querySelector("[data-notes]");

  /* --- The preview ------------------------------------------------------------------------------ */

  let asked = 0;

  async function preview() {
    const mine = ++asked;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", csrfToken());
    body.set("text", field.value);
    for (const input of form.querySelectorAll("[data-sent-as]")) {
      const other = input.closest("[data-prose]");
      if (!other || other === root) body.set(input.dataset.sentAs, input.value);
    }
    try {
      const response = await fetch(root.dataset.preview, {
        method: "POST", body, credentials: "same-origin", redirect: "manual",
        headers: { Accept: "application/json" },
      });
      if (!response.ok || mine !== asked) return;
      const answer = await response.json();
      if (mine !== asked) return;
      // Both are made by the site's own templates, which escape and clean what people typed.
      fill(shown, answer.html);
      fill(notes, answer.notes);
      shown.classList.remove("is-old");
    } catch {
      // Without a connection the last preview stays; the text is still in its field.
    }
  }

  /* --- Finding a value -------------------------------------------------------------------------- */

  let options = [];
  let chosen = -1;
  let timer = 0;
  let waiting = 0;

  /* What is typed of a reference before the caret: its start in the text, and its last words. */
  function begun() {
    const before = field.value.slice(0, field.selectionStart);
    const start = before.lastIndexOf("{{");
    if (start < 0) return null;
    const inside = before.slice(start + 2);
    if (/[{}\n|]/.test(inside)) return null;
    const verb = /^\s*(share|ratio|change|growth|times|compare|rank|n|unknown|low|high)\s+(?:\S+\s+of\s+)?/.exec(inside);
    const words = verb ? inside.slice(verb[0].length) : inside;
    return { at: start, keep: verb ? inside.slice(0, verb[0].length).trimStart() : "", words: words.trim() };
  }

  async function search() {
    const found = begun();
    if (!found || found.words.length < 1) return close();
    const mine = ++waiting;
    try {
      const url = `${root.dataset.values}?q=${encodeURIComponent(found.words)}`;
      const response = await fetch(url, { credentials: "same-origin", redirect: "manual" });
      if (!response.ok || mine !== waiting) return;
      options = (await response.json()).values;
    } catch {
      return;
    }
    if (begun()) show();
  }

  function show() {
    list.replaceChildren(...options.map((option, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.className = "prose__option";
      const label = document.createElement("span");
      label.textContent = option.label;
      const value = document.createElement("strong");
      value.textContent = option.value;
      item.append(label, " ", value);
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(index);
      });
      return item;
    }));
    status.textContent = options.length
      ? `${options.length} ${status.dataset.some}` : status.dataset.none;
    list.hidden = !options.length;
    mark(options.length ? 0 : -1);
  }

  function mark(index) {
    chosen = index;
    for (const [place, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(place === index));
      if (place === index) item.scrollIntoView({ block: "nearest" });
    }
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${list.id}-${index}`);
  }

  function close() {
    waiting += 1;
    options = [];
    list.hidden = true;
      mark(-1);
  }

  function take(index) {
    const found = begun();
    const option = options[index];
    if (!found || !option) return;
    const address = option.insert.slice(2, -2).trim();
    const after = field.value.slice(field.selectionStart);
    const end = field.selectionStart + (/^[^{}\n]*\}\}/.exec(after)?.[0].length ?? 0);
    field.setRangeText(`{{ ${found.keep}${address} }}`, found.at, end, "end");
    close();
    changed();
  }

  /* --- Together --------------------------------------------------------------------------------- */

  function changed() {
    shown.classList.add("is-old");
    clearTimeout(timer);
    timer = setTimeout(preview, QUIET);
  }

  let searching = 0;
  field.addEventListener("input", () => {
    changed();
    clearTimeout(searching);
    searching = setTimeout(search, SOON);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      mark((chosen + step + options.length) % options.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  field.addEventListener("blur", close);
  for (const input of root.querySelectorAll("[data-sent-as]")) {
    if (input !== field) input.addEventListener("input", changed);
  }
  // A field of several lines may not be called a combobox; the status says what was found.
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
}

/* --- The page --------------------------------------------------------------------------------- */

const fields = [...document.querySelectorAll("[data-prose]")];
const page = fields[0].closest("form");
/* What is typed in the form, to ask before it is left; files are chosen anew. */
const typed = () => [...page.querySelectorAll("textarea, input[type=text], input[type=date], select")]
  .map((input) => input.value).join("\0");
const saved = typed();
let leaving = false;
for (const root of fields) writing(root);
page.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && typed() !== saved) event.preventDefault();
});
for (const button of page.querySelectorAll("[data-no-script]")) button.hidden = true;
