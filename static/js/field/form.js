/* The card's form as the field page shows and fills it. */
import { OURS } from "./answers.js";
import { conditionalQuestions } from "../conditions.js";
import { quickAnswers } from "../inputs.js";
import { sectionProgress } from "../progress.js";
import { $$, h, icon, labels, say } from "./html.js";

export function fill(form, answers) {
  for (const field of form.elements) {
    if (!field.name || OURS.includes(field.name) || field.type === "file") continue;
    if (field.name.startsWith("answer-") || field.name.startsWith("take_")) continue;
    const given = answers[field.name] ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
    else field.value = given[0] ?? "";
  }
  form.dispatchEvent(new Event("filled"));
}

/* Only the cities of the person's regions, and the one that the card has. null: all. */
export function limitCities(form, codes, chosen) {
  const select = form.elements.city;
  for (const option of select.options) {
    option.hidden = option.disabled = Boolean(codes && option.value && option.value !== chosen && !codes.includes(option.value));
  }
  for (const group of $$("optgroup", select)) group.hidden = ![...group.children].some((option) => !option.hidden);
}

/* What makes the questions come and go, and the sections know how far they are. */
export function liven(form) {
  const questions = conditionalQuestions(form);
  const progress = sectionProgress(form);
  quickAnswers(form);
  return () => {
    questions();
    progress();
  };
}

export function label(form, name, code) {
  if (!code) return "";
  const field = form.elements[name];
  const option = field?.options && [...field.options].find((one) => one.value === code);
  return option ? option.textContent.trim() : "";
}

/* Says at its question that an answer stands as on the person's last card. names: those that do. */
export function showRepeated(form, names) {
  for (const old of $$(".question__repeated", form)) {
    old.previousSibling.remove();
    old.remove();
  }
  for (const name of names) {
    const title = form.querySelector(`.question[data-field="${CSS.escape(name)}"] .question__label`);
    title.append(" ", h("span", { class: "question__repeated" }, say("repeated")));
  }
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const labelOf = (name) => capital(labels[name] ?? name);

/* What the editor asks, at its question; the others are given back. */
export function showThreads(form, threads, replies, changed) {
  for (const old of $$(".asking", form)) old.remove();
  const loose = [];
  for (const thread of threads) {
    if (thread.state === "closed") continue;
    const question = thread.field && form.querySelector(`.question[data-field="${CSS.escape(thread.field)}"]`);
    const block = threadBlock(thread, replies, changed, !question);
    if (question) question.append(block);
    else loose.push(block);
  }
  return loose;
}

function threadBlock(thread, replies, changed, named) {
  const id = `answer-${thread.id}`;
  const box = h("textarea", { class: "form-control", id, name: id, rows: 2, maxlength: 4000, "data-message": true });
  box.value = replies[thread.id] ?? "";
  box.addEventListener("input", () => changed(thread.id, box.value));
  const lines = thread.messages.map(({ who, text }) =>
    h("p", { class: "asking__text" }, h("span", { class: "muted" }, `${who}: `), text),
  );
  const title = named && thread.label ? `${say("asked")}: ${thread.label}` : say("asked");
  return h("div", { class: `asking asking--${thread.state}` }, h("p", { class: "asking__title" }, icon("question"), title), ...lines, h("label", { class: "question__label", for: id }, say("reply")), box);
}

/* Both versions of what differs, to choose from. */
export function conflictBlock(fields, save) {
  const rows = fields.map(({ name, label: text, mine, theirs, take }) => {
    const side = (value, who, words, checked) =>
      h("label", { class: "conflict__side" }, h("input", { type: "radio", name: `take_${name}`, value, checked }), h("span", {}, h("span", { class: "conflict__who" }, who), " ", h("span", { class: "conflict__value" }, words || h("em", {}, say("empty")))));
    return h("fieldset", { class: "conflict" }, h("legend", {}, capital(text)), side("mine", say("mine"), mine, take !== "theirs"), side("theirs", say("theirs"), theirs, take === "theirs"));
  });
  const block = h("section", { class: "conflicts", "aria-labelledby": "conflicts-title", tabindex: "-1" }, h("h2", { id: "conflicts-title" }, say("conflict_title")), h("p", {}, say("conflict_help")), ...rows);
  const choose = h("button", { class: "btn btn-primary", type: "button" }, say("conflict_save"));
  choose.addEventListener("click", () => {
    const take = {};
    for (const input of $$("input:checked", block)) take[input.name.slice("take_".length)] = input.value;
    save(take);
  });
  block.append(h("p", {}, choose));
  return block;
}

/* What the site would have looked at once more before it takes the card. */
export function confirmBlock({ warnings, twins }, send) {
  const asked = warnings.map(({ field, text }) => h("li", {}, field ? h("a", { href: `#id_${field}` }, text) : text));
  if (twins.length) {
    const list = twins.map(({ title, number, url }) => h("li", {}, title, number ? ` (${number})` : "", url ? [" · ", h("a", { href: url }, say("open_site"))] : null));
    asked.push(h("li", {}, say("confirm_twins"), h("ul", {}, list)));
  }
  const codes = [...warnings.map(({ code }) => code), ...(twins.length ? ["duplicate"] : [])];
  const yes = h("button", { class: "btn btn-primary", type: "button", onclick: () => send(codes) }, say("confirm_send"));
  return h("section", { class: "notice notice--warning notice--ask", tabindex: "-1", "aria-labelledby": "confirm-title" }, icon("question"), h("div", {}, h("h2", { class: "notice__title", id: "confirm-title" }, say("confirm")), h("ul", {}, asked), h("p", {}, yes)));
}
