/* Counting a crowd: by taps, again after a while, every count with its time. And where one is. */
import { now, timeOf } from "../clock.js";
import { write } from "../inputs.js";
import { $, button, cities, h, say } from "./html.js";
import { labelOf } from "./form.js";

const AGAIN = 15; // minutes
const SUBJECTS = ["participants", "police"];
const NEAR = 60; // kilometres

let tally = null; // { subject, sum, earlier, done }

export const highest = (counts, subject) =>
  Math.max(...counts.filter((count) => count.subject === subject).map(({ best }) => best));

/* Puts a button for counting and the list of counts under both numbers; record() is the open card. */
export function crowd(form, record, changed) {
  for (const subject of SUBJECTS) {
    const question = form.querySelector(`.question[data-field="${subject}"]`);
    const add = (best) => {
      record().counts.push({ subject, best, at: timeOf(now()), basis: "counted" });
      use(form, subject, highest(record().counts, subject));
      changed();
    };
    const keys = h("p", { class: "field-counts__keys" }, button(say("tally"), () => open(subject, add)));
    const list = h("ul", { class: "rows", "data-counts": subject });
    const again = h("p", { class: "muted small", "data-again": subject });
    question.append(h("div", { class: "field-counts" }, keys, list, again));
  }
}

function use(form, subject, best) {
  write(form.elements[subject], String(best));
  const basis = form.elements[`${subject}_basis`];
  if (!basis.value) write(basis, "counted");
}

export function showCounts(form, record, changed) {
  for (const subject of SUBJECTS) {
    const list = form.querySelector(`[data-counts="${subject}"]`);
    const mine = record.counts.filter((count) => count.subject === subject);
    const used = Number(form.elements[subject].value);
    const top = highest(record.counts, subject);
    list.replaceChildren(
      ...mine.map((count) =>
        h("li", { class: "rows__row" },
          h("div", {}, h("p", { class: "rows__what" }, say("count_at", { n: count.best, time: count.at })), h("p", { class: "rows__more" }, [count.best === used && say("count_used"), count.best === top && say("count_highest")].filter(Boolean).join(", "))),
          h("div", { class: "actions" },
            count.best === used ? null : button(say("count_use"), () => use(form, subject, count.best)),
            button(say("count_delete"), () => {
              record.counts.splice(record.counts.indexOf(count), 1);
              changed();
            }, "btn-link"))),
      ),
    );
    const last = mine.at(-1);
    const again = form.querySelector(`[data-again="${subject}"]`);
    again.textContent = last ? say("count_again", { time: later(last.at) }) : "";
  }
}

function later(time) {
  const [hours, minutes] = time.split(":").map(Number);
  const total = (hours * 60 + minutes + AGAIN) % (24 * 60);
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

function open(subject, done) {
  tally = { sum: 0, earlier: [], done };
  $("[data-tally-title]").textContent = labelOf(subject);
  show();
  document.getElementById("tally").showModal();
}

function show() {
  $("[data-tally-sum]").textContent = tally.sum;
  $("[data-tally-undo]").disabled = !tally.earlier.length;
}

export function tallyDialog() {
  const dialog = document.getElementById("tally");
  dialog.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key) return;
    if (key.dataset.add) {
      tally.earlier.push(tally.sum);
      tally.sum += Number(key.dataset.add);
      if (navigator.vibrate) navigator.vibrate(8);
    } else if ("tallyUndo" in key.dataset) tally.sum = tally.earlier.pop();
    else {
      dialog.close();
      if ("tallyDone" in key.dataset && tally.earlier.length) tally.done(tally.sum, true);
      return;
    }
    show();
  });
}

/* Kilometres between two places. */
export function distance([lat, lon], [lat2, lon2]) {
  const rad = Math.PI / 180;
  const a = Math.sin(((lat2 - lat) * rad) / 2) ** 2 + Math.cos(lat * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon) * rad) / 2) ** 2;
  return 12_742 * Math.asin(Math.sqrt(a));
}

/* The nearest of the offered cities, without asking anybody but the phone itself. */
export function nearest(position, offered) {
  let best = null;
  for (const [code, lat, lon] of cities) {
    if (!offered(code)) continue;
    const far = distance(position, [lat, lon]);
    if (far <= NEAR && (!best || far < best.far)) best = { code, far };
  }
  return best?.code ?? null;
}

export function nearButton(form, cityLabel) {
  const key = $("[data-near]", form);
  const text = $("[data-near-text]", form);
  key.addEventListener("click", () => {
    text.textContent = say("near_search");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const select = form.elements.city;
        const offered = (code) => [...select.options].some((option) => option.value === code && !option.disabled);
        const code = nearest([coords.latitude, coords.longitude], offered);
        text.textContent = code ? say("near", { city: cityLabel(code) }) : say("near_none");
        if (!code) return;
        write(select, code);
        // About a kilometre: enough for the map, too coarse for whoever reads the phone.
        write(form.elements.latitude, coords.latitude.toFixed(2));
        write(form.elements.longitude, coords.longitude.toFixed(2));
      },
      () => (text.textContent = say("near_refused")),
      { enableHighAccuracy: false, timeout: 15_000, maximumAge: 300_000 },
    );
  });
}
