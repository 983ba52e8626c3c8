/* Where this person was last, for the beginning of the next card: the site says it of the cards that it
   has, this device knows it of those that it cannot send yet. Sealed with the device's key, as drafts
   are. No words of a card are in it, no number of people, nothing of topic or permit. */
import { now } from "../clock.js";
import * as key from "./key.js";
import * as seal from "./seal.js";
import * as store from "./store.js";

export const NAMES = ["city", "settlement", "place_type"];
const place = (account) => `${account}/habits`;

/* What a card that was worked on here says, until the site knows more. Not while the drafts are locked:
   then nothing of a card may be read here. */
export async function note(record) {
  const open = key.current();
  if (!open || !record.answers.city?.[0]) return;
  const answers = Object.fromEntries(NAMES.map((name) => [name, record.answers[name]?.[0] ?? ""]));
  const id = place(open.account);
  await store.putSealed(id, await seal.lockUp(open.key, id, { at: now().toISOString(), answers }));
}

async function noted() {
  const open = key.current();
  const box = open && (await store.sealed(place(open.account)));
  if (!box) return null;
  try {
    return await seal.openUp(open.key, place(open.account), box);
  } catch {
    return null; // sealed with a key that was forgotten
  }
}

/* Answers by name, of the later of the two; {} where there is none, or where the city is not one of
   the person's any more. told: what the site said last. */
export async function latest(told) {
  const here = await noted();
  const later = here && !(Date.parse(told.habits_at ?? "") > Date.parse(here.at));
  const found = (later ? here.answers : told.habits) ?? {};
  if (!found.city || (told.cities && !told.cities.includes(found.city))) return {};
  // That it is not known is no habit.
  const usual = NAMES.filter((name) => found[name] && found[name] !== "unknown");
  return Object.fromEntries(usual.map((name) => [name, found[name]]));
}
