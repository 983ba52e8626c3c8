/* Saves the card to the server while it is being filled in, and says honestly what is saved.
   Without a connection it is kept sealed on a device that works in the field (field/stash.js); in the
   clear nothing of a card is ever kept: a seized phone would tell it. */
import { csrfToken } from "./csrf.js";

const QUIET = 3_000; // after the last change
const PATIENCE = 20_000; // for an answer of the server
const RETRIES = [5_000, 10_000, 20_000, 30_000];

/* Sends the form; answers {state, ...what the server said}. Never throws. */
async function send(form, url, keepalive) {
  const body = new FormData(form);
  for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
  body.set("csrfmiddlewaretoken", csrfToken() || body.get("csrfmiddlewaretoken"));
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      keepalive,
      redirect: "manual", // a redirect leads to the sign-in page
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-Requested-With": "fetch" },
      signal: control.signal,
    });
    if (response.type === "opaqueredirect") return { state: "session" };
    const json = (response.headers.get("Content-Type") || "").includes("json");
    const answer = json ? await response.json() : {};
    return { ...answer, state: stateOf(response, answer, json) };
  } catch {
    return { state: "offline" };
  } finally {
    clearTimeout(timer);
  }
}

function stateOf(response, answer, json) {
  if (response.status === 401) return "session";
  if (response.status === 403 || response.status === 404) return "forbidden";
  if (response.status === 409) return "conflict";
  if (response.status >= 500 || response.status === 429 || !json) return "failed";
  if (answer.ok) return "saved";
  // what could be read is stored; what could not stays on the page, marked
  return answer.version === undefined ? "invalid" : "partly";
}

/* Whether the browser brought back answers that the page was not sent with. */
function differsFromPage(form) {
  return [...form.elements].some((field) => {
    if (field.type === "hidden" || field.type === "file" || !field.name) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) {
      const chosen = [...field.options].some((option) => option.defaultSelected);
      return [...field.options].some((option, at) =>
        option.selected !== (chosen ? option.defaultSelected : at === 0),
      );
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  });
}

export class Autosave {
  /* report(state, answer) shows where things stand. */
  constructor(form, report) {
    this.form = form;
    this.report = report;
    this.url = form.dataset.autosaveUrl;
    this.revision = "unsaved" in form.dataset ? 1 : 0;
    this.savedRevision = 0;
    this.state = "idle";
    this.failures = 0;
    this.leaving = false;
    this.setField("version", form.dataset.version);
    this.listen();
    if (this.revision) this.later(QUIET);
  }

  get unsaved() {
    return this.revision !== this.savedRevision;
  }

  listen() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.save({ keepalive: true });
      else if (["session", "forbidden", "offline", "failed"].includes(this.state)) this.save();
    });
    window.addEventListener("online", () => this.save());
    window.addEventListener("pageshow", () => {
      this.leaving = false;
      if (!this.unsaved && differsFromPage(this.form) && this.state === "idle") this.changed();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved && !this.leaving) event.preventDefault();
    });
  }

  changed() {
    this.revision += 1;
    if (this.state === "conflict") return;
    this.show("unsaved");
    this.later(QUIET);
  }

  later(delay) {
    clearTimeout(this.timer);
    if (this.url) this.timer = setTimeout(() => this.save(), delay);
  }

  /* Answers the state reached; one request at a time, so that versions follow each other. */
  async save({ keepalive = false } = {}) {
    if (!this.url || !this.unsaved || this.state === "conflict") return this.state;
    if (this.running) {
      await this.running;
      return this.save({ keepalive });
    }
    clearTimeout(this.timer);
    const revision = this.revision;
    this.show("saving");
    this.running = send(this.form, this.url, keepalive);
    const answer = await this.running;
    this.running = null;
    this.took(answer, revision);
    return answer.state;
  }

  took(answer, revision) {
    const { state } = answer;
    if (state === "saved" || state === "partly") this.adopt(answer);
    if (state === "saved") this.savedRevision = revision;
    if (state === "saved" || state === "partly") this.failures = 0;
    this.show(this.unsaved && state === "saved" ? "unsaved" : state, answer);
    if (state === "saved" && this.unsaved) this.later(QUIET);
    if (state === "offline" || state === "failed" || state === "session") {
      this.later(RETRIES[Math.min(this.failures, RETRIES.length - 1)]);
      this.failures += 1;
    }
  }

  /* The first save of a new card gives it an address of its own. */
  adopt({ version, uuid, url, autosave_url: autosaveUrl }) {
    if (version !== undefined) {
      this.form.dataset.version = version;
      this.setField("version", version);
    }
    if (uuid) this.setField("uuid", uuid);
    if (autosaveUrl) this.url = autosaveUrl;
    if (!url) return;
    if (this.form.hasAttribute("action")) this.form.setAttribute("action", url);
    if (new URL(url, location.href).pathname !== location.pathname) history.replaceState(null, "", url);
  }

  setField(name, value) {
    const field = this.form.elements.namedItem(name);
    if (field && value !== undefined) field.value = value;
  }

  show(state, answer = {}) {
    this.state = state;
    this.report(state, answer);
  }
}
