/* The service worker of the phone's pages, served by Django under /m/ with what it needs written before it: VERSION,
   ASSETS. Pages come from the network; when it has been silent for three seconds or is gone, as they were kept, marked
   with their age. What is kept belongs to one person: the first page of another one, or signing out, clears it. Only
   reading is kept; nothing is ever handed in from here (that is sender.js). */
/* global VERSION, ASSETS */
"use strict";
const STATIC = `static-${VERSION}`, PAGES = "pages-", LIMIT = 3e3, FRESH = 108e5, BETWEEN = 200, LIST = "/m/kept/", MARK = "/m/kept/done";
const COPY = { "For-Keeping": "1" }; // nobody looks at it now: what is to be said once is not said here

addEventListener("install", (event) => {
  event.waitUntil(caches.open(STATIC).then((held) => held.addAll(ASSETS)).then(() => skipWaiting()));
});
const old = async () => (await caches.keys()).filter((name) => name.startsWith("static-") && name !== STATIC);
addEventListener("activate", (event) => {
  event.waitUntil(old().then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => clients.claim()));
});

const pages = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));
/* the pages of this person, and nobody else's any more */
const pagesOf = async (owner) => {
  const name = PAGES + owner;
  await Promise.all((await pages()).filter((one) => one !== name).map((one) => caches.delete(one)));
  return caches.open(name);
};
const bare = (url) => { const address = new URL(url, location.origin); address.hash = ""; address.searchParams.delete("draft"); return address.href; };
const keep = async (url, answer) => {
  const owner = answer.headers.get("Kept-For");
  if (!owner || answer.redirected) return;
  const held = await pagesOf(owner);
  if (!answer.ok) { if (answer.status === 404) await held.delete(bare(url)); return; }
  const headers = new Headers(answer.headers);
  headers.set("Kept-At", String(Date.now()));
  headers.delete("Set-Cookie");
  await held.put(bare(url), new Response(await answer.text(), { headers }));
};
const kept = async (url) => {
  for (const name of await pages()) {
    const found = await (await caches.open(name)).match(bare(url));
    if (found) return found;
  }
  return null;
};
const marked = async (found) => {
  const text = (await found.text()).replace(/<div class="flash">.*?<\/div>/s, "").replace("<html ", `<html data-kept="${found.headers.get("Kept-At")}" `);
  return new Response(text, { headers: found.headers });
};
const nothing = () => new Response(
  "<!doctype html><html lang=\"zh-Hans-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>没有信号</title>"
  + "<h1>没有信号</h1><p>这一页没有存在手机里。有信号再打开。</p><p><a href=\"/m/\">回待办</a> <a href=\"/m/new\">上报</a> <a href=\"/m/drafts/\">没交的</a></p>",
  { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" } },
);
const page = async (event) => {
  const { request } = event;
  const fresh = fetch(request);
  event.waitUntil(fresh.then((answer) => keep(request.url, answer.clone())).catch(() => {}));
  const late = new Promise((done) => { setTimeout(done, LIMIT); });
  const first = await Promise.race([fresh, late]).catch(() => null);
  if (first && first.status < 500) return first;
  const found = await kept(request.url);
  if (found) return marked(found);
  return first || fresh.catch(nothing);
};
const asset = async (request) => {
  const held = await caches.open(STATIC);
  if (/\.[0-9a-f]{12}\./.test(request.url)) { // its name says what is in it
    const found = await held.match(request.url);
    if (found) return found;
  }
  try {
    const answer = await fetch(request);
    if (answer.ok) await held.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const found = await held.match(request.url);
    if (found) return found;
    throw error;
  }
};
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
  else if (request.mode === "navigate" && url.pathname.startsWith("/m/")) event.respondWith(page(event));
});

/* what one may need without signal, a page at a time, not more often than every three hours */
const provide = async () => {
  const answer = await fetch(LIST, { redirect: "manual", headers: { Accept: "application/json", ...COPY } });
  const owner = answer.headers.get("Kept-For");
  if (!answer.ok || !owner) return;
  const held = await pagesOf(owner), done = await held.match(MARK);
  if (done && Date.now() - Number(await done.text()) < FRESH) return;
  await held.put(MARK, new Response(String(Date.now())));
  for (const url of (await answer.json()).pages) {
    if (isLeft) return;
    const found = await fetch(url, { redirect: "manual", headers: COPY });
    if (!isLeft && found.ok && found.headers.get("Kept-For") === owner) await keep(url, found);
    await new Promise((next) => { setTimeout(next, BETWEEN); });
  }
};
let isLeft = false, providing = Promise.resolve();
const clear = async () => { for (const name of await pages()) await caches.delete(name); };
addEventListener("message", (event) => {
  isLeft = event.data === "leave";
  if (event.data === "provide") providing = provide().catch(() => {});
  event.waitUntil(isLeft ? providing.then(clear) : providing); // what was under way is not kept after all
});
