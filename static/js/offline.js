/* The phone's frame: how much is not handed in yet, what cannot be done without signal, the way out. Loaded after
   kept.js and sender.js, which it does not need: without them it only says what it knows. */
(() => {
  "use strict";
  const doc = document, root = doc.documentElement, { kept } = self;
  const all = (query) => Array.from(doc.querySelectorAll(query));
  const element = (tag, look, text) => {
    const one = doc.createElement(tag);
    if (look) one.className = look;
    if (text) one.textContent = text;
    return one;
  };

  /* ---- not handed in: the line under the bar, and a number on the tab */
  const count = async () => {
    if (!kept || !await kept.ready) return;
    const { all: n, yours } = await kept.count();
    all("[data-unsent]").forEach((line) => {
      line.hidden = !n || location.pathname === line.getAttribute("href");
      line.querySelector("[data-n]").textContent = `${n} 件没交上去`;
      line.querySelector("[data-how]").textContent = yours ? `，${yours} 件要您动手` : "，有信号自己会交";
    });
    all(".tabbar a[href='/m/new']").forEach((tab) => {
      const old = tab.querySelector("b");
      if (old) old.remove();
      if (!n) return;
      const number = element("b", "", String(n));
      number.append(element("span", "vh", " 件没交"));
      tab.append(number);
    });
  };
  doc.addEventListener("kept", count);
  count();

  /* ---- asked once, where there is something to lose: that the browser does not clear us away */
  doc.addEventListener("kept", () => { if (navigator.storage && navigator.storage.persist) navigator.storage.persist(); }, { once: true });

  /* ---- the way out: what is kept stays, sealed, until its person is back */
  all("form[action='/logout/']").forEach((form) => {
    let isWarned = false;
    form.addEventListener("submit", async (event) => {
      if (form.dataset.left || !kept) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const can = await kept.ready, { all: n } = can ? await kept.count() : { all: 0 };
      if (n && !isWarned) {
        isWarned = true;
        const warning = element("p", "net on", `还有 ${n} 件没交上去。退出后它们锁在这台手机里，别人打不开，您再登录才接着交。`);
        warning.setAttribute("role", "alert");
        form.before(warning);
        form.querySelector("button").append(element("span", "", "（仍要退出）"));
        return;
      }
      await kept.clear().catch(() => {}); // the server signs out all the same
      form.dataset.left = "1";
      HTMLFormElement.prototype.submit.call(form);
    }, true);
  });

  /* ---- the worker that keeps pages; the first page of a visit lets it fetch what one may need */
  if (navigator.serviceWorker && doc.body.classList.contains("m")) {
    navigator.serviceWorker.register("/m/worker.js", { scope: "/m/" })
      .then(() => navigator.serviceWorker.ready)
      .then((worker) => { if (navigator.onLine && location.pathname === "/m/") worker.active.postMessage("provide"); })
      .catch(() => {}); // pages then need the network; what is typed is kept all the same
  }

  /* ---- kept pages say how old they are, and what needs the signal says so beside its button */
  const isOff = () => !navigator.onLine || "kept" in root.dataset;
  const allowed = (one) => "offline" in one.dataset || /\/do\/supplement\/$|^\/m\/(new|drafts\/)?($|\?)/.test(one.getAttribute("href") || "");
  const mark = () => {
    const line = doc.querySelector("[data-age]");
    const at = root.dataset.kept && new Date(Number(root.dataset.kept));
    if (line) {
      line.hidden = !isOff();
      const clock = at ? `这是 ${at.getMonth() + 1}月${at.getDate()}日 ${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")} 存下的，现在可能变了` : "边填边存，关掉也不丢";
      line.querySelector("span").textContent = `没有信号。${clock}`;
    }
    const acts = all("main .actbar a, .actbar a, .actbar button").filter((one) => !one.form || !("draft" in one.form.dataset)).filter((one) => !allowed(one) && !one.closest("[data-sends]"));
    all(".needsline").forEach((one) => one.remove());
    acts.forEach((one) => { if (isOff()) one.setAttribute("aria-disabled", "true"); else if (!one.classList.contains("busy")) one.removeAttribute("aria-disabled"); });
    const bar = isOff() && acts.some((one) => /\/do\//.test(one.getAttribute("href") || "") || one.tagName === "BUTTON") && doc.querySelector(".actbar");
    if (bar) bar.prepend(element("p", "note needsline", "没有信号：领办、核验、办结等要有信号才能按；补充可以先存手机。"));
  };
  addEventListener("online", mark);
  addEventListener("offline", mark);
  doc.addEventListener("click", (event) => {
    const one = event.target.closest(".actbar [aria-disabled=true]");
    if (!one || !isOff() || one.classList.contains("busy")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const line = doc.querySelector(".needsline");
    if (line) { line.setAttribute("role", "alert"); line.scrollIntoView({ block: "nearest" }); }
  }, true);
  mark();
})();
