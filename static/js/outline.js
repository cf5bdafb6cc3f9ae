/* Drawing an outline on a plan's picture: each click adds a corner to the text field, which works without this file too. */
(() => {
  "use strict";
  const picture = document.querySelector("svg[data-draw]"), field = document.querySelector("[data-draws=outline]");
  if (!picture || !field) return;
  const shape = picture.querySelector(".drawn"), box = picture.viewBox.baseVal;
  const left = +picture.dataset.left, top = +picture.dataset.top, scale = +picture.dataset.scale;
  const corners = [];
  const place = (x, y) => {
    const wx = left + x / scale, wy = top + y / scale;
    const latitude = (2 * Math.atan(Math.exp((0.5 - wy) * 2 * Math.PI)) - Math.PI / 2) * 180 / Math.PI;
    return ((wx - 0.5) * 360).toFixed(6) + "," + latitude.toFixed(6);
  };
  const show = () => {
    shape.setAttribute("points", corners.map((c) => c[0].toFixed(1) + "," + c[1].toFixed(1)).join(" "));
    field.value = corners.map((c) => place(c[0], c[1])).join("\n");
    const how = field.form.querySelector("[name=how][value=outline]");
    if (how) how.checked = true;
  };
  picture.addEventListener("click", (event) => {
    const frame = picture.getBoundingClientRect();
    corners.push([(event.clientX - frame.left) * box.width / frame.width, (event.clientY - frame.top) * box.height / frame.height]);
    show();
  });
  const undo = document.querySelector("[data-draw-back]");
  if (undo) undo.addEventListener("click", () => { corners.pop(); show(); });
})();
