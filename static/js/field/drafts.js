/* Cards that are being filled in, as this device has them. One record for each:
   {uuid, version, status, number, title, answers, repeated, counts, photos, attachments, replies, threads,
    returned_for, errors, conflict, confirm, gone, blocked, editable, revision, sent}. It is unsent while
   revision differs from sent. repeated: names of answers that stand as on the last card; photos: those
   chosen on this device; attachments: all that the site has. */
import * as key from "./key.js";
import * as seal from "./seal.js";
import * as store from "./store.js";

const records = new Map();

export const place = (account, uuid) => `${account}/card/${uuid}`;
export const outcomePlace = (account, id) => `${account}/outcome/${id}`;
const statePlace = (account) => `${account}/state`;

export function blank(uuid, answers = {}) {
  return {
    uuid, version: 0, status: "draft", number: null, title: "", answers, repeated: [], counts: [], photos: [],
    attachments: [], replies: {}, threads: [], returned_for: "", errors: {}, conflict: null, confirm: null, gone: "",
    blocked: false, editable: true, revision: 0, sent: 0,
  };
}

export const unsent = (record) => record.revision !== record.sent;
/* It can go to the site by itself: nothing in it waits for the person. */
export const ready = (record) => unsent(record) && !record.blocked && !record.gone && !record.conflict;

/* All that can be opened now, from the storage: another tab may have changed them. */
export async function readAll() {
  const open = key.current();
  if (!open) return [];
  const start = place(open.account, "");
  const found = [];
  for (const id of await store.sealedIds()) {
    if (!id.startsWith(start)) continue;
    const box = await store.sealed(id);
    if (!box) continue;
    try {
      found.push(remember(await seal.openUp(open.key, id, box)));
    } catch {
      // sealed with a key that was forgotten: nobody can open it any more
      await store.dropSealed(id);
    }
  }
  return found;
}

/* The record that this tab works with stays the same object. */
function remember(record) {
  const known = records.get(record.uuid);
  if (!known) records.set(record.uuid, record);
  else if (!known.mine) Object.assign(known, record);
  return records.get(record.uuid);
}

export const known = (uuid) => records.get(uuid);

/* While the card stands open in this tab, nothing in the storage is newer than it. */
export function hold(record, mine) {
  records.set(record.uuid, record);
  Object.defineProperty(record, "mine", { value: mine, writable: true, configurable: true, enumerable: false });
}

/* Keeps it on the device. Locked, it becomes a parcel that only the site can open. */
export async function keep(record) {
  records.set(record.uuid, record);
  const open = key.current();
  if (open) {
    const id = place(open.account, record.uuid);
    await store.putSealed(id, await seal.lockUp(open.key, id, record));
    return "kept";
  }
  const owner = await key.owner();
  if (!owner) return "nowhere";
  await store.putParcel(await cardParcel(owner, record, { action: "save" }));
  return "kept_sealed";
}

/* Court outcomes that the site gave back: {id, card, answers, errors, reason}. */
export async function outcomes() {
  const open = key.current();
  if (!open) return [];
  const start = outcomePlace(open.account, "");
  const found = [];
  for (const id of await store.sealedIds()) {
    if (id.startsWith(start)) found.push(await seal.openUp(open.key, id, await store.sealed(id)));
  }
  return found;
}

export async function dropOutcome(id) {
  const open = key.current();
  if (open) await store.dropSealed(outcomePlace(open.account, id));
}

export async function drop(uuid) {
  records.delete(uuid);
  const open = key.current();
  if (open) await store.dropSealed(place(open.account, uuid));
}

/* A row of the outbox with the card in it, sealed to the bureau. */
export async function cardParcel(owner, record, { action, unseen = false, accepted = [] }) {
  const box = await seal.parcelOf(contentOf(record, { action, unseen, accepted }), owner.keys);
  const text = JSON.stringify(box);
  return { ...row(owner.account, action === "submit" ? "card" : "draft", record.uuid), box: text };
}

export function row(account, kind, id) {
  return { id, account, kind, order: order(), made: Date.now(), tries: 0 };
}

/* Grows within a tab even if the clock is set back. */
let last = 0;
function order() {
  last = Math.max(Date.now(), last + 1);
  return last;
}

export function contentOf(record, { action, unseen = false, accepted = [], take = {} }) {
  return {
    v: 1, kind: "card", uuid: record.uuid, version: record.version, action,
    // A card that is with the editors takes an answer to their question, nothing else.
    answers: record.editable ? record.answers : {},
    accepted, unseen, take, counts: record.counts, replies: record.replies,
    made_at: new Date().toISOString(),
  };
}

/* What the site says of its own copy, into the record; what is typed here and unsent stays. */
export function takeSite(record, card, { answers = true } = {}) {
  for (const name of ["version", "status", "number", "title", "threads", "attachments", "returned_for", "editable"]) {
    if (card[name] !== undefined) record[name] = card[name];
  }
  if (!answers) return;
  const same = (name) => record.answers[name]?.[0] === card.answers[name]?.[0];
  record.repeated = (record.repeated ?? []).filter(same);
  record.answers = card.answers;
}

/* The site's list of the person's open cards; those that it has no more and that are sent go. */
export async function merge(cards) {
  const here = await readAll();
  const listed = new Set(cards.map((card) => card.uuid));
  for (const card of cards) {
    const record = records.get(card.uuid) ?? blank(card.uuid);
    if (record.mine) {
      Object.assign(record, { threads: card.threads, attachments: card.attachments });
      continue;
    }
    // Unsent here: the version stays the one it began with, so that the site sees what differs.
    if (unsent(record)) Object.assign(record, { threads: card.threads, attachments: card.attachments, returned_for: card.returned_for });
    else takeSite(record, card);
    await keep(record);
  }
  for (const record of here) {
    if (!listed.has(record.uuid) && !unsent(record) && !record.mine && record.version) await drop(record.uuid);
  }
}

export async function keepState(state) {
  const open = key.current();
  if (!open) return;
  const id = statePlace(open.account);
  await store.putSealed(id, await seal.lockUp(open.key, id, state));
}

/* What the site told last; {} while locked or before the first time. */
export async function lastState() {
  const open = key.current();
  const box = open && (await store.sealed(statePlace(open.account)));
  if (!box) return {};
  try {
    return await seal.openUp(open.key, statePlace(open.account), box);
  } catch {
    return {};
  }
}

/* Whether this draft lies here and cannot be opened now. */
export async function isLocked(uuid) {
  return !key.current() && (await store.sealedIds()).some((id) => id.endsWith(place("", uuid)));
}

/* How many drafts lie here that cannot be opened now. */
export async function lockedCount() {
  if (key.current()) return 0;
  return (await store.sealedIds()).filter((id) => id.includes("/card/")).length;
}
