// Small conveniences of the pages. Everything works without them; nothing here decides anything.
"use strict";

// Menus are <details>: a click elsewhere or Escape closes them.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Links that have a dialog on this page open it instead of going away.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog && dialog.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog").close();
});

// Rows of a form: one more from the template beside them, numbered behind the last.
document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-adds]");
  if (adder) {
    const rows = document.getElementById(adder.dataset.adds);
    const template = document.getElementById(`${adder.dataset.adds}-new`);
    const number = Number(rows.dataset.next || rows.children.length);
    rows.dataset.next = String(number + 1);
    rows.insertAdjacentHTML("beforeend", template.innerHTML.replaceAll("__n__", String(number)));
    const first = rows.lastElementChild.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
    return;
  }
  const remover = event.target.closest("[data-removes]");
  if (remover) remover.closest("[data-row]").remove();
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Choosing a filter sends the form of filters.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submits-itself]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) form.requestSubmit();
});

// A correction's value is asked for in the way of the field chosen.
document.addEventListener("change", (event) => {
  const chooser = event.target.closest("[data-reloads] select");
  if (chooser) location.search = `?${chooser.name}=${encodeURIComponent(chooser.value)}`;
});

// ← and → in the large view of photos.
document.addEventListener("keydown", (event) => {
  const box = document.querySelector("dialog[open] #photo-box");
  const link = box && box.querySelector(`[data-key="${event.key}"]`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});

// A pair is chosen by its words; the two pictures stand beside them.
function showPair(row) {
  for (const select of row.querySelectorAll("select[name^='pairs.']")) {
    let picture = select.parentElement.querySelector("img");
    if (!select.value) {
      if (picture) picture.remove();
      continue;
    }
    if (!picture) {
      picture = document.createElement("img");
      picture.className = "pair-picture";
      picture.alt = "";
      select.after(picture);
    }
    picture.src = `/api/v1/photos/${select.value}/file?size=thumb`;
  }
}
document.addEventListener("change", (event) => {
  const row = event.target.closest("[data-row]");
  if (row && event.target.matches("select[name^='pairs.']")) showPair(row);
});
document.addEventListener("DOMContentLoaded", () => {
  for (const row of document.querySelectorAll("[data-row]")) showPair(row);
});

// A large upload takes its time: the form says so while it goes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.uploads === undefined || event.defaultPrevented) return;
  form.querySelector("[data-uploading]").hidden = false;
});
