/* What is typed into [data-draft] survives a killed tab and a lost signal. Kept on this device only, text only, a day
   at most, and forgotten once the form has been taken. Without it the form works the same. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const name = "draft:" + form.dataset.draft + ":" + (form.elements.household ? form.elements.household.value : "");
  const DAY = 864e5, KEPT = "input[type=text], input:not([type]), textarea, select, input[type=radio]";
  const fields = () => Array.from(form.querySelectorAll(KEPT)).filter((one) => one.name);
  const read = () => { try { return JSON.parse(localStorage.getItem(name) || "null"); } catch { return null; } };
  const forget = () => { try { localStorage.removeItem(name); } catch { /* private mode keeps nothing */ } };
  const bar = document.createElement("p");
  bar.className = "net netoff";
  bar.setAttribute("role", "status");
  form.before(bar);
  const tell = (text) => { bar.textContent = text; bar.classList.toggle("on", Boolean(text)); };
  const save = () => {
    const values = {};
    fields().forEach((one) => { if (one.type !== "radio") values[one.name] = one.value; else if (one.checked) values[one.name] = one.value; });
    try { localStorage.setItem(name, JSON.stringify({ at: Date.now(), values })); } catch { /* full: nothing to do */ }
  };
  const old = read();
  const errors = document.querySelector(".errsum");
  if (old && Date.now() - old.at < DAY && !errors) {
    let filled = false;
    fields().forEach((one) => {
      const value = old.values[one.name];
      if (value === undefined) return;
      if (one.type === "radio") { if (one.value === value && !one.checked) { one.checked = filled = true; } }
      else if (!one.value && value) { one.value = value; filled = true; }
    });
    if (filled) tell("已恢复上次没提交的内容（照片要重新选）");
  } else if (old && Date.now() - old.at >= DAY) forget();
  form.addEventListener("input", save);
  form.addEventListener("submit", (event) => {
    save();
    if (navigator.onLine) { sessionStorage.setItem("sent", name); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    tell("没有网络，已存在这台手机上，有信号后再按一次提交");
  }, true);
  addEventListener("online", () => tell("有网络了，可以提交"));
  addEventListener("offline", () => tell("没有网络。填的内容会存在这台手机上"));
})();
