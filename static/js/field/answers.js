/* What a form of the card says, as plain answers: {field: [texts]}, as a browser would post them. */
export const OURS = ["uuid", "version"];

export function read(form) {
  const answers = {};
  for (const [name, value] of new FormData(form)) {
    if (OURS.includes(name) || name.startsWith("answer-") || name.startsWith("take_") || typeof value !== "string") continue;
    (answers[name] ??= []).push(value);
  }
  return answers;
}
