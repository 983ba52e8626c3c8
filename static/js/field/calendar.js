/* A month. It is where a quick exit leads, so it knows nothing of the rest. */
const language = document.documentElement.lang;
const today = new Date();
let month = new Date(today.getFullYear(), today.getMonth(), 1);

function draw() {
  const title = new Intl.DateTimeFormat(language, { month: "long", year: "numeric" }).format(month);
  document.querySelector("[data-month]").textContent = title;
  const week = document.querySelector("[data-week]");
  const names = new Intl.DateTimeFormat(language, { weekday: "short" });
  // 5 January 2026 was a Monday
  const heads = [...Array(7).keys()].map((at) => cell("th", names.format(new Date(2026, 0, 5 + at))));
  week.replaceChildren(...heads);
  const before = (month.getDay() + 6) % 7;
  const length = new Date(month.getFullYear(), month.getMonth() + 1, 0).getDate();
  const rows = [];
  for (let start = 1 - before; start <= length; start += 7) {
    const row = document.createElement("tr");
    for (let at = start; at < start + 7; at += 1) row.append(dayCell(at, length));
    rows.push(row);
  }
  document.querySelector("[data-days]").replaceChildren(...rows);
}

function cell(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function dayCell(at, length) {
  const made = cell("td", at < 1 || at > length ? "" : at);
  const same = month.getFullYear() === today.getFullYear() && month.getMonth() === today.getMonth();
  if (same && at === today.getDate()) made.setAttribute("aria-current", "date");
  return made;
}

for (const step of document.querySelectorAll("[data-step]")) {
  step.addEventListener("click", () => {
    month = new Date(month.getFullYear(), month.getMonth() + Number(step.dataset.step), 1);
    draw();
  });
}
draw();
try {
  const away = sessionStorage.getItem("away");
  if (away) {
    sessionStorage.removeItem("away");
    // A step of its own cuts off what lay ahead in this tab's history.
    history.pushState(null, "", location.href);
    if (new URL(away, location.href).pathname !== location.pathname) location.assign(away);
  }
} catch {
  // storage may be forbidden
}
