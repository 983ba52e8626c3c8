/* For the card of the ordinary pages: what cannot be sent is kept sealed on the device, as the field
   page keeps its drafts, and goes when the site has it. */
import * as drafts from "./drafts.js";
import * as key from "./key.js";
import { read } from "./answers.js";

/* true if it is kept now. Never throws: the page itself still has everything. */
export async function stash(form) {
  try {
    if (!key.current() && !(await key.restore())) return false;
    const uuid = form.elements.uuid.value;
    await drafts.readAll();
    const record = drafts.known(uuid) ?? drafts.blank(uuid);
    record.version = Number(form.elements.version.value);
    record.answers = read(form);
    record.revision += 1;
    return (await drafts.keep(record)) === "kept";
  } catch (error) {
    console.error(error);
    return false;
  }
}

export async function drop(form) {
  if (key.current()) await drafts.drop(form.elements.uuid.value);
}
