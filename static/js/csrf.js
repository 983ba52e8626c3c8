/* The token against forged requests as the server set it last; "" if there is none. */
export function csrfToken() {
  const pair = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return pair ? pair.slice("csrftoken=".length) : "";
}
