/* What lies on the device. "sealed" and "outbox" hold nothing that can be read without a key; "meta"
   holds which device this is, the public keys, and the device key while the drafts are open. */
import { deleteDB, openDB } from "../../vendor/idb/idb.js";

const NAME = "zhinalys";
let opening = null;

/* The browser has no room left for it. */
export class Full extends Error {}

function db() {
  opening ??= openDB(NAME, 1, {
    upgrade(database) {
      for (const store of ["meta", "sealed"]) database.createObjectStore(store);
      database.createObjectStore("outbox", { keyPath: "id" });
    },
    blocking(_version, _blocked, event) {
      event.target.close();
      opening = null;
    },
    terminated() {
      opening = null;
    },
  });
  return opening;
}

async function guarded(work) {
  try {
    return await work(await db());
  } catch (error) {
    if (`${error?.name} ${error?.inner?.name}`.includes("QuotaExceeded")) throw new Full();
    throw error;
  }
}

export const meta = (name) => guarded((database) => database.get("meta", name));
export const setMeta = (name, value) => guarded((database) => database.put("meta", value, name));
export const dropMeta = (name) => guarded((database) => database.delete("meta", name));

export const sealed = (id) => guarded((database) => database.get("sealed", id));
export const putSealed = (id, box) => guarded((database) => database.put("sealed", box, id));
export const dropSealed = (id) => guarded((database) => database.delete("sealed", id));
export const sealedIds = () => guarded((database) => database.getAllKeys("sealed"));

export const parcels = async () => {
  const rows = await guarded((database) => database.getAll("outbox"));
  return rows.sort((one, other) => one.order - other.order);
};
export const parcel = (id) => guarded((database) => database.get("outbox", id));
export const putParcel = (row) => guarded((database) => database.put("outbox", row));
export const dropParcel = (id) => guarded((database) => database.delete("outbox", id));

/* A finished card takes the place of its draft: both at once, so that no moment has neither. */
export const finish = (row, draft) =>
  guarded(async (database) => {
    const change = database.transaction(["outbox", "sealed"], "readwrite", { durability: "strict" });
    change.objectStore("outbox").put(row);
    if (draft) change.objectStore("sealed").delete(draft);
    await change.done;
  });

/* An answer that gives a card back: a draft takes the place of the parcel. */
export const giveBack = (id, draft, box) =>
  guarded(async (database) => {
    const change = database.transaction(["outbox", "sealed"], "readwrite", { durability: "strict" });
    change.objectStore("sealed").put(box, draft);
    change.objectStore("outbox").delete(id);
    await change.done;
  });

/* Whatever still wants the storage waits for ever: the page is being left. */
export async function wipe() {
  const database = await db();
  opening = new Promise(() => {});
  database.close();
  await deleteDB(NAME);
}

/* The same identifier of this device for as long as its data stay. */
export async function deviceId() {
  const known = await meta("device");
  if (known) return known;
  const made = crypto.randomUUID();
  await setMeta("device", made);
  return made;
}
