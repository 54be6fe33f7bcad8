// The scan beside the text: boxes on it, the cursor's word and line, the line enlarged.

import { $, $$, cursor, isDoubtful, words } from "./page.js";

// Boxes come in ten-thousandths of the page's width and height: "left,top,right,bottom".
const WHOLE = 10000;
// How far from a word a click may be and still mean it, in the same unit.
const NEAR = 300;
let zoom = 1;

const box = (text) => (text ? text.split(",").map(Number) : null);
const sheetOf = (word) => (word.dataset.g ? $(`.sheet[data-page="${Number(word.dataset.g)}"]`) : null);

function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function rect([left, top, right, bottom], kind, margin = 0) {
  return svg("rect", {
    x: left - margin, y: top - margin,
    width: right - left + 2 * margin, height: bottom - top + 2 * margin, class: kind,
  });
}

export function drawBoxes() {
  for (const sheet of $$(".sheet")) {
    sheet.style.aspectRatio = `${sheet.dataset.w} / ${sheet.dataset.h}`;
    const layer = svg("svg", { viewBox: `0 0 ${WHOLE} ${WHOLE}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const word of words()) {
      const at = word.dataset.g === sheet.dataset.page && box(word.dataset.b);
      if (at) layer.append(rect(at, word.classList.contains("d2") ? "d2" : isDoubtful(word) ? "d1" : "word"));
    }
    $("svg", sheet)?.remove();
    sheet.append(layer);
  }
}

export function showOnScan(word) {
  $$(".sheet .cursor, .sheet .line").forEach((old) => old.remove());
  const canvas = $("#line");
  const sheet = sheetOf(word);
  const at = box(word.dataset.b);
  canvas.hidden = !sheet || !at;
  if (canvas.hidden) return;
  const line = box(word.dataset.n);
  const layer = $("svg", sheet);
  if (line) layer.prepend(rect(line, "line"));
  layer.append(rect(at, "cursor", 8));
  const pane = $(".sheets");
  const x = sheet.offsetLeft + (at[0] / WHOLE) * sheet.clientWidth;
  const y = sheet.offsetTop + (at[1] / WHOLE) * sheet.clientHeight;
  const isAcross = x > pane.scrollLeft && x < pane.scrollLeft + pane.clientWidth - 80;
  const isDown = y > pane.scrollTop + 20 && y < pane.scrollTop + pane.clientHeight - 60;
  if (!isAcross || !isDown) pane.scrollTo(x - pane.clientWidth / 2, y - pane.clientHeight / 3);
  drawLine(sheet, at, line ?? at);
}

function drawLine(sheet, at, line) {
  const canvas = $("#line");
  const image = $("img", sheet);
  if (!image.complete || !image.naturalWidth) {
    image.loading = "eager";
    const shown = () => cursor() && sheetOf(cursor()) === sheet && showOnScan(cursor());
    image.addEventListener("load", shown, { once: true });
    return;
  }
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  const [w, h] = [image.naturalWidth / WHOLE, image.naturalHeight / WHOLE];
  // The box of a skewed line holds parts of its neighbours: the median height of its words says how tall it is.
  const heights = words().filter((word) => word.dataset.b && word.dataset.n === cursor().dataset.n)
    .map((word) => box(word.dataset.b)).map((one) => one[3] - one[1]).sort((a, b) => a - b);
  const tall = Math.max(Math.min((line[3] - line[1]) * h, heights[heights.length >> 1] * 1.9 * h), 12);
  const scale = Math.min(canvas.height / (tall * 1.1), 3 * ratio);
  const [wide, high] = [canvas.width / scale, canvas.height / scale];
  const within = (value, size, whole) => Math.max(0, Math.min(value, whole - size));
  const left = within(((at[0] + at[2]) / 2) * w - wide / 2, wide, image.naturalWidth);
  const top = within(((at[1] + at[3]) / 2) * h - high / 2, high, image.naturalHeight);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, left, top, wide, high, 0, 0, canvas.width, canvas.height);
  pen.fillStyle = "rgb(255 200 40 / .28)";
  pen.strokeStyle = "#8a5a00";
  pen.lineWidth = 2 * ratio;
  const shape = [
    (at[0] * w - left) * scale - 3, (at[1] * h - top) * scale - 3,
    (at[2] - at[0]) * w * scale + 6, (at[3] - at[1]) * h * scale + 6,
  ];
  pen.fillRect(...shape);
  pen.strokeRect(...shape);
}

// The word at or nearest to a click; null where none is near.
export function wordAt(event) {
  const sheet = event.target.closest(".sheet");
  if (!sheet) return null;
  const frame = sheet.getBoundingClientRect();
  const x = ((event.clientX - frame.left) / frame.width) * WHOLE;
  const y = ((event.clientY - frame.top) / frame.height) * WHOLE;
  let best = null;
  for (const word of words()) {
    const at = word.dataset.g === sheet.dataset.page && box(word.dataset.b);
    if (!at) continue;
    const off = Math.hypot(Math.max(at[0] - x, 0, x - at[2]), Math.max(at[1] - y, 0, y - at[3]));
    if (!best || off < best[0]) best = [off, word];
  }
  return best && best[0] < NEAR ? best[1] : null;
}

export function zoomBy(factor) {
  zoom = factor ? Math.max(1, Math.min(5, zoom * factor)) : 1;
  for (const sheet of $$(".sheet")) sheet.style.width = `${zoom * 100}%`;
  if (cursor()) {
    $(".sheets")?.scrollTo(0, 0);
    showOnScan(cursor());
  }
}
