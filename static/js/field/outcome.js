/* A court outcome of one person, from the door of the court: sealed at once, sent by itself. */
import { showErrors } from "../errors.js";
import { conditionalQuestions } from "../conditions.js";
import { quickAnswers } from "../inputs.js";
import { openQuestions } from "../progress.js";
import { $, button, day, h, notice, say, tell } from "./html.js";
import * as drafts from "./drafts.js";
import { read } from "./answers.js";
import * as form_ from "./form.js";
import * as key from "./key.js";
import * as queue from "./queue.js";
import * as seal from "./seal.js";
import * as store from "./store.js";

const form = document.getElementById("outcome-form");
let card = null;
let given = null; // the outcome that the site gave back and that this one takes the place of
let update = () => {};

export function setUp(home) {
  update = conditionalQuestions(form);
  quickAnswers(form);
  form.addEventListener("input", () => update());
  form.addEventListener("change", () => update());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const errors = {};
    for (const question of openQuestions(form)) errors[question.dataset.field] = [say("required")];
    showErrors(form, errors);
    if (Object.keys(errors).length) {
      form.querySelector(".question--error").scrollIntoView({ block: "center" });
      return;
    }
    await finish();
    home();
    tell("success", say("outcome_kept"));
    queue.kick();
  });
}

async function finish() {
  const owner = await key.owner();
  const uuid = crypto.randomUUID();
  const content = { v: 1, kind: "outcome", uuid, card: card.uuid, answers: read(form), made_at: new Date().toISOString() };
  const box = JSON.stringify(await seal.parcelOf(content, owner.keys));
  await store.putParcel({ ...drafts.row(owner.account, "outcome", uuid), card: card.uuid, box });
  if (given) await drafts.dropOutcome(given.id);
  form_.fill(form, {});
}

/* The persons of the card by their codes: one tap instead of typing, and no second case for one. */
export function open(followup, back = null) {
  card = followup;
  given = back;
  const { answers = {}, errors = {}, reason = "" } = back ?? {};
  const said = [reason, ...(errors.__all__ ?? [])].filter(Boolean);
  $("[data-outcome-notices]").replaceChildren(...said.map((text) => notice("error", h("p", {}, text))));
  $("[data-outcome-card]").textContent = card.title;
  form_.fill(form, { observed_by_monitor: ["unknown"], appeal: ["unknown"], ...answers });
  const code = form.elements.case_code;
  const cases = card.cases ?? [];
  $("#case-codes").replaceChildren(...cases.map((one) => h("option", { value: one.code })));
  $("[data-outcome-cases]").replaceChildren(
    ...cases.map((one) =>
      button([one.code, one.outcome_label, day(one.decided_on)].filter(Boolean).join(" · "), () => {
        code.value = one.code;
        code.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    ),
  );
  showErrors(form, errors);
  update();
}
