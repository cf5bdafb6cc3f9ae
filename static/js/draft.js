/* What is typed into a creating form survives a killed tab, a lost signal, a lost answer and an ended session, with the
   key by which a second press is the first.

   form[data-draft] is kept on the phone with its photos (kept.js) and handed in from there (sender.js), now or once there
   is signal. Every other creating form, and this one where nothing can be kept, is remembered in its tab only, without
   photos, under who typed it. A resident's unfinished form comes back in its own tab only.
   Without this file the forms work the same. */
(() => {
  "use strict";
  const doc = document, DAY = 864e5, HEAD = "draft:", { kept } = self;
  if (!kept) return;
  const { owner } = kept;
  const shelf = {
    names() { try { return Object.keys(sessionStorage).filter((at) => at.startsWith(HEAD)); } catch { return []; } },
    read(at) { try { return JSON.parse(sessionStorage.getItem(at) || "null"); } catch { return null; } },
    write(at, value) { try { sessionStorage.setItem(at, JSON.stringify(value)); } catch { /* full, or private: not remembered */ } },
    forget(at) { try { sessionStorage.removeItem(at); } catch { /* nothing is remembered here */ } },
  };
  // what somebody else typed in this tab goes with them
  shelf.names().filter((at) => !at.startsWith(`${HEAD}${owner}:`)).forEach(shelf.forget);
  const given = shelf.read("given"); // a kept form that went as a plain one: forgotten once it was taken
  if (given && doc.querySelector(".flash .success, [data-taken]")) {
    shelf.forget("given");
    kept.ready.then((can) => can && kept.drop(given));
  }
  const form = doc.querySelector("form[data-draft]") || doc.querySelector("form#form[method=post]:not([data-autosave])");
  if (!form || !form.elements.idempotency_key) return;
  const key = form.elements.idempotency_key, kind = form.dataset.draft || location.pathname;
  const subject = form.elements.household ? form.elements.household.value : "";
  const name = `${HEAD}${owner}:${kind}:${subject}`;
  const isAnswer = Boolean(doc.querySelector(".errsum")), isPhone = doc.body.classList.contains("m");

  /* ---- the line above the form */
  const bar = doc.createElement("p"), words = doc.createElement("span"), clear = doc.createElement("button");
  bar.className = "net netoff";
  bar.setAttribute("role", "status");
  clear.type = "button";
  clear.className = "btn sm quiet";
  clear.textContent = owner ? "清空重填" : "不是我填的，清空";
  clear.hidden = true;
  bar.append(words, clear);
  form.before(bar);
  const tell = (text, clears = false) => { words.textContent = text; clear.hidden = !clears; bar.classList.toggle("on", Boolean(text)); };

  /* ---- what is in the fields */
  const isTicked = (one) => one.type === "radio" || one.type === "checkbox";
  const fields = () => Array.from(form.elements).filter((one) => one.name && one.type !== "file"
    && one.matches("input:not([type=hidden]):not([type=password]):not([type=submit]), textarea, select"));
  const read = () => {
    const values = {};
    fields().forEach((one) => {
      const held = values[one.name] || (values[one.name] = []);
      if (one.multiple) held.push(...Array.from(one.selectedOptions, (option) => option.value));
      else if (!isTicked(one) || one.checked) held.push(one.value);
    });
    return values;
  };
  const fill = (values) => {
    let filled = false;
    const left = {};
    fields().forEach((one) => {
      const held = values[one.name];
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
    const chosen = form.querySelector("[hx-trigger^=change] input:checked"); // what follows from it is asked for again
    const ask = () => chosen.dispatchEvent(new Event("change", { bubbles: true }));
    if (chosen && doc.readyState === "complete") ask();
    else if (chosen) addEventListener("load", ask, { once: true });
    return filled;
  };
  const onTouch = (save) => ["input", "change"].forEach((kind2) => doc.addEventListener(kind2, (event) => {
    if (event.target.form === form) save(); // a field may stand beside the form
  }));
  const isQuestion = (event) => event.submitter && event.submitter.name === "suggest";

  /* ---- remembered in its tab */
  const remember = () => {
    const photos = () => Array.from(form.querySelectorAll("input[type=file]")).reduce((sum, one) => sum + one.files.length, 0);
    const save = (sent) => shelf.write(name, { at: Date.now(), values: read(), key: key.value, photos: photos(), sent: sent === true });
    const taken = (draft) => { const filled = fill(draft.values); if (draft.key) key.value = draft.key; return filled; };
    clear.addEventListener("click", () => { shelf.forget(name); location.reload(); });
    onTouch(save);
    form.addEventListener("submit", (event) => {
      if (isQuestion(event)) return;
      save(navigator.onLine);
      if (navigator.onLine) { try { sessionStorage.setItem("sent", name); } catch { /* not forgotten by itself, then */ } return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      tell("没有网络，文字记在这个页面里：别关它，有信号后再按一次提交");
    }, true);
    addEventListener("online", () => tell("有网络了，可以提交"));
    addEventListener("offline", () => tell("没有网络。别关页面，有信号后再提交"));
    const draft = shelf.read(name);
    if (isAnswer) { save(); return; }
    if (!draft || !draft.values || Date.now() - draft.at > DAY) {
      if (isPhone && "draft" in form.dataset) tell("这个浏览器不能把照片和没交的内容存在手机里：没有信号时请别关页面");
      return;
    }
    const again = "直接再按一次：已经收到的不会重复" + (draft.photos ? "，照片也不用再选" : "");
    if (draft.sent && !("draft" in form.dataset)) { // whether it was taken is not known of every form: its person decides
      if (!fields().some((one) => one.matches("textarea") && (draft.values[one.name] || []).some((text) => text.length > 3))) return;
      const back = doc.createElement("button");
      back.type = "button";
      back.className = "btn sm quiet";
      back.textContent = "找回上次填的";
      back.addEventListener("click", () => { taken(draft); back.remove(); tell("已找回。上次已经收到的，再按一次不会重复", true); });
      bar.append(back);
      tell("上次在这里提交过");
      return;
    }
    const filled = taken(draft);
    if (draft.sent) tell(`上次按了提交，但没有等到回音。${again}`, true);
    else if (filled || draft.photos) tell("已恢复上次没提交的内容" + (draft.photos ? `（${draft.photos} 张照片要重新选）` : ""), true);
  };

  /* ---- kept on the phone */
  const SHOWN = 24, PATIENCE = 4e3;
  const keep = (record) => {
    const box = form.querySelector("[data-photos]");
    let chain = Promise.resolve(), isPressed = false, isFull = ""; // of what there was no room for: words or shots
    const called = () => {
      const chosen = form.querySelector("[type=radio][name=item]:checked, [type=radio][name=result]:checked");
      const label = chosen && form.querySelector(`label[for="${chosen.id}"]`);
      const said = ["which", "words", "note", "remark"].map((one) => form.elements[one] && form.elements[one].value).find(Boolean);
      return ((label && label.textContent.trim()) || said || "").slice(0, SHOWN);
    };
    const where = () => (form.elements.where && form.elements.where.value) || form.dataset.where || "";
    const write = async (more) => {
      record = { photos: [], ...record, values: read(), title: called(), where: where(), at: Date.now(), ...more };
      await kept.put(record);
      if (!owner) shelf.write(name, record.key);
    };
    const full = (what) => {
      isFull = isFull || what;
      tell("手机存满了，刚才的没有存住：别关页面，有信号直接提交；或者清出一点空间再改一下");
    };
    const later = (work, what = "words") => { // that there is room for the words again says nothing of the photos
      chain = chain.then(work).then(() => { if (isFull === what) { isFull = ""; tell(""); } }, () => full(what));
      return chain;
    };
    const save = () => { if (!isPressed) later(() => write({ state: record.state === "fix" ? "fix" : "open" })); };
    const saveShots = async (files) => {
      const photos = [];
      for (const file of files) {
        const sha = await kept.sha(file);
        if (!record.photos.some((one) => one.sha === sha)) await kept.keepPhoto(record.key, sha, file);
        if (!photos.some((one) => one.sha === sha)) photos.push({ sha });
      }
      for (const gone of record.photos.filter((one) => !photos.some((two) => two.sha === one.sha))) await kept.dropPhotos(record.key, gone.sha);
      await write({ state: record.state === "fix" ? "fix" : "open", photos });
    };
    const drop = () => { isPressed = true; shelf.forget(name); chain.then(() => kept.drop(record.key)).then(() => location.reload()); };

    const asPlain = () => { shelf.write("given", record.key); form.noValidate = true; HTMLFormElement.prototype.submit.call(form); };
    const settled = async () => {
      const now = await kept.get(record.key);
      if (!now) return false;
      if (now.state === "done" || now.state === "sent") { shelf.forget(name); location.href = now.to || location.pathname; return true; }
      if (now.state === "fix" && now.code === "must_answer") { asPlain(); return true; }
      isPressed = false;
      unpress();
      record = now;
      if (!await kept.after) tell("已存手机。有信号自己会交，只交一次；这一页可以关");
      else if (now.state === "fix") kept.complain(form, now);
      else { tell(""); kept.saved(form, now.wait === "login"); }
      return true;
    };
    let pressed = null;
    const unpress = () => { if (pressed) { pressed.classList.remove("busy"); pressed.removeAttribute("aria-disabled"); pressed = null; } };
    const wordsIn = () => new Promise((done) => { // the page need not wait long for the photos
      const look = async () => { const now = await kept.get(record.key); if (now && now.state === "sent") setTimeout(done, PATIENCE); };
      doc.addEventListener("kept", look);
    });
    const press = async (button) => {
      isPressed = true;
      pressed = button;
      if (button) { button.classList.add("busy"); button.setAttribute("aria-disabled", "true"); }
      const sends = Array.from(new FormData(form)).filter(([field, value]) => typeof value === "string" && field !== "csrfmiddlewaretoken" && field !== "idempotency_key");
      if (button && button.name) sends.push([button.name, button.value]);
      await later(() => write({ state: "ready", sends, pressed: new Date().toISOString(), action: form.getAttribute("action") || location.pathname + location.search, tries: 0, next: 0, said: "", errors: {}, code: "", wait: "" }));
      if (isFull) { isPressed = false; unpress(); return; }
      if (await kept.after) await Promise.race([kept.send(true), wordsIn()]);
      await settled();
    };
    clear.addEventListener("click", drop);
    onTouch(save);
    form.addEventListener("click", (event) => { if (event.target.closest("[data-photos] label")) save(); }); // the camera may cost us the page
    if (box) box.addEventListener("shots", (event) => { if (!isPressed) later(() => saveShots(event.detail), "shots"); });
    form.addEventListener("submit", (event) => {
      if (isQuestion(event)) return;
      if (isFull && navigator.onLine) { shelf.write("given", record.key); return; } // it goes as a plain form
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!isPressed && !isFull) press(event.submitter);
    }, true);
    key.value = record.key;
    const files = box ? Array.from(box.querySelector("input[type=file]").files) : [];
    const isTouched = fields().some((one) => (isTicked(one) ? one.checked !== one.defaultChecked : one.matches("input, textarea") && one.value !== one.defaultValue));
    if (isTouched) save(); // before this file was here
    if (files.length) later(() => saveShots(files), "shots");
    return box;
  };

  /* without signal a button does not say that it hands in */
  const labels = () => {
    const off = !navigator.onLine || "kept" in doc.documentElement.dataset;
    const buttons = Array.from(doc.querySelectorAll("button[type=submit], button:not([type])")).filter((one) => one.form === form && one.name !== "suggest" && !one.classList.contains("vh"));
    buttons.filter((one) => one.classList.contains("pri")).forEach((one) => {
      const place = one.querySelector(".two") || one;
      const text = Array.from(place.childNodes).find((node) => node.nodeType === 3 && node.data.trim());
      if (!text) return;
      if (!("label" in one.dataset)) one.dataset.label = text.data;
      text.data = off && /提交|变成|点单|记下|补充/.test(one.dataset.label) ? "先存手机" : one.dataset.label;
    });
    if (doc.querySelector("[data-age]")) return; // the frame says so
    if (off) tell("没有信号。边填边存，关掉也不丢");
    else if (words.textContent.startsWith("没有信号。边")) tell("");
  };
  const waitingOnes = async () => { // residents have no page of their own: what became of it is said here
    const forms = await kept.all(), late = forms.filter((one) => one.state === "ready" || one.state === "sent");
    const done = forms.filter((one) => one.state === "done").pop();
    if (late.length) tell(`上次填的还有 ${late.length} 件没交上去，有信号自己会交，不用再填`);
    else if (done && done.to && (!words.textContent || words.textContent.startsWith("上次填的还有"))) {
      tell("上次填的已经收到。");
      const link = doc.createElement("a");
      link.href = done.to;
      link.textContent = "看进度";
      words.append(link);
    }
  };
  const start = async () => {
    if (isAnswer || !("draft" in form.dataset) || !await kept.ready) { remember(); return; }
    const wanted = new URLSearchParams(location.search).get("draft"), forms = await kept.all();
    const mine = forms.filter((one) => one.name === name && (one.state === "open" || one.state === "fix"));
    const own = owner ? mine : mine.filter((one) => one.state === "fix" || one.key === shelf.read(name));
    const found = mine.find((one) => one.key === wanted) || own.pop();
    const page = location.pathname + location.search.replace(/[?&]draft=[^&]*/, "");
    const record = found || { key: kept.newKey(), state: "open", name, kind: form.dataset.called || "", page, photos: [] };
    const box = keep(record);
    if (found) {
      const filled = fill(found.values), blobs = [];
      for (const photo of found.photos) blobs.push(await kept.photo(found.key, photo.sha));
      const files = blobs.filter(Boolean).map((blob, n) => new File([blob], `${n + 1}.jpg`, { type: blob.type }));
      if (box && files.length) box.dispatchEvent(new CustomEvent("restore", { detail: files }));
      if (found.state === "fix" && await kept.after) kept.complain(form, found);
      if (filled || files.length) tell("已恢复上次没提交的内容", true);
    }
    labels();
    addEventListener("online", labels);
    addEventListener("offline", labels);
    if (!owner) { waitingOnes(); doc.addEventListener("kept", waitingOnes); }
  };
  start();
})();
