/* Choosing a person of the card by a tap keeps what the form holds already. Without this script the
   link opens the form anew with the code in it. */

const form = document.querySelector("form[data-questions]");
const code = form.elements.case_code;
const persons = document.querySelectorAll("[data-person]");

function mark() {
  for (const person of persons) {
    if (person.dataset.person === code.value.trim()) person.setAttribute("aria-current", "true");
    else person.removeAttribute("aria-current");
  }
}

for (const person of persons) {
  person.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    code.value = person.dataset.person;
    const article = form.querySelector(`[name=article][value="${person.dataset.article}"]`);
    if (article && !form.querySelector("[name=article]:checked")) article.checked = true;
    form.dispatchEvent(new Event("change", { bubbles: true }));
    mark();
  });
}
code.addEventListener("input", mark);
