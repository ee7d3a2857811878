// The card of one problem and the list of what is in view: the text alternative of the map, worked by keyboard.

import { escape, shape } from "./shapes.js";

const AT_ONCE = matchMedia("(max-width: 899px)").matches ? 30 : 200; // rows written at a time; more follow as the list is scrolled

export class Panel {
  /** `on`: {choose(row), hover(row|null)}. */
  constructor(root, words, on) {
    this.root = root;
    this.words = words;
    this.on = on;
    this.list = root.querySelector("[data-list]");
    this.count = root.querySelector("[data-count]");
    this.card = root.querySelector("[data-card]");
    this.empty = root.querySelector("[data-empty]");
    this.rows = [];
    this.written = 0;
    this.cards = new Map();
    this.watcher = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) this.more();
    });
    this.list.addEventListener("click", (event) => this.pick(event.target));
    this.list.addEventListener("keydown", (event) => this.step(event));
    for (const [name, enter] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
      this.list.addEventListener(name, (event) => {
        const row = this.rowOf(event.target);
        if (row) this.on.hover(enter ? row : null);
      });
    }
    this.card.addEventListener("error", (event) => this.pictureMissing(event.target), true);
    for (const image of this.card.querySelectorAll("img")) if (image.complete && !image.naturalWidth) this.pictureMissing(image);
  }

  rowOf(element) {
    const item = element.closest("[data-row]");
    return item ? this.rows[Number(item.dataset.row)] : null;
  }

  pick(element) {
    const row = this.rowOf(element);
    if (row) this.on.choose(row);
  }

  step(event) {
    const item = event.target.closest("[data-row]");
    if (!item) return;
    const at = Number(item.dataset.row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.rows.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= this.rows.length) return;
    event.preventDefault();
    while (this.written <= to) this.more();
    const next = this.list.querySelector(`[data-row="${to}"]`);
    item.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** Write the list of these rows anew; `total`: how many there are outside this view too. */
  show(rows, total, chosen) {
    const focused = this.list.contains(document.activeElement);
    const from = this.list.scrollTop;
    const same = rows.length === this.rows.length && rows.every((row, n) => row === this.rows[n]);
    this.rows = rows;
    const text = rows.length === total ? this.words.in_view_all : this.words.in_view;
    this.count.textContent = text.replace("{count}", rows.length).replace("{total}", total);
    this.empty.hidden = rows.length > 0;
    this.empty.querySelector("[data-why-empty]").textContent = total ? this.words.none_in_view : this.words.none;
    if (!same) {
      this.list.replaceChildren();
      this.written = 0;
      this.more();
      this.list.scrollTop = from;
    }
    this.mark(chosen);
    if (focused && !same) this.list.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
  }

  more(count = AT_ONCE) {
    const until = Math.min(this.written + count, this.rows.length);
    let text = "";
    for (let n = this.written; n < until; n += 1) {
      const row = this.rows[n];
      const tag = row.supervised ? `<span class="item-tag" title="${escape(this.words.supervised)}">${escape(this.words.supervised_short)}</span>` : "";
      const unit = row.unit ? `<span class="item-unit">${escape(row.unit)}</span>` : "";
      text += `<li><button type="button" class="item" data-row="${n}" tabindex="${n ? -1 : 0}">${shape(row.light, 15)}<span class="visually-hidden">${escape(this.words.lights[row.light])}</span><span class="item-title">${escape(row.title)}${tag}</span>${unit}<span class="item-why">${escape(row.why)}</span></button></li>`;
    }
    this.list.insertAdjacentHTML("beforeend", text);
    this.written = until;
    this.watcher.disconnect();
    if (this.written < this.rows.length) this.watcher.observe(this.list.lastElementChild);
  }

  mark(chosen) {
    for (const item of this.list.querySelectorAll("[aria-current]")) item.removeAttribute("aria-current");
    const n = chosen ? this.rows.indexOf(chosen) : -1;
    if (n < 0 || n >= this.written) return;
    const item = this.list.querySelector(`[data-row="${n}"]`);
    item.setAttribute("aria-current", "true");
    const outside = item.offsetTop < this.list.scrollTop || item.offsetTop + item.offsetHeight > this.list.scrollTop + this.list.clientHeight;
    if (outside && this.list.scrollHeight > this.list.clientHeight) this.list.scrollTop = item.offsetTop - 40;
  }

  point(row) {
    for (const item of this.list.querySelectorAll(".pointed")) item.classList.remove("pointed");
    const n = row ? this.rows.indexOf(row) : -1;
    this.list.querySelector(`[data-row="${n}"]`)?.classList.add("pointed");
  }

  /** The card of a row, fetched once; what was asked for last is what stays. */
  async open(row, address) {
    this.wanted = row ? row.id : null;
    if (!row) {
      this.card.replaceChildren();
      return;
    }
    if (!this.cards.has(row.id)) {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      this.cards.set(row.id, await answer.text());
    }
    if (this.wanted === row.id) this.card.innerHTML = this.cards.get(row.id);
  }

  pictureMissing(image) {
    if (!(image instanceof HTMLImageElement)) return;
    const note = document.createElement("span");
    note.className = "picture-missing";
    note.textContent = this.words.picture_on_its_way;
    image.replaceWith(note);
  }
}
