/* Keeps the field page and everything it loads, whole, under one version. KEPT stands before this. */
const CACHE = `field-${KEPT.version}`;
const NOTES = "field-notes";
const pages = new Set([...Object.values(KEPT.shells), KEPT.calendar]);
const files = new Set(KEPT.files);

self.addEventListener("install", (event) => {
  // All or nothing: a set with a hole in it would fail where nobody can mend it. What the browser has
  // just loaded is asked about, not sent again: the first visit may be over a slow network.
  const wanted = KEPT.files.map((file) => new Request(file, { cache: "no-cache", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("field-") && name !== CACHE && name !== NOTES) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", ({ data }) => {
  if (data === "use-now") self.skipWaiting();
});

async function kept(path) {
  const cache = await caches.open(CACHE);
  return cache.match(path, { ignoreSearch: true, ignoreVary: true });
}

/* Where somebody without a network is led: the field page in the language used last. */
async function elsewhere() {
  const notes = await caches.open(NOTES);
  const note = await notes.match("/language");
  const language = note ? await note.text() : "";
  return Response.redirect(KEPT.shells[language] || Object.values(KEPT.shells)[0]);
}

/* A quick exit without a network could not end the session: nothing is loaded before that is done. */
async function endSession() {
  const notes = await caches.open(NOTES);
  const token = await notes.match("/sign-out");
  if (!token) return;
  const headers = { "X-CSRFToken": await token.text() };
  await fetch(KEPT.sign_out, { method: "POST", headers, credentials: "same-origin", redirect: "manual" });
  await notes.delete("/sign-out");
}

async function navigate(request, path) {
  if (pages.has(path)) return (await kept(path)) || fetch(request);
  try {
    await endSession();
    return await fetch(request);
  } catch {
    return elsewhere();
  }
}

/* The pages that are kept take their files from the same version; others ask the network first. */
async function load(event, path) {
  const client = event.clientId && (await self.clients.get(event.clientId));
  const own = !client || pages.has(new URL(client.url).pathname);
  if (own) return (await kept(path)) || fetch(event.request);
  try {
    return await fetch(event.request);
  } catch (error) {
    const found = await kept(path);
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigate(request, url.pathname));
  else if (files.has(url.pathname)) event.respondWith(load(event, url.pathname));
});
