// Small maps without any internet tile: the district's own outlines, the sites of a problem, a point to be chosen.
"use strict";

const SHAPES = {
  red: '<path d="M8 1l7.500 13.500h-15z"/>',
  yellow: '<path d="M8 .500L15.500 8 8 15.500.500 8z"/>',
  green: '<circle cx="8" cy="8" r="7"/>',
  grey: '<rect x="1.500" y="1.500" width="13" height="13"/>',
};
const DRAWN_ONLY = { color: "#a9c3ca", weight: 1, fill: false, interactive: false };
const OUTLINE = { color: "#3f5f66", weight: 1.5, fillColor: "#c9d8da", fillOpacity: 0.5, interactive: false };

function json(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}

function plainMap(element, options) {
  const map = L.map(element, { attributionControl: false, zoomSnap: 0.25, ...options });
  map.createPane("outlines").style.zIndex = 350;
  return map;
}

function siteMarker(site, light) {
  const shape = SHAPES[light] || SHAPES.green;
  const icon = L.divIcon({
    className: "site-mark",
    iconSize: [22, 22],
    html: `<svg viewBox="-1 -1 18 18" class="light light-${SHAPES[light] ? light : "none"}">${shape}</svg>`,
  });
  return L.marker([site.lat, site.lon], { icon, keyboard: false, interactive: false });
}

const small = document.getElementById("small-map");
if (small) {
  const sites = json("map-sites") || [];
  const outline = json("map-outline");
  const map = plainMap(small, { scrollWheelZoom: false, zoomControl: false });
  const points = L.latLngBounds(sites.map((site) => [site.lat, site.lon]));
  if (outline) L.geoJSON(outline, { style: OUTLINE, pane: "outlines" }).addTo(map);
  map.fitBounds(points.pad(0.6), { padding: [40, 28], maxZoom: 12.5 });
  for (const site of sites) {
    const marker = siteMarker(site, small.dataset.light).addTo(map);
    if (site.name) {
      const name = document.createElement("span");
      name.textContent = site.name;
      marker.bindTooltip(name, { permanent: true, direction: "auto", className: "site-name", offset: [10, 0] });
    }
  }
}

for (const box of document.querySelectorAll("[data-point]")) {
  const element = box.querySelector(".point-map");
  const [x, y] = box.querySelectorAll("input");
  const map = plainMap(element, {});
  map.setView([0, 0], 2);
  let mark = null;
  const system = () => document.querySelector('select[name="crs"]');
  const draw = () => {
    const lon = Number(x.value), lat = Number(y.value);
    if (mark) mark.remove();
    mark = null;
    const given = system();
    if (x.value && y.value && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && !(given && given.value)) {
      mark = L.circleMarker([lat, lon], { radius: 7, color: "#fff", weight: 2, fillColor: "#006d75", fillOpacity: 1 }).addTo(map);
    }
  };
  map.on("click", (event) => {
    x.value = event.latlng.lng.toFixed(6);
    y.value = event.latlng.lat.toFixed(6);
    const given = system();
    if (given) given.value = "";
    draw();
  });
  for (const input of [x, y]) input.addEventListener("input", draw);
  fetch(element.dataset.outlines, { headers: { Accept: "application/json" } })
    .then((answer) => answer.json())
    .then((outlines) => {
      const layer = L.geoJSON(outlines, { style: (area) => (area.properties.kind === "base" ? DRAWN_ONLY : OUTLINE), pane: "outlines" }).addTo(map);
      if (layer.getLayers().length) map.fitBounds(layer.getBounds(), { padding: [8, 8] });
      draw();
    });
}
