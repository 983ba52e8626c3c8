/* The field page: leads from one part to another and keeps the line at the top honest. */
import { $, $$, button, clock, h, language, notice, say, seconds, setup, tell, untell } from "./html.js";
import * as card from "./card.js";
import * as device from "./device.js";
import * as drafts from "./drafts.js";
import { quickExit } from "./exit.js";
import { showHome } from "./home.js";
import * as key from "./key.js";
import { linkState, onLink } from "./link.js";
import * as outcome from "./outcome.js";
import * as queue from "./queue.js";
import * as store from "./store.js";
import { refresh, restoreClock } from "./sync.js";

const EVERY = 5 * 60_000; // how often the site is asked while the page is looked at
const exitKey = $("[data-exit]");
let told = {};
let waitingWorker = null;

const places = {
  home: () => showHome(told, acts),
  device: () => device.show(),
};

const acts = {
  open: (uuid, quick = false, steal = false) => go("card", { uuid, quick, steal }),
  outcome: (followup, back = null) => go("outcome", { followup, back }),
  unlocked: async () => {
    told = await drafts.lastState();
    await go("home", { replace: true });
    queue.kick();
  },
};

/* Shows one part of the page; the others are out of reach for keyboard and screen readers too. */
async function go(view, { uuid = "", quick = false, steal = false, followup = null, back = null, replace = false, spare = false } = {}) {
  if (view !== "card") await card.close();
  if (!spare) untell();
  if (view === "card" && !(await card.open(uuid, { quick, steal, state: told }))) {
    tell("warning", say("elsewhere"), h("p", {}, button(say("take_over"), () => acts.open(uuid, quick, true))));
    return;
  }
  if (view === "outcome") outcome.open(followup, back);
  await places[view]?.();
  for (const part of $$("[data-view]")) part.hidden = part.dataset.view !== view;
  document.body.classList.toggle("has-card-bar", view === "card");
  const address = { home: "#", device: "#device", outcome: "#outcome", card: `#card-${uuid}` }[view];
  if (replace || view === "home") history.replaceState({ view }, "", address);
  else history.pushState({ view, uuid }, "", address);
  window.scrollTo(0, 0);
  const title = $(`[data-view="${view}"] h1`);
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  offerUpdate();
}

const home = () => go("home", { spare: true });

async function showLink() {
  const state = linkState();
  const counts = await queue.waiting();
  const n = counts.cards + counts.outcomes + counts.photos + counts.drafts + counts.unsent;
  const locked = await drafts.lockedCount();
  const last = await store.meta("last_sent");
  const next = queue.nextTry() - Date.now();
  const soon = queue.resting(); // what was typed a moment ago: no button comes and goes for it
  const where = { online: "online", session: "session", no_server: "no_server", offline: "offline" }[state];
  const facts = [
    where && say(where),
    locked && say("locked", { n: locked }),
    n ? say("waiting", { n }) : !locked && (await key.owner()) && say("waiting_none"),
    last && say("last_sent", { time: clock(last) }),
    n && !soon && next > 1000 && say("next_try", { time: seconds(Math.ceil(next / 1000)) }),
  ];
  const bar = $("[data-link]");
  bar.dataset.link = state;
  bar.dataset.waiting = n;
  $("[data-link-text]").textContent = facts.filter(Boolean).join(" · ") || say("offline");
  $("[data-sign-in]").hidden = state !== "session" && Boolean(await key.owner());
  $("[data-send]").hidden = !n || soon || state === "session";
  navigator.setAppBadge?.(n).catch(() => {});
}

async function ask() {
  const { kind, state, forgotten } = await refresh();
  if (kind === "ok") told = state;
  if (kind === "forgotten" || forgotten) tell("error", say("forgotten"));
  if (kind === "ok" || kind === "locked") queue.kick();
  await showLink();
  if (card.current()) await card.showPhotos();
  else await redraw();
}

async function redraw() {
  const view = $$("[data-view]").find((part) => !part.hidden)?.dataset.view;
  if (view === "home") await showHome(told, acts);
}

async function onQueue(event, { row, answer } = {}) {
  if (event === "answered" && row && answer) speakOf(row, answer);
  if (event === "changed") await redraw();
  if (event === "arrived") await ask();
  await showLink();
}

/* What became of something that was sealed before. */
function speakOf(row, answer) {
  const kind = row.kind === "card" || row.kind === "draft" ? answer.result : `${row.kind}_${answer.result}`;
  const words = {
    submitted: () => ["success", say("submitted", { number: answer.number })],
    already: () => ["success", say("already")],
    held: () => ["info", say("held")],
    refused: () => ["error", say("refused")],
    confirm: () => ["warning", say("confirm")],
    conflict: () => ["warning", say("conflict_title")],
    gone: () => ["error", answer.reason ?? say("gone")],
    outcome_saved: () => ["success", say("outcome_sent")],
    outcome_already: () => ["success", say("outcome_sent")],
    outcome_refused: () => ["error", say("outcome_refused")],
    outcome_gone: () => ["error", answer.reason ?? say("outcome_refused")],
    file_refused: () => ["error", say("photo_refused", { text: (answer.errors ?? []).join(" ") })],
    file_gone: () => ["error", say("photo_refused", { text: answer.reason ?? "" })],
  }[kind];
  if (!words) return;
  const [look, text] = words();
  const noticed = (answer.warnings ?? []).filter((one) => typeof one === "string");
  tell(look, text, ...noticed.map((one) => h("p", {}, say("noticed", { text: one }))));
}

async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(setup.worker, { scope: "/" });
  const look = (worker) => {
    if (!worker) return;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) {
        waitingWorker = worker;
        offerUpdate();
      }
    });
  };
  if (registration.waiting && navigator.serviceWorker.controller) waitingWorker = registration.waiting;
  look(registration.installing);
  registration.addEventListener("updatefound", () => look(registration.installing));
  const notes = await caches.open("field-notes");
  await notes.put("/language", new Response(language));
  offerUpdate();
}

/* A newer page is used when somebody says so, never under an open card. */
function offerUpdate() {
  const old = $(".field-update");
  if (!waitingWorker || card.current()) {
    old?.remove();
    return;
  }
  if (old) return;
  const use = button(say("update_now"), () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waitingWorker.postMessage("use-now");
  });
  const block = notice("info", h("p", {}, say("update")), h("p", {}, use));
  block.classList.add("field-update");
  $("#main").prepend(block);
}

function listen() {
  exitKey.addEventListener("click", () => quickExit(card.flush, exitKey.dataset.exit));
  for (const link of $$("[data-go]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(link.dataset.go);
    });
  }
  for (const begin of $$("[data-new]")) {
    begin.addEventListener("click", async () => {
      if (!(await key.owner())) tell("warning", say("first"), h("p", {}, say("first_help")));
      else acts.open(crypto.randomUUID(), begin.dataset.new === "quick");
    });
  }
  for (const link of $$("[data-language]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      await card.flush();
      location.assign(link.getAttribute("href") + location.hash);
    });
  }
  $("[data-send]").addEventListener("click", () => ask());
  window.addEventListener("popstate", () => follow());
  window.addEventListener("online", () => ask());
  window.addEventListener("offline", () => queue.kick(1000));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  setInterval(() => document.visibilityState === "visible" && ask(), EVERY);
  setInterval(showLink, 10_000);
  onLink(showLink);
  queue.onQueue(onQueue);
}

/* Where the address leads. */
async function follow() {
  const { hash } = location;
  const uuid = hash.startsWith("#card-") ? hash.slice(6) : "";
  // A locked draft is opened at the beginning; an empty card under its name would stand in its way.
  if (uuid && !(await drafts.isLocked(uuid))) await go("card", { uuid, replace: true });
  else if (hash === "#device") await go("device", { replace: true });
  else await go("home", { replace: true });
}

async function start() {
  device.sunlight();
  if (!window.isSecureContext || !window.indexedDB || !navigator.locks) {
    $("[data-notices]").append(notice("error", h("p", {}, say("insecure"))));
    return;
  }
  await restoreClock();
  await key.restore();
  key.whenLocked(() => {
    told = {};
    card.close().then(() => go("home"));
  });
  told = await drafts.lastState();
  card.setUp(home);
  outcome.setUp(home);
  device.setUp(exitKey.dataset.exit);
  listen();
  await follow();
  await showLink();
  document.documentElement.dataset.ready = "yes";
  keepPage().catch((error) => console.error(error));
  navigator.storage?.persist?.();
  await ask();
}

start();
