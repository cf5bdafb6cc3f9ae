/* What is kept on this phone until it is handed in: forms from the first touch, photos as blobs, in IndexedDB, sealed
   under a key of whose they are (data-owner of the script; residents, who have no account, under one of the device).
   Whoever signs in next has another key, and with the other's key gone what is kept cannot be read until its person is
   back. `kept.ready` says whether anything can be kept here at all; nothing else of the page depends on it. */
(() => {
  "use strict";
  const script = document.currentScript, owner = script.dataset.owner || "";
  const DAY = 864e5, OPEN_DAYS = owner ? 7 : 1, DONE_DAYS = 1, FOREIGN_DAYS = 30;
  const UNSENT = ["fix", "open", "ready", "sent"];
  const won = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const written = (work) => new Promise((done, fail) => { // what is not on the disk is not kept
    work.oncomplete = () => done();
    work.onabort = work.onerror = () => fail(work.error || new Error("aborted"));
  });
  const opened = () => {
    if (!self.indexedDB || !self.crypto || !crypto.subtle || !self.fetch) return Promise.reject(new Error("nothing is kept here"));
    const request = indexedDB.open("kept", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys", { keyPath: "owner" });
      request.result.createObjectStore("forms", { keyPath: "key" });
      request.result.createObjectStore("photos", { keyPath: ["key", "sha"] });
    };
    return won(request);
  };
  let base, seal;
  const store = (name, mode) => base.transaction(name, mode).objectStore(name);
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const made = async () => {
    if (!owner) return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const answer = await fetch("/token/seal/", { headers: { "Draft-Owner": owner, Accept: "application/json" }, redirect: "manual", cache: "no-store" });
    if (!answer.ok) throw new Error("no key");
    return crypto.subtle.importKey("raw", bytes((await answer.json()).seal), "AES-GCM", false, ["encrypt", "decrypt"]);
  };
  const sealOf = async () => {
    const known = await won(store("keys").get(owner));
    if (known) return known.seal;
    const fresh = await made(), work = base.transaction("keys", "readwrite"), keys = work.objectStore("keys");
    let mine = fresh;
    keys.get(owner).onsuccess = (event) => { // another tab may have been faster
      if (event.target.result) mine = event.target.result.seal;
      else keys.put({ owner, seal: fresh });
    };
    await written(work);
    return mine;
  };
  const lock = async (data) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, seal, data) };
  };
  const unlock = (row) => crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, seal, row.data);
  const told = () => document.dispatchEvent(new CustomEvent("kept"));
  const isOver = (row) => {
    const days = (Date.now() - row.at) / DAY;
    if (row.owner !== owner) return days > FOREIGN_DAYS && row.state !== "ready" && row.state !== "sent";
    return (row.state === "open" && days > OPEN_DAYS) || (row.state === "done" && days > DONE_DAYS);
  };
  const photosOf = (key) => IDBKeyRange.bound([key, ""], [key, "~"]);

  const kept = {
    owner,
    UNSENT,
    /* time first, so that what was written first is sent first (UUID version 7) */
    newKey() {
      const raw = crypto.getRandomValues(new Uint8Array(16)), now = Date.now();
      for (let at = 0; at < 6; at += 1) raw[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
      raw[6] = 0x70 | (raw[6] & 0x0f);
      raw[8] = 0x80 | (raw[8] & 0x3f);
      const text = Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
      return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    },
    async sha(blob) {
      const found = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
      return Array.from(found, (one) => one.toString(16).padStart(2, "0")).join("");
    },
    /* all of this person, oldest first; what cannot be read any more is left out */
    async all() {
      const rows = (await won(store("forms").getAll())).filter((row) => row.owner === owner);
      const read = rows.map(async (row) => {
        try { return { ...JSON.parse(new TextDecoder().decode(await unlock(row))), key: row.key, state: row.state, at: row.at }; } catch { return null; }
      });
      return (await Promise.all(read)).filter(Boolean).sort((a, b) => a.at - b.at);
    },
    async get(key) { return (await kept.all()).find((one) => one.key === key) || null; },
    async count() {
      const rows = (await won(store("forms").getAll())).filter((row) => row.owner === owner && UNSENT.includes(row.state));
      return { all: rows.length, yours: rows.filter((row) => row.state === "fix" || row.state === "open").length };
    },
    async put(form) {
      const { key, state, at, ...rest } = form;
      const sealed = await lock(new TextEncoder().encode(JSON.stringify(rest)));
      const work = base.transaction("forms", "readwrite");
      work.objectStore("forms").put({ key, owner, state, at, ...sealed });
      await written(work);
      told();
    },
    async drop(key) {
      const work = base.transaction(["forms", "photos"], "readwrite");
      work.objectStore("forms").delete(key);
      work.objectStore("photos").delete(photosOf(key));
      await written(work);
      told();
    },
    async keepPhoto(key, sha, blob) {
      const sealed = await lock(await blob.arrayBuffer());
      const work = base.transaction("photos", "readwrite");
      work.objectStore("photos").put({ key, sha, type: blob.type, ...sealed });
      await written(work);
    },
    async photo(key, sha) {
      const row = await won(store("photos").get([key, sha]));
      return row ? new Blob([await unlock(row)], { type: row.type }) : null;
    },
    async dropPhotos(key, sha) {
      const work = base.transaction("photos", "readwrite");
      work.objectStore("photos").delete(sha ? [key, sha] : photosOf(key));
      await written(work);
    },
    /* on the way out and in: who comes next finds no key and no page; residents' keys stay with the device */
    async clear() {
      const worker = navigator.serviceWorker && await navigator.serviceWorker.getRegistration("/m/");
      if (worker && worker.active) worker.active.postMessage("leave");
      if (self.caches) await Promise.all((await caches.keys()).filter((name) => name.startsWith("pages-")).map((name) => caches.delete(name)));
      if (await kept.ready || base) await dropKeys((one) => one !== "");
    },
  };
  const dropKeys = async (isDropped) => {
    const work = base.transaction("keys", "readwrite"), keys = work.objectStore("keys");
    keys.getAllKeys().onsuccess = (event) => event.target.result.filter(isDropped).forEach((one) => keys.delete(one));
    await written(work);
  };
  const tidy = async () => {
    const forms = await won(store("forms").getAll());
    for (const row of forms.filter(isOver)) await kept.drop(row.key);
    if (owner) await dropKeys((one) => one !== "" && one !== owner);
  };
  kept.ready = (async () => {
    try {
      base = await opened();
      seal = await sealOf();
      await tidy();
      return true;
    } catch { return false; }
  })();
  /* what is not needed to see and fill in the page comes after it: the names stand in data-then, one after the other */
  const load = (url) => new Promise((done, fail) => {
    const more = document.createElement("script");
    more.src = url;
    more.onload = done;
    more.onerror = fail;
    document.head.append(more);
  });
  const shown = new Promise((done) => { if (document.readyState === "complete") done(); else addEventListener("load", done, { once: true }); });
  kept.after = shown.then(async () => {
    for (const url of (script.dataset.then || "").split(" ").filter(Boolean)) await load(url);
    return true;
  }).catch(() => false);
  self.kept = kept;
})();
