/* Short forms with conditional questions and one-tap answers (court outcomes). Without this script
   every question stands there with the words of its condition. */
import { conditionalQuestions } from "./conditions.js";
import { quickAnswers } from "./inputs.js";

for (const form of document.querySelectorAll("form[data-questions]")) {
  const update = conditionalQuestions(form);
  form.addEventListener("change", update);
  quickAnswers(form);
  update();
}
