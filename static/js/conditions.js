/* Questions that appear only after a given answer. The grammar is that of cards/forms/conditions.py:
   "legal_status=not_requested|form=other", codes separated by commas; "detained>0". */

export function parseCondition(text) {
  return text
    .split("|")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      if (part.includes(">")) {
        const [field, number] = part.split(">");
        return { field: field.trim(), codes: [], above: Number(number) };
      }
      const [field, codes = ""] = part.split("=");
      const chosen = codes.split(",").map((code) => code.trim());
      return { field: field.trim(), codes: chosen.filter(Boolean), above: null };
    });
}

function holds(test, answers) {
  if (test.above !== null) return answers.some((answer) => Number(answer) > test.above);
  if (!test.codes.length) return answers.length > 0;
  return test.codes.some((code) => answers.includes(code));
}

/* answers(field) gives the codes chosen there. */
export function isShown(text, answers) {
  const tests = parseCondition(text);
  return !tests.length || tests.some((test) => holds(test, answers(test.field)));
}

/* Hides what is not asked; what was typed there stays and comes back with the question. A question
   that the server complains about stays in sight until the answer it hangs on is given. */
export function conditionalQuestions(form) {
  const questions = form.querySelectorAll("[data-show-when]");
  return function update() {
    const data = new FormData(form);
    // a single tick posts "on"; the conditions call it as Python does
    const code = (value) => (value === "on" ? "True" : value);
    const answers = (field) => data.getAll(field).filter((value) => value !== "").map(code);
    for (const question of questions) {
      const { showWhen } = question.dataset;
      const open = parseCondition(showWhen).every((test) => !answers(test.field).length);
      const refused = question.classList.contains("question--error");
      question.hidden = !isShown(showWhen, answers) && !(open && refused);
    }
  };
}
