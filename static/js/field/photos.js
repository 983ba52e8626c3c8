/* Photographs: drawn anew and smaller, so that nothing of the camera goes along, sealed at once. Of the
   file that stays behind only its checksum is sent: with it the bureau can show later that the file still
   on the camera is the one that was photographed then. */
import { now } from "../clock.js";
import * as drafts from "./drafts.js";
import * as key from "./key.js";
import * as seal from "./seal.js";
import * as store from "./store.js";

const SIDE = 2000; // pixels of the longer side
const QUALITY = 0.82;

/* A JPEG of the picture; throws for what is no picture. */
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((made) => canvas.toBlob(made, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no picture");
  return new Uint8Array(await blob.arrayBuffer());
}

/* Seals the picture into the outbox; answers what the draft remembers of it. said: caption, taken_by. */
export async function add(record, file, said, number) {
  const bytes = await shrink(file);
  const camera = await seal.checksum(await file.arrayBuffer());
  const owner = await key.owner();
  const uuid = crypto.randomUUID();
  const taken = now();
  const name = `photo-${number}.jpg`;
  const about = {
    v: 1, kind: "file", uuid, card: record.uuid, name, ...said, taken_at: taken.toISOString(),
    order: number, sha256: await seal.checksum(bytes), camera_sha256: camera,
  };
  const box = JSON.stringify(await seal.forBureau(packed(about, bytes), owner.keys));
  await store.putParcel({ ...drafts.row(owner.account, "file", uuid), card: record.uuid, box, size: bytes.length });
  return { uuid, at: taken.toISOString(), ...said, size: bytes.length };
}

/* Four bytes that say how long the JSON is, the JSON, the file. */
function packed(about, bytes) {
  const head = new TextEncoder().encode(JSON.stringify(about));
  const whole = new Uint8Array(4 + head.length + bytes.length);
  new DataView(whole.buffer).setUint32(0, head.length);
  whole.set(head, 4);
  whole.set(bytes, 4 + head.length);
  return whole;
}
