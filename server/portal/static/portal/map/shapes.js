// The lights as shapes, always shape and colour: ▲ red, ◆ yellow, ● green, ■ grey, ○ not in the ledger yet.

import { LIGHTS } from "./clusters.js";

export const COLOURS = { red: "#CF1322", yellow: "#D48806", green: "#237804", grey: "#8C8C8C", none: "#5B6770" };

const PATHS = {
  red: '<path d="M12 3.2 21.6 20.4H2.4Z"/>',
  yellow: '<path d="M12 1.8 22.2 12 12 22.2 1.8 12Z"/>',
  green: '<circle cx="12" cy="12" r="9"/>',
  grey: '<path d="M4 4h16v16H4Z"/>',
  none: '<circle cx="12" cy="12" r="7" fill="#fff" stroke-width="3.4" stroke="#5B6770"/>',
};

export function lightName(index) {
  return LIGHTS[index];
}

/** A light's shape as SVG text, with a white halo where it stands on the map. */
export function shape(index, size, halo = false) {
  const name = LIGHTS[index];
  const under = halo ? `<g fill="#fff" stroke="#fff" stroke-width="5" stroke-linejoin="round">${PATHS[name]}</g>` : "";
  const box = halo ? "-3 -3 30 30" : "0 0 24 24";
  return `<svg class="shape" width="${size}" height="${size}" viewBox="${box}" aria-hidden="true" focusable="false">${under}<g fill="${COLOURS[name]}">${PATHS[name]}</g></svg>`;
}

/** A ring by light with the count in the middle; ▲n beside it when red ones are inside, so that it reads without colour. */
export function ring(counts, total, name = "", scale = 1) {
  const size = Math.round((total >= 100 ? 56 : total >= 10 ? 48 : 42) * scale);
  const middle = size / 2;
  const radius = middle - 6.5;
  const around = 2 * Math.PI * radius;
  const parts = counts.map((count, light) => ({ count, light })).filter((part) => part.count);
  const gap = parts.length > 1 ? 1.6 : 0;
  let start = 0;
  let arcs = "";
  for (const { count, light } of parts) {
    const length = Math.max((count / total) * around - gap, 1.2);
    const width = LIGHTS[light] === "red" ? 10 : 7.5;
    arcs += `<circle cx="${middle}" cy="${middle}" r="${radius}" fill="none" stroke="${COLOURS[LIGHTS[light]]}" stroke-width="${width}" stroke-dasharray="${length.toFixed(2)} ${(around - length).toFixed(2)}" stroke-dashoffset="${(-start).toFixed(2)}" transform="rotate(-90 ${middle} ${middle})"/>`;
    start += (count / total) * around;
  }
  // Where rings stand close, the badge stands behind the name instead of on the ring.
  const besideName = scale < 1 && name;
  const red = counts[0] ? `${shape(0, 13)}<b>${counts[0]}</b>` : "";
  const badge = red && !besideName ? `<span class="ring-badge">${red}</span>` : "";
  const label = name ? `<span class="ring-name">${escape(name)}${besideName && red ? `<span class="ring-red">${red}</span>` : ""}</span>` : "";
  return {
    size,
    html: `<span class="ring"><svg width="${size}" height="${size}" viewBox="0 0 ${size} ${size}" aria-hidden="true" focusable="false"><circle cx="${middle}" cy="${middle}" r="${middle - 0.5}" fill="#fff"/>${arcs}<text x="${middle}" y="${middle}" class="ring-count" font-size="${scale < 1 ? 14 : 16}">${total}</text></svg>${badge}${label}</span>`,
  };
}

/** Text made safe to stand in HTML. */
export function escape(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
