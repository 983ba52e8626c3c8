/* The beginning: what waits for the monitor, what waits to be sent. */
import { $, button, clock, day, h, icon, say, setup, size } from "./html.js";
import { titleOf } from "./card.js";
import * as drafts from "./drafts.js";
import * as key from "./key.js";
import * as store from "./store.js";

/* acts: open(uuid), outcome(followup), unlock panel. */
export async function showHome(state, acts) {
  const rows = await store.parcels();
  const owner = await key.owner();
  const records = (await drafts.readAll()).filter((record) => !record.over);
  const returned = records.filter((record) => record.status === "returned");
  const asked = records.filter((record) => record.status === "submitted");
  const begun = records.filter((record) => !returned.includes(record) && !asked.includes(record));
  const mine = rows.filter((row) => owner && row.account === owner.account);
  const others = rows.length - mine.length;
  $("[data-home-top]").replaceChildren(...(await top(acts)));
  const lists = [
    list(say("returned"), returned.map((record) => cardRow(record, acts))),
    list(say("asked"), asked.map((record) => cardRow(record, acts))),
    list(say("drafts"), begun.map((record) => cardRow(record, acts))),
    list(say("parcels"), [...mine.map(parcelRow), others ? h("li", { class: "rows__row" }, `${say("parcel_other")} (${others})`) : null].filter(Boolean), say("parcels_help")),
    list(say("outcomes"), (await drafts.outcomes()).map((back) => backRow(back, state, acts))),
    list(say("followups"), (state.followups ?? []).map((card) => followRow(card, acts))),
    list(say("messages"), (state.messages ?? []).map((text) => h("li", { class: "rows__row" }, h("p", { class: "rows__what" }, text)))),
    list(say("sent"), (state.sent ?? []).map(sentRow)),
  ].filter(Boolean);
  const nothing = key.current() && !lists.length ? [h("p", { class: "muted" }, say("nothing"))] : [];
  $("[data-home-lists]").replaceChildren(...lists, ...nothing);
}

function list(title, rows, help) {
  if (!rows.length) return null;
  return h("section", { class: "field-list" }, h("h2", {}, title, " ", h("span", { class: "count" }, String(rows.length))), help ? h("p", { class: "muted small" }, help) : null, h("ul", { class: "rows" }, rows));
}

function cardRow(record, acts) {
  const facts = [
    record.conflict && say("both"),
    Object.keys(record.errors).length && say("problem"),
    drafts.unsent(record) && say("unsent"),
    record.photos.length && say("photos", { n: record.photos.length }),
  ].filter(Boolean);
  const when = record.answers.date?.[0];
  return h("li", { class: "rows__row" },
    h("button", { class: "field-open", type: "button", onclick: () => acts.open(record.uuid), "data-open": record.uuid },
      h("span", { class: "rows__what" }, titleOf(record)),
      h("span", { class: "rows__more" }, [record.number ? "" : day(when), ...facts].filter(Boolean).join(" · ")),
      record.returned_for ? h("span", { class: "rows__more" }, record.returned_for) : null),
    icon("chevron-right"));
}

function parcelRow(row) {
  const words = { card: "parcel_card", draft: "parcel_draft", outcome: "parcel_outcome", file: "parcel_file" }[row.kind];
  return h("li", { class: "rows__row", "data-parcel": row.kind }, h("p", { class: "rows__what" }, icon("lock"), " ", say(words, { time: clock(row.made), size: size(row.size ?? row.box.length) })));
}

function followRow(card, acts) {
  const facts = [card.due ? say("due") : card.remind_on && say("remind", { date: day(card.remind_on) })];
  return h("li", { class: "rows__row" }, h("div", {}, h("p", { class: "rows__what" }, card.title), h("p", { class: "rows__more" }, facts.filter(Boolean).join(" · "))), button(say("add_outcome"), () => acts.outcome(card)));
}

/* A court outcome that the site gave back. */
function backRow(back, state, acts) {
  const card = (state.followups ?? []).find((one) => one.uuid === back.card) ?? { uuid: back.card, title: "", cases: [] };
  const what = [card.title, ...(back.answers.case_code ?? [])].filter(Boolean).join(" · ");
  return h("li", { class: "rows__row" }, h("div", {}, h("p", { class: "rows__what" }, what), h("p", { class: "rows__more" }, say("problem"))), button(say("correct"), () => acts.outcome(card, back)));
}

function sentRow(card) {
  return h("li", { class: "rows__row" }, h("div", {}, h("p", { class: "rows__what" }, card.title), h("p", { class: "rows__more" }, card.status_label)));
}

/* Nobody has signed in here yet, or the drafts are locked. */
async function top(acts) {
  if (!(await key.owner())) {
    return [h("div", { class: "notice notice--info" }, icon("lock"), h("div", {}, h("p", {}, h("strong", {}, say("first"))), h("p", {}, say("first_help"))))];
  }
  if (key.current()) return [];
  const n = await drafts.lockedCount();
  return [await lockPanel(n, acts)];
}

async function lockPanel(n, acts) {
  const body = [h("p", {}, h("strong", {}, say("locked", { n }))), h("p", {}, say("locked_help")), h("p", { class: "muted small" }, say("locked_new"))];
  const said = h("p", { class: "question__error", role: "alert" });
  if (await key.hasPin()) {
    const pin = h("input", { class: "form-control", id: "pin", type: "password", autocomplete: "off", maxlength: 64 });
    const form = h("form", { class: "field" }, h("label", { class: "field__label", for: "pin" }, say("pin")), h("div", { class: "control-row" }, pin, h("button", { class: "btn btn-primary" }, say("unlock"))), said);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const left = await key.openWithPin(pin.value);
      pin.value = "";
      if (left === Infinity) acts.unlocked();
      else said.textContent = left > 0 ? say("pin_wrong", { n: left }) : say("pin_over");
    });
    body.push(form);
  }
  if (await key.hasPasskey()) {
    body.push(button(say("unlock_passkey"), async () => {
      try {
        if (await key.openWithPasskey()) acts.unlocked();
        else said.textContent = say("passkey_failed");
      } catch {
        said.textContent = say("passkey_failed");
      }
    }), said);
  }
  body.push(h("p", {}, h("a", { class: "btn btn-outline-primary", href: setup.confirm }, say("unlock_site"))));
  return h("section", { class: "notice notice--warning field-locked" }, icon("lock"), h("div", {}, ...body));
}
