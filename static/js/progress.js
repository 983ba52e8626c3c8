/* How far each section of the card is; the same rules as Section.progress in cards/forms/layout.py. */

function values(question) {
  const found = [];
  for (const field of question.querySelectorAll("input, select, textarea:not([data-message])")) {
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) found.push(field.value);
    } else if (field.value.trim()) found.push(field.value.trim());
  }
  return found;
}

/* Questions that are asked, must be answered and are not. */
export function openQuestions(part) {
  const asked = [...part.querySelectorAll(".question")].filter((question) => !question.hidden);
  return asked.filter((question) => "required" in question.dataset && !values(question).length);
}

export function sectionState(section) {
  const asked = [...section.querySelectorAll(".question")].filter((question) => !question.hidden);
  const required = asked.filter((question) => "required" in question.dataset);
  const left = openQuestions(section).length;
  const begun = asked.some((question) => {
    const given = values(question);
    return given.length && given.join() !== question.dataset.default;
  });
  if (asked.some((question) => question.classList.contains("question--error"))) {
    return { state: "errors", left };
  }
  if (!left && (required.length || begun)) return { state: "complete", left };
  return { state: begun ? "partial" : "empty", left };
}

function word(texts, { state, left }) {
  if (state === "partial" && left) return texts.wordLeft.replace("{count}", left);
  return texts[`word${state[0].toUpperCase()}${state.slice(1)}`];
}

/* On the phone the sections are a row that scrolls; the one being filled in stays in sight. */
function followReading(sections, links) {
  const mark = (current) => {
    for (const [code, link] of links) {
      if (code === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
    const link = links.get(current);
    const list = link && link.closest(".card-progress__list");
    if (list && list.scrollWidth > list.clientWidth) {
      list.scrollTo({ left: link.offsetLeft - list.clientWidth / 2 + link.offsetWidth / 2 });
    }
  };
  const observer = new IntersectionObserver(
    (entries) => {
      const read = entries.filter((entry) => entry.isIntersecting).pop();
      if (read) mark(read.target.dataset.section);
    },
    { rootMargin: "-30% 0px -65% 0px" },
  );
  for (const section of sections) observer.observe(section);
  if (sections.length) mark(sections[0].dataset.section);
}

export function sectionProgress(form) {
  const nav = document.querySelector(".card-progress");
  const sections = [...form.querySelectorAll("[data-section]")];
  if (!nav) return () => {};
  const found = nav.querySelectorAll("[data-section-link]");
  const links = new Map([...found].map((link) => [link.dataset.sectionLink, link]));
  followReading(sections, links);
  return function update() {
    for (const section of sections) {
      const link = links.get(section.dataset.section);
      if (!link) continue;
      const progress = sectionState(section);
      link.dataset.state = progress.state;
      link.querySelector(".card-progress__word").textContent = word(nav.dataset, progress);
    }
  };
}
