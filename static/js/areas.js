/* Rectangles over a picture, drawn by pointer or by keyboard. The numbers in the table are the
   truth that is sent; without this script they are typed. The site does the blurring: what is shown
   beside the picture comes from there. */
import { csrfToken } from "./csrf.js";

const QUIET = 300; // after the last change, before the preview is asked for
const STEP = 1; // percent, of an arrow key
const LEAST = 0.5; // percent: less is a tap, not a rectangle
const SIDES = ["left", "top", "width", "height"];
const form = document.querySelector("[data-areas]");
const surface = form.querySelector("[data-surface]");
const rows = form.querySelector("[data-rows]");
const result = form.querySelector("[data-result]");
const status = form.querySelector("[data-said]");
const tick = form.querySelector("[name=checked]");
const dropped = form.querySelector("[data-dropped]");
let leaving = false;
let touched = false;

/* --- The rows: one for each area, as they are sent --------------------------------------------- */

const fields = (row) => [...row.querySelectorAll("input")];
const read = (row) => fields(row).map((input) => Number.parseFloat(input.value.replace(",", ".")));
const whole = (area) => area.every(Number.isFinite) && area[2] > 0 && area[3] > 0;
const lines = () => [...rows.rows].filter((row) => fields(row).length === SIDES.length);
const used = () => lines().filter((row) => whole(read(row)));

function write(row, area) {
  fields(row).forEach((input, index) => {
    input.value = String(Math.round(area[index] * 10) / 10);
  });
}

/* An empty row for one more area; made from the last where there is none. */
function freeRow() {
  const empty = lines().find((row) => fields(row).every((input) => !input.value.trim()));
  if (empty) return empty;
  const last = lines().at(-1);
  const row = last.cloneNode(true);
  const number = Number(/\d+$/.exec(fields(last)[0].name)[0]) + 1;
  row.querySelector("th").textContent = String(number + 1);
  fields(row).forEach((input, index) => {
    input.name = `${SIDES[index]}_${number}`;
    input.value = "";
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, String(number + 1)));
  });
  rows.append(row);
  return row;
}

/* --- The rectangles ---------------------------------------------------------------------------- */

const marks = new Map(); // row -> its rectangle

function words(row) {
  const [left, top, width, height] = read(row).map((part) => String(Math.round(part)));
  const number = row.querySelector("th").textContent;
  const said = surface.dataset.says
    .replace("[l]", left).replace("[t]", top).replace("[w]", width).replace("[h]", height);
  return `${surface.dataset.label} ${number}: ${said}`;
}

function draw() {
  for (const row of lines()) {
    const area = read(row);
    let mark = marks.get(row);
    if (!whole(area)) {
      mark?.remove();
      marks.delete(row);
      continue;
    }
    if (!mark) {
      mark = document.createElement("button");
      mark.type = "button";
      mark.className = "areas__area";
      mark.setAttribute("aria-describedby", "draw-help");
      mark.addEventListener("keydown", (event) => key(event, row));
      mark.addEventListener("pointerdown", (event) => grab(event, row, mark));
      const corner = document.createElement("span");
      corner.className = "areas__corner";
      mark.append(corner);
      marks.set(row, mark);
      surface.append(mark);
    }
    SIDES.forEach((side, index) => { mark.style[side] = `${area[index]}%`; });
    mark.setAttribute("aria-label", words(row));
  }
}

/* Inside the picture: a rectangle is moved or cut so that it stays there. */
function fitted([left, top, width, height], cut = false) {
  const inside = (value, most) => Math.min(Math.max(value, 0), most);
  if (cut) {
    const x = inside(left, 100);
    const y = inside(top, 100);
    return [x, y, inside(left + width, 100) - x, inside(top + height, 100) - y];
  }
  const w = inside(width, 100);
  const h = inside(height, 100);
  return [inside(left, 100 - w), inside(top, 100 - h), w, h];
}

function key(event, row) {
  const step = {
    ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP],
  }[event.key];
  const [left, top, width, height] = read(row);
  if (step) {
    event.preventDefault();
    const [x, y] = step;
    write(row, event.shiftKey
      ? fitted([left, top, Math.max(STEP, width + x), Math.max(STEP, height + y)], true)
      : fitted([left + x, top + y, width, height]));
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    for (const input of fields(row)) input.value = "";
    form.querySelector("[data-add]").focus();
  } else {
    return;
  }
  changed();
  if (whole(read(row))) status.textContent = words(row);
}

/* Where a pointer is, in percent of the picture. */
function at(event) {
  const box = surface.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width * 100, (event.clientY - box.top) / box.height * 100];
}

function follow(event, target, update) {
  target.setPointerCapture(event.pointerId);
  const move = (next) => { update(at(next)); draw(); };
  const end = () => {
    target.removeEventListener("pointermove", move);
    target.removeEventListener("pointerup", end);
    target.removeEventListener("pointercancel", end);
    changed();
  };
  target.addEventListener("pointermove", move);
  target.addEventListener("pointerup", end);
  target.addEventListener("pointercancel", end);
}

function grab(event, row, mark) {
  event.stopPropagation();
  event.preventDefault();
  mark.focus();
  const [x, y] = at(event);
  const [left, top, width, height] = read(row);
  const corner = event.target.classList.contains("areas__corner");
  follow(event, mark, ([nowX, nowY]) => write(row, corner
    ? fitted([left, top, Math.max(STEP, width + nowX - x), Math.max(STEP, height + nowY - y)], true)
    : fitted([left + nowX - x, top + nowY - y, width, height])));
}

surface.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  event.preventDefault();
  const [x, y] = at(event);
  const row = freeRow();
  follow(event, surface, ([nowX, nowY]) => {
    const area = fitted([Math.min(x, nowX), Math.min(y, nowY), Math.abs(nowX - x), Math.abs(nowY - y)], true);
    if (area[2] > LEAST && area[3] > LEAST) write(row, area);
    else for (const input of fields(row)) input.value = "";
  });
});

form.querySelector("[data-add]").addEventListener("click", () => {
  const row = freeRow();
  write(row, [40, 40, 20, 20]);
  changed();
  marks.get(row).focus();
});
form.querySelector("[data-clear]").addEventListener("click", () => {
  for (const row of lines()) for (const input of fields(row)) input.value = "";
  changed();
});
rows.addEventListener("input", () => changed());

/* --- What the site makes of it ----------------------------------------------------------------- */

let timer = 0;
let asked = 0;

async function preview() {
  const mine = ++asked;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", csrfToken());
  for (const row of used()) for (const input of fields(row)) body.set(input.name, input.value);
  try {
    const response = await fetch(form.dataset.preview, {
      method: "POST", body, credentials: "same-origin", redirect: "manual",
      headers: { Accept: "application/json" },
    });
    if (!response.ok || mine !== asked) return;
    const answer = await response.json();
    if (mine !== asked) return;
    result.src = answer.picture;
    result.classList.remove("is-old");
  } catch {
    // Without a connection the last picture stays; the areas are still in their rows.
  }
}

/* The tick was given to another picture: it falls when an area changes, here and on the site. */
function changed() {
  draw();
  touched = true;
  if (tick) {
    tick.checked = false;
    tick.disabled = true;
    dropped.hidden = false;
  }
  result.classList.add("is-old");
  clearTimeout(timer);
  timer = setTimeout(preview, QUIET);
}

form.addEventListener("input", () => { touched = true; });
form.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && touched) event.preventDefault();
});
surface.classList.add("areas--drawn");
for (const part of form.querySelectorAll("[data-script]")) part.hidden = false;
form.querySelector("[data-numbers]").open = form.querySelector(".areas__wrong") !== null;
draw();
