// A page on the wall of the meeting room: F shows its picture alone in large type, F or Esc ends it.
// While it hangs there it looks for news once a minute.
(() => {
  "use strict";
  const button = document.querySelector("[data-wall-open]");
  const root = document.documentElement;
  if (!button || !document.querySelector("[data-wall]")) return;
  const MINUTE = 60000;
  let clock = 0;
  const look = () => htmx.trigger(document.querySelector("[data-wall]"), "look");

  const open = async () => {
    root.classList.add("wall");
    clock = window.setInterval(look, MINUTE);
    try {
      await root.requestFullscreen();
    } catch {
      // Where the browser has no full screen the page alone is large.
    }
    document.querySelector("[data-wall]").focus();
  };
  const close = () => {
    if (!root.classList.contains("wall")) return;
    root.classList.remove("wall");
    window.clearInterval(clock);
    if (document.fullscreenElement) document.exitFullscreen();
    button.focus();
  };

  button.hidden = false;
  button.addEventListener("click", open);
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || close());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") close();
    if (event.key.toLowerCase() === "f") (root.classList.contains("wall") ? close : open)();
  });
})();
