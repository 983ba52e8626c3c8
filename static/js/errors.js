/* What the site says of single answers, shown at their questions. */

/* errors: field -> texts. What was marked before and is not named is marked no more. */
export function showErrors(form, errors) {
  for (const question of form.querySelectorAll(".question--unsaved")) clearError(question);
  for (const [name, messages] of Object.entries(errors)) {
    const question = form.querySelector(`.question[data-field="${CSS.escape(name)}"]`);
    if (!question) continue;
    clearError(question);
    const error = document.createElement("p");
    error.className = "question__error";
    error.textContent = [].concat(messages).join(" ");
    const field = question.querySelector("input, select, textarea");
    const base = question.tagName === "FIELDSET" ? question.id : field.id;
    error.id = `${base}_error`;
    question.querySelector(".question__label, .tick").after(error);
    question.classList.add("question--error", "question--unsaved");
    if (field) field.setAttribute("aria-invalid", "true");
    const described = question.tagName === "FIELDSET" ? question : field;
    if (described) {
      const help = document.getElementById(`${base}_helptext`);
      described.setAttribute("aria-describedby", help ? `${help.id} ${error.id}` : error.id);
    }
  }
}

export function clearError(question) {
  question.classList.remove("question--error", "question--unsaved");
  for (const error of question.querySelectorAll(".question__error")) error.remove();
  for (const field of question.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.classList.remove("is-invalid");
  }
}
