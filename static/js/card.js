/* The card while it is filled in. Without this script the card is complete and can be sent. */
import { Autosave } from "./autosave.js";
import { conditionalQuestions } from "./conditions.js";
import { clearError, showErrors } from "./errors.js";
import { quickAnswers } from "./inputs.js";
import { sectionProgress } from "./progress.js";

const form = document.getElementById("card-form");
const line = document.getElementById("save-state");
const PROBLEMS = ["partly", "offline", "session", "forbidden", "conflict", "invalid", "failed"];

function key(prefix, state) {
  return prefix + state[0].toUpperCase() + state.slice(1);
}

/* What cannot be sent lies sealed on a device that works in the field, until the site has it. */
let stashed = false;
async function keepHere(state) {
  if (!("field" in line.dataset)) return;
  if (state === "saved" && !stashed) return;
  const { drop, stash } = await import("./field/stash.js");
  if (state === "saved") {
    stashed = false;
    await drop(form);
  } else if (["offline", "session", "failed"].includes(state) && (await stash(form))) {
    stashed = true;
    line.querySelector("[data-save-text]").textContent = line.dataset.textKept;
  }
}

/* A line that says where things stand; only trouble is read aloud. */
function report(state, answer) {
  if (line) keepHere(state);
  if (["saved", "partly", "invalid"].includes(state)) {
    showErrors(form, answer.errors || {});
    updateProgress();
  }
  if (!line) return;
  const text = (line.dataset[key("text", state)] || "").replace("{time}", answer.saved_at || "");
  line.dataset.state = state;
  line.querySelector("[data-save-text]").textContent = text;
  const alert = document.querySelector("[data-save-alert]");
  const spoken = PROBLEMS.includes(state) ? text : "";
  if (alert && state !== "saving" && alert.textContent !== spoken) alert.textContent = spoken;
  const link = line.querySelector("[data-save-link]");
  link.hidden = !(state === "session" || state === "conflict");
  if (link.hidden) return;
  link.textContent = line.dataset[key("label", state)];
  link.href = state === "session" ? line.dataset.hrefSession : answer.url || location.href;
}

const updateProgress = form ? sectionProgress(form) : () => {};

/* The buttons: first what is typed goes to the server in the background; only then the page moves
   on. If it cannot, the page stays, with everything on it. */
function guardedSubmit(saving) {
  form.addEventListener("submit", async (event) => {
    if (!saving.url || !saving.unsaved) {
      saving.leaving = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    if (submitter) submitter.setAttribute("aria-busy", "true");
    const state = await saving.save();
    if (submitter) submitter.removeAttribute("aria-busy");
    // what the server refuses it explains best on its own page, with everything typed; after a
    // session has ended it carries the answers through the sign-in page
    if (!["saved", "partly", "invalid", "conflict", "session"].includes(state)) return;
    saving.leaving = true;
    if (submitter && submitter.name) {
      const pressed = document.createElement("input");
      Object.assign(pressed, { type: "hidden", name: submitter.name, value: submitter.value });
      form.append(pressed);
    }
    HTMLFormElement.prototype.submit.call(form);
  });
}

if (form) {
  const updateQuestions = conditionalQuestions(form);
  const saving = new Autosave(form, report);
  const changed = (event) => {
    updateQuestions();
    const question = event.target.closest(".question");
    if (question) clearError(question);
    updateProgress();
    saving.changed();
  };
  // a text tells of itself at every key, everything else when it is chosen
  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio" || event.target.type === "checkbox") changed(event);
  });
  // an answer to the editor is sent with a button only, so that it is whole
  window.addEventListener("beforeunload", (event) => {
    const unsent = [...form.querySelectorAll("[data-message]")].some((box) => box.value !== box.defaultValue);
    if (unsent && !saving.leaving) event.preventDefault();
  });
  quickAnswers(form);
  guardedSubmit(saving);
  updateQuestions();
  updateProgress();
}
