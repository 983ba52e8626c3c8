/* Speaking with the site. navigator.onLine is not believed: a phone may be connected to anything. */
import { csrfToken } from "../csrf.js";

export const ADDRESSES = {
  state: "/field/state/",
  send: "/field/send/",
  forget: "/field/forget/",
  pieces: (uuid) => `/field/pieces/${uuid}/`,
  signOut: "/sign-out/",
};
const PATIENCE = 20_000;

let state = "idle"; // online, offline, no_server, session, forgotten
const listeners = new Set();

export const linkState = () => state;
export const onLink = (listener) => listeners.add(listener);

function note(next) {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener(state);
}

/* {kind, status, data}; kind: ok, conflict, refused, forbidden, session, forgotten, failed, offline.
   Never throws. */
export async function speak(address, { method = "POST", body, json, patience = PATIENCE, keepalive = false } = {}) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), patience);
  const headers = {
    Accept: "application/json",
    "X-CSRFToken": csrfToken(),
    "X-Language": document.documentElement.lang, // of this page, whatever the site was read in last
  };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  else if (body) headers["Content-Type"] = "application/octet-stream";
  try {
    const response = await fetch(address, {
      method,
      headers,
      body: json === undefined ? body : JSON.stringify(json),
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: control.signal,
      keepalive,
    });
    const plain = (response.headers.get("Content-Type") || "").includes("json");
    const data = plain ? await response.json() : null;
    const kind = kindOf(response, data);
    note({ session: "session", failed: "no_server", forgotten: "forgotten" }[kind] || "online");
    return { kind, status: response.status, data };
  } catch {
    note(navigator.onLine ? "no_server" : "offline");
    return { kind: "offline", status: 0, data: null };
  } finally {
    clearTimeout(timer);
  }
}

function kindOf(response, data) {
  // A redirect leads to the sign-in page; a refused token belongs to a session that is no more.
  if (response.type === "opaqueredirect" || response.status === 401) return "session";
  if (response.status === 403) return data ? "forbidden" : "session";
  if (response.status === 410) return "forgotten";
  if (response.status === 409) return "conflict";
  if (response.status >= 500 || response.status === 429 || !data) return "failed";
  return response.ok ? "ok" : "refused";
}
