/* Building what a page shows. Text is always text: nothing that people typed becomes HTML. */
const read = (id) => JSON.parse(document.getElementById(id).textContent);

export const texts = read("field-texts");
export const labels = read("field-labels");
export const cities = read("field-cities");
export const setup = document.getElementById("field-setup").dataset;
export const language = document.documentElement.lang;

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* A text of the page with its {values}. While a site is being brought up to date a script may be newer
   than its page: then the bare name stands there, and the card can still be filled in. */
export function say(name, values = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (_whole, key) => values[key] ?? "");
}

/* h("p", { class: "muted", onclick: … }, "text", another) */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${setup.icons}#${name}`);
  drawing.append(use);
  return drawing;
}

export const button = (text, onclick, look = "btn-outline-primary") =>
  h("button", { class: `btn ${look}`, type: "button", onclick }, text);

/* A notice at the top of the page; kind: info, success, warning, error. */
export function notice(kind, ...content) {
  const name = { success: "check", info: "info", warning: "warning", error: "warning" }[kind];
  return h("div", { class: `notice notice--${kind}` }, icon(name), h("div", {}, ...content));
}

/* Shows a notice until the page leads elsewhere, and has it read aloud. */
export function tell(kind, text, ...more) {
  $("[data-notices]").replaceChildren(notice(kind, h("p", {}, text), ...more));
  $("[data-said]").textContent = text;
}

export const untell = () => $("[data-notices]").replaceChildren();

const TIME = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });

export const clock = (moment) => TIME.format(new Date(moment));
export const day = (iso) => (iso ? DAY.format(new Date(`${iso.slice(0, 10)}T12:00:00`)) : "");

export function size(bytes) {
  const [unit, by] = bytes < 1e6 ? ["kilobyte", 1e3] : bytes < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const form = { style: "unit", unit, maximumFractionDigits: by > 1e6 ? 1 : 0 };
  return new Intl.NumberFormat(language, form).format(bytes / by);
}

export const seconds = (number) =>
  new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "short" }).format(number);

/* Asks a question in a dialogue; true for yes. */
export function ask(title, text, yes) {
  const dialog = document.getElementById("ask");
  $("[data-ask-title]", dialog).textContent = title;
  $("[data-ask-text]", dialog).textContent = text;
  $("[data-ask-yes]", dialog).textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}
