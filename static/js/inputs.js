/* Quicker ways to answer than typing. The field itself stays the truth: every helper writes into it
   and tells the form with an ordinary "input" event. Whoever fills in the whole form by itself tells
   them with "filled". */
import { dayOf, now, timeOf } from "./clock.js";

export function write(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/* "Today" and "Now". */
function quickFills(form) {
  for (const button of form.querySelectorAll("button[data-fill]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const value = button.dataset.fill === "now" ? timeOf(now()) : dayOf(now());
      write(document.getElementById(button.dataset.target), value);
    });
  }
}

/* Counting people by taps, with undo; an empty field is "not known" until the first tap. */
function counters(form) {
  for (const counter of form.querySelectorAll(".counter")) {
    const field = document.getElementById(counter.dataset.target);
    const undo = counter.querySelector("[data-undo]");
    const earlier = [];
    counter.hidden = false;
    counter.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || field.readOnly) return;
      if (button === undo) write(field, earlier.pop());
      else {
        const known = /^\d+$/.test(field.value.trim()) ? Number(field.value) : null;
        const step = Number(button.dataset.step);
        if (step < 0 && !known) return;
        earlier.push(field.value);
        write(field, String((known ?? 0) + step));
        if (navigator.vibrate) navigator.vibrate(8);
      }
      undo.disabled = !earlier.length;
    });
    form.addEventListener("filled", () => {
      earlier.length = 0;
      undo.disabled = true;
    });
  }
}

/* "None" and "not observed" stand alone. */
function exclusiveAnswers(form) {
  for (const question of form.querySelectorAll("[data-exclusive]")) {
    const alone = question.dataset.exclusive.split(" ");
    question.addEventListener("change", ({ target }) => {
      if (!target.checked) return;
      const single = alone.includes(target.value);
      for (const box of question.querySelectorAll("input[type=checkbox]")) {
        if (box !== target && (single || alone.includes(box.value))) box.checked = false;
      }
    });
  }
}

/* "Not known" empties the number beside it and gives it back when the tick is taken away. */
function unknownTicks(form) {
  for (const tick of form.querySelectorAll("[data-unknown-for]")) {
    const field = document.getElementById(tick.dataset.unknownFor);
    const buttons = tick.closest(".question").querySelectorAll(".counter button:not([data-undo])");
    let earlier = "";
    const apply = () => {
      field.readOnly = tick.checked;
      for (const button of buttons) button.disabled = tick.checked;
    };
    tick.addEventListener("change", () => {
      if (tick.checked) earlier = field.value;
      apply();
      write(field, tick.checked ? "" : earlier);
    });
    form.addEventListener("filled", apply);
    apply();
  }
}

/* A radio button cannot be untouched by itself. */
function clearButtons(form) {
  for (const button of form.querySelectorAll("[data-clear]")) {
    const question = button.closest(".question");
    const radios = [...question.querySelectorAll("input[type=radio]")];
    const update = () => (button.hidden = !radios.some((radio) => radio.checked));
    question.addEventListener("change", update);
    form.addEventListener("filled", update);
    button.addEventListener("click", () => {
      const chosen = radios.find((radio) => radio.checked);
      if (!chosen) return;
      chosen.checked = false;
      chosen.focus();
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
    });
    update();
  }
}

const minutes = (time) => {
  const [hours, rest] = time.split(":").map(Number);
  return hours * 60 + rest;
};

/* Minutes from start to end, or null. An end before the start is on the next day. */
export function lasted(start, end, date = "", endDate = "") {
  if (!start || !end) return null;
  const days = date && endDate ? (Date.parse(endDate) - Date.parse(date)) / 86_400_000 : null;
  const within = minutes(end) - minutes(start);
  if (days !== null) return days * 1440 + within > 0 ? days * 1440 + within : null;
  return within < 0 ? within + 1440 : within || null;
}

function durations(form) {
  for (const line of form.querySelectorAll("[data-duration]")) {
    const { start, end, date, endDate, text, textShort, textNextDay } = line.dataset;
    const fields = [start, end, date, endDate].map((id) => document.getElementById(id));
    const update = () => {
      const values = fields.map((field) => (field ? field.value : ""));
      const total = lasted(...values);
      line.hidden = total === null;
      if (total === null) return;
      const nextDay = values[1] < values[0] && !values[3];
      const words = (total < 60 ? textShort : text)
        .replace("{hours}", Math.floor(total / 60))
        .replace("{minutes}", total % 60);
      line.querySelector("output").textContent = nextDay ? `${words} ${textNextDay}` : words;
    };
    for (const field of fields) if (field) field.addEventListener("input", update);
    form.addEventListener("filled", update);
    update();
  }
}

export function quickAnswers(form) {
  quickFills(form);
  counters(form);
  exclusiveAnswers(form);
  unknownTicks(form);
  clearButtons(form);
  durations(form);
}
