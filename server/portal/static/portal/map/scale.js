// A bar of a round length in kilometres (or metres, close by).

const ROUND = [50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10];
const WIDEST = 122;

export class Scale {
  constructor(root, words) {
    this.bar = root.querySelector("[data-bar]");
    this.label = root.querySelector("[data-length]");
    this.words = words;
  }

  write(map) {
    const size = map.getSize();
    const middle = size.y / 2;
    const metres = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([100, middle])) / 100;
    const length = ROUND.find((one) => one / metres <= WIDEST) || 10;
    this.bar.style.width = `${Math.round(length / metres)}px`;
    const [unit, count] = length >= 1000 ? [this.words.kilometres, length / 1000] : [this.words.metres, length];
    this.label.textContent = unit.replace("{count}", count);
  }
}
