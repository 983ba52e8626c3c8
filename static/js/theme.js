/* Runs before the first paint, so that a chosen look never flashes; therefore no module. */
(() => {
  const root = document.documentElement;

  /* A quick exit goes back to the first page of the tab, which leads on to a harmless one. */
  function leave() {
    try {
      if (sessionStorage.getItem("away")) location.replace("/calendar/");
    } catch {
      // storage may be forbidden
    }
  }
  leave();
  window.addEventListener("pageshow", leave); // a page that the browser kept whole runs nothing else
  const sheet = document.querySelector("link[data-theme-dark]");
  const preference = sheet ? sheet.media : "";

  /* Theme is "light", "dark" or "" (as the device prefers). */
  function apply(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    if (sheet) sheet.media = { light: "not all", dark: "screen" }[theme] || preference;
  }

  function read() {
    try {
      return localStorage.getItem("theme") || "";
    } catch {
      return ""; // storage may be forbidden; the device's preference stands
    }
  }

  function choose(theme) {
    apply(theme);
    try {
      if (theme) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch {
      // the choice then lasts for this page only
    }
  }

  root.classList.add("js");
  apply(read());
  window.zhinalysTheme = { choose, read };
})();
