/* The token against forged requests as the server set it last; "" if there is none. */
const NAMES = ["__Host-csrftoken=", "csrftoken="];

export function csrfToken() {
  const pairs = document.cookie.split("; ");
  for (const name of NAMES) {
    const pair = pairs.find((part) => part.startsWith(name));
    if (pair) return pair.slice(name.length);
  }
  return "";
}
