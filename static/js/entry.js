/* Signing in: what was kept on this device for somebody else is cleared before anybody is in. Without it the first page of
   the next person does the same. */
(() => {
  "use strict";
  document.querySelectorAll("form[method=post]").forEach((form) => form.addEventListener("submit", async (event) => {
    if (!self.kept || form.dataset.cleared || !form.elements.username) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.dataset.cleared = "1";
    await Promise.race([kept.clear().catch(() => {}), new Promise((done) => { setTimeout(done, 1e3); })]);
    form.requestSubmit();
  }, true));
})();
