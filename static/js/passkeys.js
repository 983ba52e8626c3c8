/* Passkeys: the browser's ceremony between two forms of the site. Without it, or without script,
   the forms stay away and the password or the code of an app remains. */
import { csrfToken } from "./csrf.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

async function create({ publicKey: asked }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: known(asked.excludeCredentials),
    },
  });
  return plain(credential, ["clientDataJSON", "attestationObject"]);
}

async function get({ publicKey: asked }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: known(asked.allowCredentials),
    },
  });
  return plain(credential, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
}

/* What the browser answered, as the server reads it. */
function plain(credential, names) {
  const response = {};
  for (const name of names) if (credential.response[name]) response[name] = text(credential.response[name]);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

/* What the ceremony is asked with; null after leading away to a confirmation. */
async function options(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
  });
  const asked = await answer.json();
  if (answer.ok) return asked;
  if (!asked.confirm) throw new Error(asked.error);
  location.assign(`${asked.confirm}?next=${encodeURIComponent(location.pathname)}`);
  return null;
}

async function run(form) {
  const problem = form.querySelector("[data-passkey-problem]");
  const button = form.querySelector("button");
  problem.hidden = true;
  button.disabled = true;
  try {
    const asked = await options(form);
    if (!asked) return;
    const answer = await (form.dataset.passkey === "create" ? create : get)(asked);
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch {
    problem.hidden = false; // given up, taken too long, not this device: the person may try again
  } finally {
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  for (const otherwise of document.querySelectorAll("[data-passkey-missing]")) otherwise.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.reportValidity()) run(form);
  });
}
