// The view's filters in the page's address: it can be sent to somebody, and Back undoes a filter.

const NAMES = ["q", "level", "source", "sector", "unit", "supervising_unit", "area", "category", "due", "status", "light", "problem"];

/** The filters that stand in the address now. */
export function read() {
  const asked = new URLSearchParams(location.search);
  const filters = {};
  for (const name of NAMES) {
    const value = asked.get(name);
    if (value) filters[name] = value;
  }
  return filters;
}

/** The query string of filters, in a fixed order. `without`: names left out. */
export function query(filters, without = []) {
  const pairs = new URLSearchParams();
  for (const name of NAMES) if (filters[name] && !without.includes(name)) pairs.set(name, filters[name]);
  const text = pairs.toString().replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}

/** Put filters into the address; `replace` where Back should not return to what was there. */
export function write(filters, replace = false) {
  const address = location.pathname + query(filters);
  if (address === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", address);
}
