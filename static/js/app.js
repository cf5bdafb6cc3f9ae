/* Enhancement only: every page works without this file. No dependencies; htmx is told its manners in base.html. */
(() => {
  "use strict";
  const doc = document, root = doc.documentElement;
  const all = (query, from = doc) => Array.from(from.querySelectorAll(query));
  const say = (text) => { const live = doc.getElementById("live"); if (live) live.textContent = text; };
  root.classList.add("js");

  /* ---- countdowns: [data-due]; the server's clock counts, not the device's */
  const skew = Date.parse(root.dataset.now || "") - Date.now() || 0;
  const span = (minutes, short) => {
    const day = Math.floor(minutes / 1440), hour = Math.floor(minutes / 60) % 24, min = minutes % 60;
    const hours = hour + (short ? " 时" : " 小时");
    if (day) return day + " 天" + (hour ? " " + hours : "");
    return hour ? hours + (min ? " " + String(min).padStart(2, "0") + " 分" : "") : min + " 分";
  };
  const count = () => all("[data-due]").forEach((place) => {
    const gap = Date.parse(place.dataset.due) - Date.now() - skew;
    if (!isNaN(gap)) {
      place.textContent = (gap < 0 ? "超 " : "剩 ") + span(Math.floor(Math.abs(gap) / 6e4), "short" in place.dataset);
    }
  });
  if (root.dataset.now) { count(); setInterval(count, 6e4); }

  /* ---- one submit is one submit */
  const release = () => all(".busy").forEach((button) => { button.classList.remove("busy"); button.removeAttribute("aria-disabled"); });
  doc.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent && Date.now() - form.dataset.sent < 2e4) { event.preventDefault(); return; }
    setTimeout(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = Date.now();
      const button = event.submitter;
      if (button) { button.classList.add("busy"); button.setAttribute("aria-disabled", "true"); say("正在提交"); }
    });
  });
  const reopen = () => { all("form[data-sent]").forEach((form) => delete form.dataset.sent); release(); };
  addEventListener("pageshow", reopen);
  doc.addEventListener("htmx:afterRequest", reopen);

  /* ---- error summary takes the focus, also after a swap */
  const focusErrors = () => { const box = doc.querySelector(".errsum[autofocus]"); if (box) box.focus(); };
  focusErrors();
  doc.addEventListener("htmx:afterSwap", () => { focusErrors(); count(); });

  /* ---- a draft (draft.js) is forgotten once the next page says that its form was taken */
  try {
    const sent = sessionStorage.getItem("sent");
    if (sent && doc.querySelector(".flash .success, [data-taken]")) [localStorage, sessionStorage].forEach((shelf) => shelf.removeItem(sent));
    sessionStorage.removeItem("sent");
  } catch { say(""); }

  /* ---- menus close on Escape or a click elsewhere */
  const menus = () => all(".menu[open], .moreacts[open]");
  doc.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));

  /* ---- tabs that do not fit on their line stand under 更多; without this file they take several lines */
  const bars = new WeakMap();
  const known = (bar) => {
    if (!bars.has(bar)) {
      const more = doc.createElement("details"), head = doc.createElement("summary"), drop = doc.createElement("div");
      more.className = "moreacts moretabs";
      head.textContent = "更多";
      drop.className = "drop";
      more.append(head, drop);
      bars.set(bar, { order: Array.from(bar.children), more, drop, width: 0 });
    }
    return bars.get(bar);
  };
  const fold = (bar) => {
    const kept = known(bar), links = all("a:not([aria-current])", bar);
    if (kept.width === bar.clientWidth) return;
    kept.width = bar.clientWidth;
    kept.more.open = false;
    kept.more.remove();
    bar.append(...kept.order);
    while (bar.scrollWidth > bar.clientWidth && links.length) {
      bar.append(kept.more);
      kept.drop.prepend(links.pop());
    }
  };
  const foldAll = () => all(".tabs, .rail").forEach(fold);
  foldAll();
  addEventListener("resize", foldAll);
  doc.addEventListener("htmx:afterSwap", foldAll);

  /* ---- a choice that is written into a field: [data-fills] names the field */
  doc.addEventListener("change", (event) => {
    const field = event.target.dataset.fills && event.target.form.elements[event.target.dataset.fills];
    if (!field || !event.target.value) return;
    const text = event.target.selectedOptions[0].text;
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
    event.target.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  /* ---- keyboard on lists of [data-row] and for [data-key] buttons */
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  all("[data-keys-switch]").forEach((box) => {
    box.checked = !off();
    box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { say("没能记住"); } });
  });
  const rows = () => all("[data-row]");
  const current = (list) => list.findIndex((row) => row.getAttribute("aria-current") === "true");
  const step = (by) => {
    const list = rows(), at = current(list);
    if (!list.length) return;
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    list.forEach((row) => row.removeAttribute("aria-current"));
    next.setAttribute("aria-current", "true");
    const link = next.querySelector("a");
    if (link) link.focus();
  };
  const row = () => rows().find((one) => one.getAttribute("aria-current") === "true");
  let going = 0; // when G was pressed: the next key names a page of the rail
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => { const box = row() && row().querySelector("input[type=checkbox]"); if (box) box.click(); },
    enter: () => { const link = row() && row().querySelector("a"); if (link && doc.activeElement !== link) link.click(); },
    "/": () => { const find = doc.getElementById("q"); if (find) find.focus(); },
    "?": () => { const help = doc.getElementById("keys"); if (help) { help.open = !help.open; help.querySelector("summary").focus(); } },
  };
  doc.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") { menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); }); return; }
    const form = event.target.closest && event.target.closest("form");
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form) { event.preventDefault(); form.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (event.target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])")) return;
    const key = event.key.toLowerCase();
    if (key === "g") { going = Date.now(); return; }
    const goal = /^[a-z]$/.test(key) && Date.now() - going < 1500 && doc.querySelector(`[data-go="${key}"]`);
    going = 0;
    if (goal) { event.preventDefault(); goal.click(); return; }
    const button = /^[a-z]$/.test(key) && doc.querySelector(`[data-key="${key}"]`);
    if (button) { event.preventDefault(); button.click(); return; }
    if (!keys[key] || (key === "enter" && event.target.closest("a, button, summary, input"))) return;
    if (key !== "enter") event.preventDefault();
    keys[key]();
  });
  all("[data-all]").forEach((box) => box.addEventListener("change", () => {
    const wanted = box.checked; // each click may change the box, which shows how many are chosen
    all("[data-row] input[type=checkbox]").forEach((one) => { if (one.checked !== wanted) one.click(); });
  }));
})();
