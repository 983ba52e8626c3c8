/* What every page does beyond HTML. Everything works without it. */
import { csrfToken } from "./csrf.js";

function themeSwitch() {
  const group = document.querySelector("[data-theme-switch]");
  if (!group || !window.zhinalysTheme) return;
  group.hidden = false;
  const current = window.zhinalysTheme.read();
  for (const input of group.querySelectorAll("input")) {
    input.checked = input.value === current;
    input.addEventListener("change", () => window.zhinalysTheme.choose(input.value));
  }
}

/* Panels that fold on the phone stand open where there is room. */
function openWherePossible() {
  const wide = window.matchMedia("(min-width: 62rem)");
  const panels = document.querySelectorAll("details[data-open-wide]");
  const apply = () => {
    for (const panel of panels) if (wide.matches) panel.open = true;
  };
  wide.addEventListener("change", apply);
  apply();
}

/* A menu closes on Escape and when the focus or a tap goes elsewhere. */
function menus() {
  for (const menu of document.querySelectorAll("details[data-menu]")) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }
}

/* A second tap on a slow network must not send a form twice. Forms that may be refused on the
   client (the card) look after themselves. */
function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-resubmit")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 10_000); // a download leaves the page standing
  });
  // coming back with the back button shows the page as it was left
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

/* Signing in again in another tab changes the token; a form opened before takes the new one. */
function freshTokens() {
  document.addEventListener(
    "submit",
    (event) => {
      const token = event.target.elements.csrfmiddlewaretoken;
      if (token) token.value = csrfToken() || token.value;
    },
    true,
  );
}

/* Shows a field and gives it the focus, also one in a folded part of the page. */
function goTo(id) {
  const target = id && document.getElementById(id);
  if (!target) return false;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
  return true;
}

/* A summary of errors or questions takes the focus; every link to a field leads into it. */
function leadToFields() {
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#id_']");
    if (link && goTo(link.hash.slice(1))) event.preventDefault();
  });
  if (!summary && location.hash.startsWith("#id_")) goTo(location.hash.slice(1));
}

function revealPasswords() {
  for (const button of document.querySelectorAll("button[data-reveal]")) {
    const input = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
  }
}

freshTokens();
themeSwitch();
openWherePossible();
menus();
sendOnce();
leadToFields();
revealPasswords();
