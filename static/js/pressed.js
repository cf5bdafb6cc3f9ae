/* What a kept form says after its button was pressed: what is missing, beside its field; or that it waits on the phone. */
(() => {
  "use strict";
  const doc = document, { kept } = self;
  if (!kept) return;

  kept.complain = (form, { said, errors }) => {
    doc.querySelectorAll(".errsum, .emsgs").forEach((one) => one.remove());
    doc.querySelectorAll(".f.bad").forEach((one) => one.classList.remove("bad"));
    const sum = doc.createElement("div"), head = doc.createElement("h2"), list = doc.createElement("ul");
    sum.className = "errsum";
    sum.tabIndex = -1;
    sum.setAttribute("role", "alert");
    head.textContent = "还没提交，请改下面这些";
    const point = (text, id) => {
      const line = doc.createElement("li"), link = doc.createElement(id ? "a" : "span");
      if (id) link.href = `#${id}`;
      link.textContent = text;
      line.append(link);
      list.append(line);
    };
    Object.entries(errors || {}).forEach(([field, lines]) => {
      const found = form.elements[field] || form.querySelector(`[name="${field}"]`), input = found && !found.tagName ? found[0] : found;
      const around = input && input.closest(".f"), label = around && around.querySelector("legend, label");
      lines.forEach((line) => point(label ? `${label.firstChild.textContent.trim()}：${line}` : line, input && input.id));
      if (!around) return;
      around.classList.add("bad");
      const beside = doc.createElement("div"), sentence = doc.createElement("p");
      beside.className = "emsgs";
      sentence.className = "emsg";
      sentence.textContent = lines.join("；");
      beside.append(sentence);
      label.after(beside);
    });
    if (!list.children.length) point(said);
    sum.append(head, list);
    form.before(sum);
    sum.focus();
  };

  kept.saved = (form, isOut) => {
    const panel = doc.createElement("section"), head = doc.createElement("h2"), text = doc.createElement("p");
    panel.className = "saved";
    panel.tabIndex = -1;
    panel.setAttribute("role", "status");
    head.textContent = "已存手机";
    text.textContent = isOut ? "要重新登录才能交。登录以后自己会交，只交一次。" : "没有信号。有信号自己会交，只交一次；这一页可以关。";
    const link = (words2, href, look) => {
      const one = doc.createElement("a");
      one.className = `btn${look}`;
      one.href = href;
      one.textContent = words2;
      return one;
    };
    panel.append(head, text);
    const isPhone = Boolean(doc.querySelector("[data-unsent]"));
    if (kept.owner && (isOut || isPhone)) panel.append(link(isOut ? "去登录" : "看没交的", isOut ? `/login/?next=${isPhone ? "/m/drafts/" : "/"}` : "/m/drafts/", " pri"));
    panel.append(link(kept.owner ? "再填一件" : "再点一单", location.pathname, ""));
    form.hidden = true;
    doc.querySelectorAll(".actbar").forEach((one) => { one.hidden = true; });
    form.before(panel);
    panel.focus();
  };
})();
