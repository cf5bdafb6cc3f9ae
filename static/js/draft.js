/* What is typed into a creating form survives a killed tab, a lost signal, a lost answer and an ended session, with the
   key by which a second press is the first. It is kept on this device only, under who typed it (data-owner of the
   script), for a day at most: that of form[data-draft] whatever becomes of its tab, that of others and of residents,
   who have no account, in the tab only. Photos are not kept, but that they were there is told. It is forgotten once the
   form has been taken. Without this file the form works the same. */
(() => {
  "use strict";
  const DAY = 864e5, HEAD = "draft:", owner = document.currentScript.dataset.owner || "";
  try { // what somebody else typed in this tab goes with them
    Object.keys(sessionStorage).filter((at) => at.startsWith(HEAD) && !at.startsWith(HEAD + owner + ":")).forEach((at) => sessionStorage.removeItem(at));
  } catch { /* nothing is kept here */ }
  const form = document.querySelector("form[data-draft]") || document.querySelector("form#form[method=post]:not([data-autosave])");
  if (!form || !form.elements.idempotency_key) return;
  const isLong = owner && "draft" in form.dataset;
  const shelf = () => (isLong ? localStorage : sessionStorage); // private windows may refuse either
  const subject = form.elements.household ? form.elements.household.value : "";
  const name = HEAD + owner + ":" + (form.dataset.draft || location.pathname) + ":" + subject;
  const fields = () => Array.from(form.elements).filter((one) => one.name && one.type !== "file"
    && one.matches("input:not([type=hidden]):not([type=password]):not([type=submit]), textarea, select"));
  const key = form.elements.idempotency_key;
  const photos = () => Array.from(form.querySelectorAll("input[type=file]")).reduce((sum, one) => sum + one.files.length, 0);
  const read = (at) => { try { return JSON.parse(shelf().getItem(at) || "null"); } catch { return null; } };
  const forget = (at) => { try { shelf().removeItem(at); } catch { /* nothing is kept here */ } };
  const isTicked = (one) => one.type === "radio" || one.type === "checkbox";

  const bar = document.createElement("p"), words = document.createElement("span"), clear = document.createElement("button");
  bar.className = "net netoff";
  bar.setAttribute("role", "status");
  clear.type = "button";
  clear.className = "btn sm quiet";
  clear.textContent = owner ? "清空重填" : "不是我填的，清空";
  clear.hidden = true;
  clear.addEventListener("click", () => { forget(name); location.reload(); });
  bar.append(words, clear);
  form.before(bar);
  const tell = (text, clears = false) => { words.textContent = text; clear.hidden = !clears; bar.classList.toggle("on", Boolean(text)); };

  const save = (sent) => {
    const values = {};
    fields().forEach((one) => {
      const held = values[one.name] || (values[one.name] = []);
      if (one.multiple) held.push(...Array.from(one.selectedOptions, (option) => option.value));
      else if (!isTicked(one) || one.checked) held.push(one.value);
    });
    const draft = { at: Date.now(), values, key: key.value, photos: photos(), sent: sent === true };
    try { shelf().setItem(name, JSON.stringify(draft)); } catch { /* full: nothing to do */ }
  };
  const fill = (draft) => {
    let filled = false;
    const left = {};
    fields().forEach((one) => {
      const held = draft.values[one.name];
      if (!held) return;
      if (isTicked(one)) { const on = held.includes(one.value); filled = filled || on !== one.checked; one.checked = on; return; }
      if (one.multiple) { Array.from(one.options).forEach((option) => { option.selected = held.includes(option.value); }); return; }
      const at = left[one.name] || 0;
      left[one.name] = at + 1;
      const value = held[at];
      if (!value || value === one.value || (location.search && one.value)) return; // an address that asks for something wins
      one.value = value;
      filled = true;
    });
    return filled;
  };
  try {
    Object.keys(shelf()).filter((at) => at.startsWith(HEAD) && !(Date.now() - (read(at) || { at: 0 }).at < DAY)).forEach(forget);
  } catch { /* nothing is kept here */ }

  const changed = (event) => { if (event.target.form === form) save(); }; // a field may stand beside the form
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "suggest") return;
    save(navigator.onLine);
    if (navigator.onLine) { try { sessionStorage.setItem("sent", name); } catch { /* not forgotten by itself, then */ } return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    tell("没有网络，已存在这台手机上，有信号后再按一次提交");
  }, true);
  addEventListener("online", () => tell("有网络了，可以提交"));
  addEventListener("offline", () => tell("没有网络。填的内容会存在这台手机上"));
  const draft = read(name);
  if (document.querySelector(".errsum")) save();
  else if (draft && draft.values) {
    const again = () => {
      const filled = fill(draft);
      const chosen = form.querySelector("[hx-trigger=change] input:checked"); // what follows from it is asked for again
      if (chosen) addEventListener("load", () => chosen.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
      if (draft.key) key.value = draft.key; // the same form: what was taken already is not taken twice
      return filled;
    };
    if (draft.sent && !("draft" in form.dataset)) { // whether it was taken is not known of every form: its person decides
      if (!fields().some((one) => one.matches("textarea") && (draft.values[one.name] || []).some((text) => text.length > 3))) return;
      const back = document.createElement("button");
      back.type = "button";
      back.className = "btn sm quiet";
      back.textContent = "找回上次填的";
      back.addEventListener("click", () => { again(); back.remove(); tell("已找回。上次已经收到的，再按一次不会重复", true); });
      bar.append(back);
      tell("上次在这里提交过", false);
      return;
    }
    const filled = again();
    if (draft.sent) tell("上次按了提交，但没有等到回音。直接再按一次：已经收到的不会重复" + (draft.photos ? "，照片也不用再选" : ""), true);
    else if (filled || draft.photos) tell("已恢复上次没提交的内容" + (draft.photos ? `（${draft.photos} 张照片要重新选）` : ""), true);
  }
})();
