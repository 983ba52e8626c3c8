/* A change of a question shows at once what the button would show. Works without this script. */

const form = document.querySelector("form[data-explore]");
const status = form?.querySelector("[data-explore-status]");
let latest = 0;

function address() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") asked.set(name, value);
  return `${form.action.split("?")[0]}?${asked}`;
}

/* Errors at the fields, as the server wrote them; what was typed stays as it is. */
function showErrors(page) {
  for (const field of form.querySelectorAll(".explore__questions .field")) {
    const name = field.querySelector("[name]").name;
    const input = page.querySelector(`form[data-explore] [name="${name}"]`);
    const error = input?.closest(".field").querySelector(".field__error");
    field.querySelector(".field__error")?.remove();
    field.classList.toggle("field--error", Boolean(error));
    const control = field.querySelector("[name]");
    control.classList.toggle("is-invalid", Boolean(error));
    if (error) {
      control.setAttribute("aria-invalid", "true");
      field.append(document.importNode(error, true));
    } else control.removeAttribute("aria-invalid");
  }
}

async function show() {
  const mine = ++latest;
  const here = document.getElementById("explored");
  const url = address();
  here.setAttribute("aria-busy", "true");
  status.textContent = "";
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected || !answer.ok) return location.assign(url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== latest) return;
    showErrors(page);
    here.replaceWith(document.importNode(page.getElementById("explored"), true));
    // The short address, as it is shared; where there is none, what was asked.
    const shown = document.querySelector("#explored .keep__address");
    history.replaceState(null, "", shown ? shown.href : url);
    status.textContent = status.dataset.done;
  } catch {
    if (mine !== latest) return;
    here.removeAttribute("aria-busy");
    status.textContent = status.dataset.failed;
  }
}

if (form) form.addEventListener("change", show);
