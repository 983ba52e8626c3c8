/* Sending: finished things in their order, then drafts that changed. Each once at a time, whatever the
   number of tabs; again after a growing while, at once when there is a connection, or by hand. */
import * as drafts from "./drafts.js";
import * as key from "./key.js";
import { ADDRESSES, speak } from "./link.js";
import * as seal from "./seal.js";
import * as store from "./store.js";
import { refresh } from "./sync.js";

const FIRST = 5_000;
const LONGEST = 5 * 60_000;
const SPREAD = 0.25; // of each of these whiles, earlier or later
const PIECE = 256 * 1024;
const TROUBLE = ["offline", "failed", "session"];

const listeners = new Set();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("zhinalys") : null;
let failures = 0;
let timer = 0;
let running = null;
let nextAt = 0;
let arrived = false; // something sealed has reached the site since it was asked last

/* listener(event, detail): "changed"; "due": it is tried again at another time; "sending";
   "answered" {record, row, answer}; "arrived": after sending, if the site knows more now than it told before. */
export const onQueue = (listener) => listeners.add(listener);
export const nextTry = () => nextAt;
/* It goes by itself in a moment; nothing has stood in the way. */
export const resting = () => Boolean(nextAt) && !failures;

function tell(event, detail = {}) {
  for (const listener of listeners) listener(event, detail);
  if (event === "changed") channel?.postMessage("changed");
}

channel?.addEventListener("message", () => {
  for (const listener of listeners) listener("changed", {});
});

function later(delay) {
  clearTimeout(timer);
  nextAt = Date.now() + delay;
  timer = setTimeout(() => drain(), delay);
}

/* Tries to send now, or so many milliseconds later. */
export function kick(delay = 0) {
  if (delay) {
    later(delay);
    tell("due");
    return;
  }
  clearTimeout(timer);
  nextAt = 0;
  drain();
}

/* Answers what stood in the way, "" if nothing did. */
export async function drain() {
  running ??= navigator.locks
    .request("zhinalys-send", { ifAvailable: true }, (lock) => (lock ? work() : "busy"))
    .catch((error) => {
      console.error(error);
      return "failed";
    })
    .finally(() => {
      running = null;
    });
  const trouble = await running;
  if (arrived) tell("arrived");
  arrived = false;
  if (TROUBLE.includes(trouble)) {
    failures += 1;
    // Phones that lost the site in the same moment do not all come back in the same one.
    later(Math.min(FIRST * 2 ** (failures - 1), LONGEST) * (1 + SPREAD * (2 * Math.random() - 1)));
  } else if (trouble === "busy") {
    later(FIRST);
  } else {
    failures = 0;
    nextAt = 0;
  }
  tell("changed");
  return trouble;
}

async function work() {
  const owner = await key.owner();
  if (!owner) return "";
  tell("sending");
  for (const row of await store.parcels()) {
    if (row.account !== owner.account || row.stuck) continue;
    const trouble = row.kind === "file" ? await sendFile(row) : await sendRow(row);
    if (trouble) return trouble;
  }
  const here = new Set(); // cards that have reached the site just now
  const elsewhere = await openElsewhere();
  for (const record of await drafts.readAll()) {
    if (!drafts.ready(record) || (elsewhere.has(record.uuid) && !record.mine)) continue;
    const { kind } = await push(record);
    if (TROUBLE.includes(kind)) return kind;
    here.add(record.uuid);
  }
  // Photographs that came before their draft have a card now.
  for (const row of await store.parcels()) {
    if (row.kind !== "file" || row.account !== owner.account || row.stuck || !here.has(row.card)) continue;
    const trouble = await sendFile(row);
    if (trouble) return trouble;
  }
  return "";
}

const sentNow = () => store.setMeta("last_sent", Date.now());

/* Cards that stand open in a tab: only that tab may send them. */
async function openElsewhere() {
  const { held } = await navigator.locks.query();
  const start = "zhinalys-card-";
  return new Set(held.map(({ name }) => name).filter((name) => name.startsWith(start)).map((name) => name.slice(start.length)));
}

const envelope = async (parcel) => ({ json: { device: await store.deviceId(), parcel } });

const turns = new WeakMap(); // record -> what is being sent of it

/* Sends a draft as it is now: {kind, answer}. One message of a card at a time, so that versions follow
   each other. */
export function push(record, how = {}) {
  const turn = (turns.get(record) ?? Promise.resolve()).then(() => pushNow(record, how));
  turns.set(record, turn.catch(() => {}));
  return turn;
}

async function pushNow(record, { action = "save", accepted = [], take = {}, patience }) {
  if (record.over) return { kind: "ok", answer: { result: "already" } };
  const owner = await key.owner();
  if (!owner) return { kind: "session", answer: null };
  const { revision } = record;
  const content = drafts.contentOf(record, { action, accepted, take });
  const sent = await envelope(await seal.parcelOf(content, owner.keys));
  const { kind, data } = await speak(ADDRESSES.send, { ...sent, patience });
  if (kind !== "ok") return { kind, answer: data };
  await sentNow();
  // A word to the editor: what waits is another list now.
  if (!record.editable) arrived = true;
  await took(record, data, { revision, chosen: Object.keys(take).length > 0 });
  tell("answered", { record, answer: data });
  return { kind, answer: data };
}

const OVER = ["submitted", "approved", "rejected", "duplicate"];

/* What the answer makes of the record; it is on the device afterwards, or gone from it. */
async function took(record, answer, { revision, chosen }) {
  const over = answer.result === "submitted" || (answer.result === "already" && OVER.includes(answer.status));
  if (over || answer.result === "held") {
    await drafts.drop(record.uuid);
    record.over = true;
    return;
  }
  if (STORED.includes(answer.result) && answer.card) {
    const untouched = record.revision === revision;
    drafts.takeSite(record, answer.card, { answers: chosen && untouched });
    record.replies = {};
  }
  settle(record, answer, revision);
  await drafts.keep(record);
}

const STORED = ["saved", "already", "refused", "confirm"];

/* What the site says of a draft that stays on the device; revision: the one that was sent. */
function settle(record, answer, revision) {
  if (answer.version !== undefined && answer.version !== null && answer.result !== "conflict") record.version = answer.version;
  if (STORED.includes(answer.result)) {
    record.errors = answer.errors ?? {};
    record.confirm = answer.result === "confirm" ? { warnings: answer.warnings, twins: answer.twins } : null;
    record.conflict = null;
    // Where not even a draft could be written it stays unsent, and waits for the person.
    if (answer.result === "refused" && answer.card === null) record.blocked = true;
    else record.sent = revision;
  }
  if (answer.result === "conflict") record.conflict = { version: answer.version, fields: answer.fields };
  if (answer.result === "gone") record.gone = answer.reason;
}

async function sendRow(row) {
  const { kind, data } = await speak(ADDRESSES.send, await envelope(JSON.parse(row.box)));
  if (TROUBLE.includes(kind)) return kind;
  if (kind !== "ok") return stick(row, data);
  await sentNow();
  if (row.kind === "outcome") return outcomeAnswered(row, data);
  const done = ["submitted", "held", "already"].includes(data.result) || (row.kind === "draft" && data.result === "saved");
  if (done) await store.dropParcel(row.id);
  else await giveBack(row, data);
  arrived = true;
  tell("answered", { row, answer: data });
  return "";
}

/* The site cannot do anything with it: it stays, and is not tried for ever. */
async function stick(row, data) {
  await store.putParcel({ ...row, stuck: true, tries: row.tries + 1 });
  tell("answered", { row, answer: { result: "stuck", ...(data ?? {}) } });
  return "";
}

/* A sealed card that was not taken becomes a draft again, with what the site says of it. */
async function giveBack(row, answer) {
  if (!key.current()) await refresh();
  const open = key.current();
  if (!open || open.account !== row.account) return; // the parcel stays until the drafts are open
  const record = drafts.blank(row.id, answer.typed ?? answer.card?.answers ?? {});
  record.revision = 1;
  if (answer.card) drafts.takeSite(record, answer.card, { answers: !answer.typed });
  settle(record, answer, record.revision);
  const place = drafts.place(open.account, record.uuid);
  await store.giveBack(row.id, place, await seal.lockUp(open.key, place, record));
  await drafts.readAll();
}

async function outcomeAnswered(row, answer) {
  if (answer.result === "refused" || answer.result === "gone") {
    if (!key.current()) await refresh();
    const open = key.current();
    if (!open) return "";
    const place = drafts.outcomePlace(open.account, row.id);
    const value = { id: row.id, card: row.card, answers: answer.typed ?? {}, errors: answer.errors ?? {}, reason: answer.reason ?? "" };
    await store.giveBack(row.id, place, await seal.lockUp(open.key, place, value));
  } else {
    await store.dropParcel(row.id);
  }
  arrived = true;
  tell("answered", { row, answer });
  return "";
}

/* A photograph goes in pieces; after a break it goes on where the site has it. */
async function sendFile(row) {
  const bytes = new TextEncoder().encode(row.box);
  const address = ADDRESSES.pieces(row.id);
  const begun = await speak(address, { method: "GET" });
  if (TROUBLE.includes(begun.kind)) return begun.kind;
  let offset = begun.data?.offset ?? 0;
  let answer = begun.data;
  do {
    const piece = bytes.subarray(offset, offset + PIECE);
    const to = `${address}?offset=${offset}&size=${bytes.length}`;
    const { kind, data } = await speak(to, { body: piece, patience: 60_000 });
    if (TROUBLE.includes(kind)) return kind;
    if (kind === "conflict") {
      offset = data.offset;
      continue;
    }
    if (kind !== "ok") return stick(row, data);
    ({ offset } = data);
    answer = data;
  } while (offset < bytes.length || !answer.result);
  await sentNow();
  if (answer.result !== "early") await store.dropParcel(row.id);
  if (answer.result === "saved") arrived = true;
  tell("answered", { row, answer });
  return "";
}

/* How many of each kind wait, of this account and of others. */
export async function waiting() {
  const owner = await key.owner();
  const counts = { cards: 0, drafts: 0, outcomes: 0, photos: 0, others: 0, unsent: 0 };
  const name = { card: "cards", draft: "drafts", outcome: "outcomes", file: "photos" };
  for (const row of await store.parcels()) {
    counts[owner && row.account !== owner.account ? "others" : name[row.kind]] += 1;
  }
  for (const record of await drafts.readAll()) if (drafts.unsent(record)) counts.unsent += 1;
  return counts;
}
