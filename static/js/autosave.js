/* The side form of the list editor saves itself while one types; the button still saves and goes on. Without it the
   form works the same. What another person wrote meanwhile is never overwritten: the server refuses, and says who. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  const said = document.querySelector("[data-saved]");
  if (!form || !said || !window.fetch) return;
  const WAIT = 1500;
  let timer = 0, sending = false, again = false, stopped = false;
  const save = async () => {
    if (stopped) return;
    if (sending) { again = true; return; }
    sending = true;
    const data = new FormData(form);
    data.set("autosave", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const told = await answer.json();
      said.textContent = told.said;
      said.classList.toggle("late", !answer.ok);
      if (answer.ok) document.querySelectorAll("form[data-autosave] [name=revision], [data-revision]").forEach((one) => { one.value = told.revision; });
      stopped = answer.status === 409;
    } catch {
      said.textContent = "没连上，还没保存；内容在页面上，稍后再试";
      said.classList.add("late");
    }
    sending = false;
    if (again) { again = false; later(); }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(save, WAIT); };
  form.addEventListener("input", later);
  document.addEventListener("submit", () => { stopped = true; clearTimeout(timer); }, true);
})();
