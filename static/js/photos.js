/* Photographs: preview, remove, make smaller before they are sent. Without it the plain file input is used. */
(() => {
  "use strict";
  const doc = document;
  const say = (text) => { const live = doc.getElementById("live"); if (live) live.textContent = text; };
  const SIDES = [1600, 1200, 900], MOST = 2.5e5;
  const shrink = async (file) => {
    if (!/^image\//.test(file.type) || !self.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const longest = Math.max(picture.width, picture.height);
      if (longest <= SIDES[0] && file.size <= MOST) return file;
      const canvas = doc.createElement("canvas");
      let blob;
      for (const side of SIDES) {
        const scale = Math.min(1, side / longest);
        canvas.width = Math.round(picture.width * scale);
        canvas.height = Math.round(picture.height * scale);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        for (const quality of [0.8, 0.65, 0.5]) {
          blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
          if (!blob || blob.size <= MOST) break;
        }
        if (!blob || blob.size <= MOST) break;
      }
      return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch { return file; }
  };
  doc.querySelectorAll("[data-photos]").forEach((box) => {
    const input = box.querySelector("input[type=file]"), strip = box.querySelector(".shots");
    const hint = box.querySelector("[data-photo-count]"), max = +box.dataset.max || 9;
    const words = hint.textContent, kept = [];
    const waiting = () => box.querySelectorAll(".wait input:checked").length;
    const write = () => {
      const bag = new DataTransfer();
      kept.forEach((one) => bag.items.add(one.file));
      input.files = bag.files;
      const size = Math.round(kept.reduce((sum, one) => sum + one.file.size, 0) / 1000);
      hint.textContent = kept.length ? `${kept.length + waiting()}/${max} · ${size} kB` : words;
      box.dispatchEvent(new CustomEvent("shots", { bubbles: true, detail: kept.map((one) => one.file) })); // draft.js keeps them
      kept.forEach((one, at) => one.shot.querySelector("button").setAttribute("aria-label", `删除照片 ${at + 1}`));
    };
    const show = (file) => {
      const shot = doc.createElement("div"), picture = new Image(), remove = doc.createElement("button"), one = { file, shot };
      shot.className = "shot";
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      remove.type = "button";
      remove.className = "del";
      remove.textContent = "×";
      remove.addEventListener("click", () => { kept.splice(kept.indexOf(one), 1); shot.remove(); URL.revokeObjectURL(picture.src); write(); input.focus(); });
      shot.append(picture, remove);
      strip.append(shot);
      kept.push(one);
    };
    box.addEventListener("restore", (event) => { event.detail.forEach(show); write(); });
    input.addEventListener("change", async () => {
      const chosen = Array.from(input.files), room = Math.max(0, max - kept.length - waiting());
      say("正在处理照片");
      for (const file of chosen.slice(0, room)) show(await shrink(file));
      write();
      const left = chosen.length - room;
      if (left > 0) hint.textContent += ` · 最多 ${max} 张，多出的 ${left} 张没有加入`;
      say(left > 0 ? `最多 ${max} 张，多出的 ${left} 张没有加入` : `共 ${kept.length + waiting()} 张照片`);
    });
  });
})();
