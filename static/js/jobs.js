/* The page of a job: asks how far it is, and goes on to where it leads once it is over. Without this
   script the page reloads itself. */

const AGAIN = 1000; // milliseconds; longer after an answer that did not come
const LONGEST = 15_000;

function show(panel, state) {
  for (const part of panel.querySelectorAll("[data-part]")) {
    const value = state[part.dataset.part];
    const text = value === null || value === undefined ? "" : `${value}${part.dataset.unit || ""}`;
    // a live region speaks whenever it is written to, the same words or not
    if (part.textContent !== text) part.textContent = text;
  }
  const bar = panel.querySelector("progress");
  if (state.percent === null) bar.removeAttribute("value");
  else bar.value = state.percent;
}

async function look(panel) {
  const answer = await fetch(panel.dataset.job, {
    headers: { Accept: "application/json" },
    redirect: "manual",
  });
  // Signed out meanwhile, or the job is gone: the page itself knows what to say.
  if (answer.type === "opaqueredirect" || answer.status === 404) return null;
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

async function watch(panel) {
  let pause = AGAIN;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const state = await look(panel);
      if (!state || state.over) {
        window.location.replace(`${window.location.pathname}?then=go`);
        return;
      }
      show(panel, state);
      pause = AGAIN;
    } catch {
      pause = Math.min(pause * 2, LONGEST);
      panel.querySelector("[data-part=left]").textContent = panel.dataset.lost;
    }
  }
}

for (const panel of document.querySelectorAll("[data-job]")) watch(panel);
