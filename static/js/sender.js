/* Hands in what was kept (kept.js), one thing at a time: words first, so that the matter exists and has its number, then
   each photo by its SHA-256. Everything may be sent again: the server knows words by their key and photos by their hash.
   Done is only what the server said is done; everything else stays and is tried again, or says what its person must do.
   It runs on loading, when the signal or the page comes back, and by a timer that waits longer each time. */
(() => {
  "use strict";
  const { kept } = self;
  if (!kept) return;
  const FIRST = 5e3, LONGEST = 3e5, WORDS = 3e4, PHOTO = 12e4, KEY_DAYS = 28;
  const AGAIN = [408, 425, 429, 500, 502, 503, 504];
  let running = null, timer = 0, token = "";

  const ask = async (url, options, patience) => {
    const control = new AbortController(), bell = setTimeout(() => control.abort(), patience);
    const headers = { Accept: "application/json", "Draft-Owner": kept.owner, ...(options.headers || {}) };
    try { return await fetch(url, { redirect: "manual", cache: "no-store", credentials: "same-origin", ...options, headers, signal: control.signal }); } finally { clearTimeout(bell); }
  };
  const told = async (answer) => { // a gate between us may answer anything; only JSON is ours
    try { return (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null; } catch { return null; }
  };
  const later = (form, answer) => {
    const tries = (form.tries || 0) + 1, asked = answer && Number(answer.headers.get("Retry-After")) * 1e3;
    return { ...form, tries, wait: "signal", next: Date.now() + Math.max(asked || 0, Math.min(LONGEST, FIRST * 2 ** (tries - 1))) };
  };
  const toMend = (form, said, errors, code) => ({ ...form, state: "fix", wait: "", said: said || "没有收下，请打开看看", errors: errors || {}, code: code || "" });
  const login = (form) => ({ ...form, wait: "login", next: Date.now() + LONGEST });

  const fetchToken = async () => {
    const answer = await ask("/token/", {}, WORDS), found = answer.ok && await told(answer);
    if (!found || !("csrf" in found)) throw new Error("no answer of ours");
    token = found.csrf;
    return !kept.owner || found.owner === kept.owner;
  };
  /* one request with a token; where that does not fit any more, once again with a new one */
  const post = async (url, options, patience) => {
    const once = () => ask(url, { ...options, headers: { ...options.headers, "X-CSRFToken": token } }, patience);
    const answer = await once();
    if (answer.status !== 403) return [answer, await told(answer)];
    const said = await told(answer);
    if (!said || said.code !== "csrf") return [answer, said];
    await fetchToken();
    const again = await once();
    return [again, await told(again)];
  };
  const judged = (form, answer, said) => {
    if (answer.type === "opaqueredirect" || answer.status === 401) return login(form);
    if (AGAIN.includes(answer.status) || (said && said.code === "in_flight") || !said) return later(form, answer);
    return toMend(form, answer.status === 413 ? "照片太大，请少传几张或重拍" : said.message, said.errors, said.code);
  };

  const sendWords = async (form) => {
    if (form.firstTry && Date.now() - form.firstTry > KEY_DAYS * 864e5) return toMend(form, "放了太久，请先查有没有收到过，再交一次");
    const body = new FormData();
    form.sends.forEach(([name, value]) => body.append(name, value));
    body.append("idempotency_key", form.key);
    body.append("device_at", form.pressed);
    form.photos.forEach((photo) => body.append("photos_announced", photo.sha));
    const trying = { ...form, firstTry: form.firstTry || Date.now() };
    await kept.put(trying);
    const [answer, said] = await post(form.action, { method: "POST", body, headers: { "Idempotency-Key": form.key } }, WORDS);
    if (!answer.ok || !said || !said.to) return judged(trying, answer, said);
    const sent = { ...trying, state: "sent", tries: 0, next: 0, wait: "", to: said.to, number: said.number || "", put: said.photos || "", received: Date.now() };
    return form.photos.length && said.photos ? sent : finished(sent);
  };
  const finished = (form) => ({ key: form.key, state: "done", at: Date.now(), title: form.title, where: form.where, to: form.to, number: form.number, received: form.received });
  const sendPhoto = async (form) => {
    const photo = form.photos.find((one) => !one.sent);
    if (!photo) { await kept.dropPhotos(form.key); return finished(form); }
    const blob = await kept.photo(form.key, photo.sha);
    const mark = (fields) => ({ ...form, tries: 0, next: 0, wait: "", photos: form.photos.map((one) => (one === photo ? { ...one, sent: true, ...fields } : one)) });
    if (!blob) return mark({ lost: true }); // the browser threw it away; the matter itself is in
    const send = (method) => post(form.put + photo.sha, { method, body: blob, headers: { "Content-Type": blob.type || "image/jpeg" } }, PHOTO);
    let [answer, said] = await send("PUT");
    if (answer.status === 405 || answer.status === 501 || (answer.status === 403 && !said)) [answer, said] = await send("POST");
    if (answer.status === 204) { await kept.dropPhotos(form.key, photo.sha); return mark({}); }
    return judged(form, answer, said);
  };
  const step = async (form) => {
    try { return await (form.state === "ready" ? sendWords(form) : sendPhoto(form)); } catch { return later(form, null); }
  };
  /* one thing until it is in, or has to wait */
  const sendOne = async (key) => {
    let form = await kept.get(key);
    while (form && (form.state === "ready" || form.state === "sent") && !(form.next > Date.now())) {
      form = await step(form);
      if (form.state === "done") await kept.dropPhotos(key);
      await kept.put(form);
    }
    return form;
  };
  const waiting = async () => (await kept.all()).filter((one) => one.state === "ready" || one.state === "sent");
  const round = async (isForced) => {
    const forms = await waiting();
    const due = forms.filter((one) => isForced || !(one.next > Date.now()));
    if (!due.length) return;
    let isOurs;
    try { isOurs = await fetchToken(); } catch {
      for (const form of due) await kept.put(later(form, null));
      return;
    }
    for (const form of due) {
      if (!isOurs) await kept.put(login(form));
      else {
        if (isForced && form.next) await kept.put({ ...form, next: 0 });
        await sendOne(form.key);
      }
    }
  };
  const alone = (work) => (navigator.locks ? navigator.locks.request("sender", work) : work());
  const plan = async () => {
    clearTimeout(timer);
    const next = Math.min(...(await waiting()).map((one) => one.next || 0));
    if (Number.isFinite(next)) timer = setTimeout(() => kick(), Math.max(1e3, next - Date.now()));
  };
  /* `isForced` does not wait for the time that was set: the signal is back, or somebody asks for it */
  const kick = async (isForced = false) => {
    if (!await kept.ready) return;
    if (running) { await running; if (!isForced) return; }
    running = alone(() => round(isForced));
    try { await running; } finally { running = null; }
    await plan();
  };
  const safely = (isForced) => kick(isForced).catch(() => { clearTimeout(timer); timer = setTimeout(() => safely(), FIRST); });
  addEventListener("online", () => safely(true));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) safely(); });
  kept.send = safely;
  safely();
})();
