/* The queue: the row that has the focus is the one the pane shows. The page works without this file. */
(() => {
  "use strict";
  const rows = () => Array.from(document.querySelectorAll("[data-row]"));
  const mark = (row) => {
    rows().forEach((one) => one.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  };
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) mark(row);
  });
  const pane = document.getElementById("peek");
  if (pane && pane.hasAttribute("hx-get") && pane.offsetParent && rows().length) mark(rows()[0]);
})();
