/* One card that is being filled in: kept on the device at every key, sent when it rests. */
import { dayOf, now } from "../clock.js";
import { clearError, showErrors } from "../errors.js";
import { openQuestions } from "../progress.js";
import { $, $$, ask, clock, h, icon, notice, say, size, tell } from "./html.js";
import * as crowd from "./crowd.js";
import * as drafts from "./drafts.js";
import { read } from "./answers.js";
import * as form_ from "./form.js";
import * as habits from "./habits.js";
import * as key from "./key.js";
import { linkState } from "./link.js";
import * as photos from "./photos.js";
import * as queue from "./queue.js";
import * as store from "./store.js";

const KEEP = 300; // milliseconds after the last key
const REST = 3_000; // then it goes to the site
const SHORT = 8_000; // for the answer to "finish"; a slow network must not hold the monitor up

const form = document.getElementById("card-form");
const state = document.getElementById("save-state");
let record = null;
let release = () => {};
let update = () => {};
let home = () => {};
let keepTimer = 0;
let keeping = Promise.resolve();
let cities = null; // codes of the person's regions, null for all
let usual = {}; // where this person was last
let opened = 0; // the revision of the record when it was opened

export const current = () => record;

/* Once: makes the form alive. whenDone(): leads back to the beginning. */
export function setUp(whenDone) {
  home = whenDone;
  update = form_.liven(form);
  for (const name of form.dataset.quick.split(" ")) {
    form.querySelector(`.question[data-field="${name}"]`).classList.add("question--quick");
  }
  crowd.tallyDialog();
  crowd.crowd(form, () => record, typed);
  crowd.nearButton(form, (code) => form_.label(form, "city", code));
  form.addEventListener("input", onInput);
  form.addEventListener("change", onInput);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
  $("[data-save]", form).addEventListener("click", save);
  $("[data-whole]", form).addEventListener("click", whole);
  $("[data-discard]", form).addEventListener("click", discard);
  $("[data-photos]", form).addEventListener("change", addPhotos);
  for (const event of ["pagehide", "freeze"]) window.addEventListener(event, flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
  queue.onQueue(onQueue);
}

/* A new card: today, and where this monitor was last. Of the quick card only what it shows: nobody is
   to answer by what they have not seen. */
function begun(uuid, { quick }) {
  const fresh = drafts.blank(uuid, { date: [dayOf(now())], date_precision: ["exact"] });
  const asked = quick ? form.dataset.quick.split(" ") : habits.NAMES;
  repeat(fresh, habits.NAMES.filter((name) => asked.includes(name)));
  return fresh;
}

/* Answers open questions as on the last card; they are marked until somebody changes them. */
function repeat(about, names) {
  for (const name of names) {
    if (!usual[name] || about.answers[name]?.[0]) continue;
    about.answers[name] = [usual[name]];
    about.repeated.push(name);
  }
}

/* Opens it in this tab; false if another has it, which steal takes it from. */
export async function open(uuid, { quick = false, steal = false, state: told = {} } = {}) {
  await close();
  if (!(await lockCard(uuid, { steal }))) return false;
  if (key.current()) await drafts.readAll();
  usual = await habits.latest(told);
  record = drafts.known(uuid) ?? begun(uuid, { quick });
  record.repeated ??= []; // of a draft that an older version of this page has kept
  record.attachments ??= [];
  opened = record.revision;
  drafts.hold(record, true);
  cities = told.cities ?? null;
  form_.limitCities(form, cities, record.answers.city?.[0]);
  form_.fill(form, record.answers);
  for (const question of $$(".question--error", form)) clearError(question);
  mode(quick && record.editable ? "quick" : "whole");
  show();
  line(drafts.unsent(record) ? "kept" : "idle");
  return true;
}

/* A lock that ends with the tab, or when another tab takes the card over. */
function lockCard(uuid, { steal = false } = {}) {
  return new Promise((taken) => {
    const held = (lock) => {
      taken(Boolean(lock));
      return lock ? new Promise((free) => (release = free)) : null;
    };
    const how = steal ? { steal } : { ifAvailable: true };
    navigator.locks.request(`zhinalys-card-${uuid}`, how, held).catch(() => lost(uuid));
  });
}

function lost(uuid) {
  if (record?.uuid !== uuid) return;
  forget();
  home();
}

function mode(name) {
  form.dataset.mode = name;
  document.body.classList.toggle("has-card-bar", true);
  update();
}

/* All questions; those of the place that the quick card did not show now stand as on the last card too. */
function whole() {
  mode("whole");
  if (!record.editable || !record.repeated.includes("city")) return;
  record.answers = read(form);
  repeat(record, habits.NAMES);
  for (const name of record.repeated) form.elements[name].value = record.answers[name][0];
  form_.showRepeated(form, record.repeated);
  typed();
}

function onInput(event) {
  if (!record || event.target.closest("[data-photo-said], [data-message], [name^=take_]")) return;
  const question = event.target.closest(".question");
  if (question) {
    clearError(question);
    answeredAnew(question.dataset.field);
  }
  typed();
}

/* What was answered here is as on the last card no more; in another city nothing of the old place is. */
function answeredAnew(name) {
  const before = record.answers[name]?.[0] ?? "";
  const field = form.elements[name];
  if (!record.repeated.includes(name) || field.value === before) return;
  const gone = name === "city" ? record.repeated.filter((one) => one !== "city") : [];
  for (const one of gone) form.elements[one].value = "";
  record.repeated = record.repeated.filter((one) => one !== name && !gone.includes(one));
  form_.showRepeated(form, record.repeated);
}

/* Something changed: kept at once, sent when it rests. */
function typed() {
  if (record.editable) record.answers = read(form);
  record.revision += 1;
  record.blocked = false;
  record.confirm = null;
  update();
  crowd.showCounts(form, record, typed);
  line("keeping");
  clearTimeout(keepTimer);
  keepTimer = setTimeout(flush, KEEP);
}

/* Onto the device now. */
export function flush() {
  clearTimeout(keepTimer);
  if (!record || record.revision === record.keptRevision) return keeping;
  const mine = record;
  const { revision } = mine;
  keeping = keeping.then(() => drafts.keep(mine)).then(
    (how) => {
      if (record !== mine) return;
      noteKept(revision);
      // No room for it is nothing lost.
      if (mine.editable && revision !== opened) habits.note(mine).catch(() => {});
      // What was typed meanwhile is not on the device yet, and the line does not say that it is.
      if (mine.revision === revision) line(how === "nowhere" ? "full" : how);
      if (how === "kept" && linkState() !== "session") queue.kick(REST);
    },
    (error) => {
      if (!(error instanceof store.Full)) console.error(error);
      // No room: the site is the only place left.
      if (record === mine) line("full");
      queue.push(mine).catch(() => {});
    },
  );
  return keeping;
}

function noteKept(revision) {
  Object.defineProperty(record, "keptRevision", { value: revision, writable: true, configurable: true, enumerable: false });
}

async function save() {
  await flush();
  if (key.current()) await queue.drain();
  if (record && !record.conflict && !Object.keys(record.errors).length) home();
}

/* What stands open, by the same rules as the site: shown at the questions. */
function stillOpen() {
  const errors = {};
  for (const question of openQuestions(form)) {
    const { field } = question.dataset;
    errors[field] = [say(field === "detained" ? "detained_required" : "required")];
  }
  return errors;
}

async function finish(accepted = []) {
  if (form.dataset.mode === "quick") mode("whole");
  record.answers = read(form);
  const errors = stillOpen();
  showErrors(form, errors);
  update();
  const open = Object.keys(errors).length;
  if (open) {
    alertLine(say("missing", { n: open }));
    lead(form.querySelector(".question--error"));
    return;
  }
  const sending = $("button[type=submit]", form);
  sending.setAttribute("aria-busy", "true");
  sending.disabled = true;
  try {
    await flush();
    await send(accepted);
  } catch (error) {
    if (!(error instanceof store.Full)) throw error;
    line("full");
  } finally {
    sending.removeAttribute("aria-busy");
    sending.disabled = false;
  }
}

async function send(accepted) {
  const mine = record;
  if (key.current() && linkState() !== "session") {
    const { kind, answer } = await queue.push(mine, { action: "submit", accepted, patience: SHORT });
    if (kind === "ok") {
      answered(mine, answer);
      return;
    }
    if (kind === "refused" || kind === "forbidden") {
      tell("error", answer?.error ?? say("gone"));
      return;
    }
  }
  await sealCard(mine, accepted);
}

/* No answer: sealed for the bureau, and nobody here can read it any more. */
async function sealCard(mine, accepted) {
  const owner = await key.owner();
  const open = key.current();
  const row = await drafts.cardParcel(owner, mine, { action: "submit", unseen: true, accepted });
  await store.finish(row, open && drafts.place(open.account, mine.uuid));
  await drafts.drop(mine.uuid);
  forget();
  home();
  tell("success", say("sealed"));
  queue.kick();
}

function answered(mine, answer) {
  if (mine.over) {
    forget();
    home();
    const words = { submitted: say("submitted", { number: answer.number }), held: say("held") }[answer.result] ?? say("already");
    tell("success", words, ...(answer.notices ?? []).map((text) => h("p", {}, text)));
    queue.kick();
    return;
  }
  show();
  lead($("[data-card-asks]").firstElementChild ?? form.querySelector(".question--error"));
}

/* What the queue says of the card that stands open here. */
function onQueue(event, { record: about, answer } = {}) {
  if (event !== "answered" || !record || about !== record) return;
  if (record.over) {
    forget();
    home();
    return;
  }
  if (record.conflict || record.gone) show();
  else {
    showErrors(form, record.errors);
    update();
  }
  if (drafts.unsent(record)) line(record.conflict ? "conflict" : "kept");
  else line(Object.keys(record.errors).length ? "partly" : "saved", { time: answer.saved_at || clock(now()) });
}

function show() {
  const title = titleOf(record);
  $("[data-card-title]").textContent = title;
  $("[data-card-notices]").replaceChildren(
    ...[
      record.returned_for && notice("warning", h("p", {}, h("strong", {}, say("returned"))), h("p", {}, record.returned_for)),
      record.gone && notice("error", h("p", {}, record.gone), h("p", {}, say("gone_kept"))),
    ].filter(Boolean),
  );
  const loose = form_.showThreads(form, record.threads, record.replies, (id, text) => {
    record.replies[id] = text;
    typed();
  });
  const asks = [...loose];
  if (record.conflict) asks.unshift(form_.conflictBlock(record.conflict.fields, choose));
  if (record.confirm) asks.unshift(form_.confirmBlock(record.confirm, finish));
  $("[data-card-asks]").replaceChildren(...asks);
  showErrors(form, record.errors);
  crowd.showCounts(form, record, typed);
  form_.showRepeated(form, record.repeated);
  showPhotos();
  readOnly(!record.editable);
  $("[data-discard]").hidden = !(record.gone || !record.version);
  update();
}

/* A card that is with the editors is read; only their questions are answered. */
function readOnly(yes) {
  for (const field of form.elements) {
    if (field.name && !("message" in field.dataset)) field.disabled = yes;
  }
  for (const part of $$(".field-near, .field-counts, .field-photos, .counter, [data-fill]", form)) part.hidden = yes;
  form.toggleAttribute("data-read-only", yes);
  $("[data-save]", form).textContent = say(yes ? "reply_send" : "save");
}

/* The person chose a side for each answer. */
async function choose(take) {
  const { version } = record.conflict;
  record.version = version;
  record.conflict = null;
  record.revision += 1;
  await flush();
  const { kind, answer } = await queue.push(record, { take });
  if (kind !== "ok") {
    record.conflict ??= { version, fields: [] };
    line("conflict");
    return;
  }
  form_.fill(form, record.answers);
  show();
  if (!record.conflict) line("saved", { time: answer.saved_at });
}

export function titleOf(about) {
  const city = form_.label(form, "city", about.answers.city?.[0] ?? "");
  const kind = form_.label(form, "form", about.answers.form?.[0] ?? "");
  // With a number the site's words are the ones that everybody else reads.
  return (about.number && about.title) || [city, kind].filter(Boolean).join(", ") || say("untitled");
}

function lead(element) {
  if (!element) return;
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  element.scrollIntoView({ block: "center" });
  (element.querySelector("input, select, textarea") ?? element).focus({ preventScroll: true });
}

function line(name, values = {}) {
  const look = { kept: "unsaved", kept_sealed: "unsaved", keeping: "saving", full: "failed" }[name] ?? name;
  state.dataset.state = look;
  $("[data-save-text]", state).textContent = say(name, values);
  if (["full", "conflict", "partly"].includes(name)) alertLine(say(name, values));
}

const alertLine = (text) => ($("[data-save-alert]").textContent = text);

async function addPhotos({ target }) {
  const caption = $("[data-photo-caption]");
  const said = { caption: caption.value.trim(), taken_by: $("[data-photo-by]").value };
  for (const file of target.files) {
    try {
      record.photos.push(await photos.add(record, file, said, record.photos.length + 1));
      typed();
      await flush();
    } catch (error) {
      tell("error", error instanceof store.Full ? say("full") : say("photo_bad", { name: file.name }));
    }
  }
  target.value = "";
  // The next ones show something else; who takes them is likely the same.
  caption.value = "";
  await showPhotos();
}

/* Those chosen here, with where they are, and those that another device has sent. */
export async function showPhotos() {
  const about = record;
  const waiting = new Set((await store.parcels()).map((row) => row.id));
  if (!record || record !== about) return;
  const arrived = new Set(record.attachments.map(({ uuid }) => uuid));
  const here = record.photos.map((photo) => {
    const where = waiting.has(photo.uuid) ? "photo_kept" : arrived.has(photo.uuid) && "photo_sent";
    return photoRow(`${clock(photo.at)}, ${size(photo.size)}`, photo, where);
  });
  const chosen = new Set(record.photos.map(({ uuid }) => uuid));
  const elsewhere = record.attachments.filter(({ uuid }) => !chosen.has(uuid)).map((file) =>
    photoRow([file.name, file.taken_at && clock(file.taken_at), size(file.size)].filter(Boolean).join(", "), file, "photo_sent"),
  );
  $("[data-photo-list]").replaceChildren(...here, ...elsewhere);
}

function photoRow(what, { caption, taken_by: by }, where) {
  const said = [caption, by && takenBy(by), where && say(where)].filter(Boolean);
  return h("li", { class: "rows__row" }, h("div", {}, h("p", { class: "rows__what" }, icon("file"), ` ${what}`), h("p", { class: "rows__more" }, said.join(" · "))));
}

/* In the words of the list in which it is chosen. */
function takenBy(code) {
  const option = [...$("[data-photo-by]").options].find(({ value }) => value === code);
  return option ? `${say("taken_by")} ${option.textContent}` : "";
}

async function discard() {
  if (!(await ask(say("discard"), say("discard_ask"), say("discard")))) return;
  const { uuid } = record;
  await drafts.drop(uuid);
  await store.dropParcel(uuid);
  for (const row of await store.parcels()) if (row.card === uuid) await store.dropParcel(row.id);
  forget();
  home();
}

/* Lets the card go; whatever was typed is on the device already. */
function forget() {
  clearTimeout(keepTimer);
  if (record) drafts.hold(record, false);
  readOnly(false);
  record = null;
  form_.fill(form, {});
  for (const old of $$(".asking", form)) old.remove();
  $("[data-card-asks]").replaceChildren();
  form_.showRepeated(form, []);
  $("[data-photo-list]").replaceChildren();
  for (const field of $$("[data-photo-said]", form)) field.value = "";
  for (const list of $$("[data-counts]", form)) list.replaceChildren();
  release();
  release = () => {};
}

export async function close() {
  if (!record) return;
  await flush();
  if (record) forget();
}
