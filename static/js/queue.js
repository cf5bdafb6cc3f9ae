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
  /* what is chosen, in words; the bar shows once something is */
  const bar = document.getElementById("bulk");
  const boxes = () => Array.from(document.querySelectorAll("[data-row] input[name=n]"));
  const tell = () => {
    const chosen = boxes().filter((box) => box.checked), every = document.querySelector("[data-all]");
    boxes().forEach((box) => box.closest("[data-row]").classList.toggle("sel", box.checked));
    bar.classList.toggle("idle", !chosen.length);
    bar.querySelector("[data-chosen]").textContent = chosen.length;
    every.checked = chosen.length > 0 && chosen.length === boxes().length;
    every.indeterminate = chosen.length > 0 && !every.checked;
  };
  if (bar) {
    document.addEventListener("change", (event) => { if (event.target.name === "n") tell(); });
    bar.addEventListener("reset", () => setTimeout(tell));
    addEventListener("pageshow", tell);
    tell();
  }
  const pane = document.getElementById("peek");
  if (pane && pane.hasAttribute("hx-get") && pane.offsetParent && rows().length) mark(rows()[0]);
})();
