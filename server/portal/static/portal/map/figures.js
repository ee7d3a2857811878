// The strip of figures: each number opens its list, each name shows its light alone on the map.

import { escape } from "./shapes.js";
import { LIGHTS } from "./clusters.js";

export function writeFigures(root, data, words, ledger) {
  for (const tile of root.querySelectorAll("[data-figure]")) {
    const name = tile.dataset.figure;
    const figure = data.figures[name];
    const number = tile.querySelector("[data-number]");
    number.textContent = figure.count;
    number.href = ledger(name);
    number.setAttribute("aria-label", words.opens.replace("{name}", tile.dataset.name).replace("{count}", figure.count));
    let parts = figure.parts.map(([label, count]) => `<span class="part">${escape(label)}<b>${count}</b></span>`).join(" ");
    if (name === "open" && figure.week !== null) {
      const sign = figure.week > 0 ? `+${figure.week}` : String(figure.week);
      parts += ` <span class="part part-week">${escape(words.week)}<b>${figure.week ? sign : "±0"}</b></span>`;
    }
    tile.querySelector("[data-parts]").innerHTML = parts;
  }
}

export function markLights(root, lights) {
  for (const tile of root.querySelectorAll("[data-figure]")) {
    const name = tile.dataset.figure;
    const button = tile.querySelector("[data-only]");
    const on = name === "open" ? lights.length === 3 && !lights.includes("grey") : lights.length === 1 && lights[0] === name;
    button.setAttribute("aria-pressed", String(on));
    const left = lights.length > 0 && (name === "open" ? !["red", "yellow", "green"].every((one) => lights.includes(one)) : !lights.includes(name));
    tile.classList.toggle("tile-left-out", left && name !== "open");
  }
}

export function lightsOf(text) {
  return (text || "").split(",").filter((name) => LIGHTS.slice(0, 4).includes(name));
}
