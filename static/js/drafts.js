/* 没交的: what is kept on this phone, by who must act. Made of the page's own templates; without this file the page says
   that nothing is kept. */
(() => {
  "use strict";
  const doc = document, { kept } = self, main = doc.querySelector("[data-drafts]");
  if (!main || !kept) return;
  const part = (name) => main.querySelector(`[data-part=${name}]`);
  const clock = (at) => {
    const day = new Date(at), now = new Date(), time = `${String(day.getHours()).padStart(2, "0")}:${String(day.getMinutes()).padStart(2, "0")}`;
    return day.toDateString() === now.toDateString() ? time : `${day.getMonth() + 1}月${day.getDate()}日 ${time}`;
  };
  const sentOf = (form) => form.photos.filter((one) => one.sent).length;
  const STATES = {
    fix: { word: "要改", look: "fix", icon: "warn", act: "去改", ask: (form) => `${form.said} 别的都还在。` },
    open: { word: "未填完", look: "", icon: "edit", act: "接着填", ask: () => "还没按提交，填完再交。" },
    ready: { word: "等信号", look: "wait", icon: "clock", act: "再试", ask: (form) => (form.wait === "login" ? "要重新登录才能交。" : "填好了。有信号自己交，只交一次。") },
    sent: {
      word: "正在传", look: "go", icon: "ul", act: "", ask: (form) => {
        const left = form.photos.length - sentOf(form);
        return `字已交上，照片还有 ${left} 张在传。`;
      },
    },
  };
  const urls = [];
  const picture = async (place, form) => {
    const photo = form.photos.find((one) => !one.sent), blob = photo && await kept.photo(form.key, photo.sha);
    if (!blob) return;
    const shown = new Image(52, 52);
    shown.alt = "";
    shown.src = URL.createObjectURL(blob);
    urls.push(shown.src);
    place.replaceWith(shown);
  };
  const address = (form) => `${form.page}${form.page.includes("?") ? "&" : "?"}draft=${form.key}`;
  const card = (form, isFirst) => {
    const made = doc.getElementById("job").content.firstElementChild.cloneNode(true), state = STATES[form.state];
    const find = (query) => made.querySelector(query);
    const sign = find(".state");
    if (state.look) sign.classList.add(state.look);
    const use = sign.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${state.icon}`));
    sign.append(form.state === "sent" ? `${state.word} ${sentOf(form)}/${form.photos.length}` : state.word);
    find("time").textContent = clock(form.at);
    find(".t").textContent = form.title || form.where || form.kind;
    find(".p").textContent = [form.kind, form.number && `编号 ${form.number}`, !form.number && (form.photos.length ? `照片 ${form.photos.length} 张` : "没有照片"), form.where].filter(Boolean).join("·");
    find(".ask").textContent = state.ask(form);
    const act = find("a.btn"), again = find("button.again"), gone = find("button.gone");
    if (form.state === "fix" || form.state === "open") {
      act.textContent = state.act;
      act.href = address(form);
      act.classList.add(form.state === "fix" && isFirst ? "pri" : "soft");
      if (form.state === "fix" && isFirst) made.classList.add("hot");
    } else if (form.wait === "login") {
      act.textContent = "去登录";
      act.href = "/login/?next=/m/drafts/";
    } else act.remove();
    again.hidden = form.state !== "ready" || form.wait === "login";
    again.addEventListener("click", () => kept.send(true));
    gone.hidden = form.state !== "fix" && form.state !== "open";
    gone.addEventListener("click", () => { // deleting asks once more, in place
      if (gone.dataset.sure) { kept.drop(form.key); return; }
      gone.dataset.sure = "1";
      gone.textContent = "真的删掉？照片也会删";
    });
    picture(find(".th"), form);
    return made;
  };
  const line = (form) => {
    const made = doc.getElementById("handed").content.firstElementChild.cloneNode(true);
    if (form.to) made.href = form.to;
    made.querySelector(".grow").firstChild.data = form.title || form.where || form.number || "已交";
    made.querySelector("small").textContent = [`${clock(form.received || form.at)} 收到`, form.number].filter(Boolean).join("·");
    return made;
  };
  let drawing = null, isStale = false;
  const draw = async () => {
    const can = await kept.ready;
    main.querySelector("[data-cannot]").hidden = can;
    if (!can) return;
    const forms = await kept.all();
    urls.splice(0).forEach((one) => URL.revokeObjectURL(one));
    const yours = [...forms.filter((one) => one.state === "fix"), ...forms.filter((one) => one.state === "open")];
    const own = forms.filter((one) => one.state === "sent" || one.state === "ready"), done = forms.filter((one) => one.state === "done").reverse();
    doc.querySelector("[data-title]").textContent = yours.length + own.length ? `没交的 ${yours.length + own.length} 件` : "没交的";
    [["yours", yours], ["own", own], ["done", done]].forEach(([name, list]) => {
      const place = part(name);
      place.hidden = !list.length;
      const number = place.querySelector("h2 b");
      if (number) number.textContent = `${list.length} 件${name === "own" ? "，自己会交" : ""}`;
      place.querySelector("[data-list]").replaceChildren(...list.map((form, n) => (name === "done" ? line(form) : card(form, n === 0))));
    });
    part("none").hidden = forms.length > 0;
    part("bar").hidden = !own.length;
    const next = Math.min(...own.map((one) => one.next || 0));
    part("next").textContent = own.length && next > Date.now() ? `一件一件传。${clock(next)} 自己再试` : "一件一件传";
  };
  const redraw = () => {
    if (drawing) { isStale = true; return; }
    drawing = draw().finally(() => { drawing = null; if (isStale) { isStale = false; redraw(); } });
  };
  main.querySelector("[data-again]").addEventListener("click", () => kept.send(true));
  doc.addEventListener("kept", redraw);
  doc.addEventListener("visibilitychange", () => { if (!doc.hidden) redraw(); });
  redraw();
})();
