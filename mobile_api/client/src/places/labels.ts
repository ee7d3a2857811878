/** Where names have room on the small map. Everything in pixels of the screen, y downwards. */
export type Spot = [number, number]

export interface Rect {
  left: number
  top: number
  right: number
  bottom: number
}

export const overlap = (a: Rect, b: Rect) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
export const boxAround = ([x, y]: Spot, width: number, height: number): Rect => ({ left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 })

/** The part of a ring inside a rectangle (Sutherland and Hodgman); empty when there is none. */
export function clipRing(ring: Spot[], view: Rect): Spot[] {
  const sides: ((p: Spot) => number)[] = [(p) => p[0] - view.left, (p) => view.right - p[0], (p) => p[1] - view.top, (p) => view.bottom - p[1]]
  let points = ring
  for (const inside of sides) {
    const next: Spot[] = []
    points.forEach((to, index) => {
      const from = points[(index + points.length - 1) % points.length] as Spot
      const [a, b] = [inside(from), inside(to)]
      if (a < 0 !== b < 0) next.push([from[0] + ((to[0] - from[0]) * a) / (a - b), from[1] + ((to[1] - from[1]) * a) / (a - b)])
      if (b >= 0) next.push(to)
    })
    points = next
    if (!points.length) return []
  }
  return points
}

/** Inside an odd number of the rings: polygons with their holes. */
export function within([x, y]: Spot, rings: Spot[][]): boolean {
  let inside = false
  for (const ring of rings)
    ring.forEach(([xi, yi], i) => {
      const [xj, yj] = ring[(i + ring.length - 1) % ring.length] as Spot
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
    })
  return inside
}

function clearance([x, y]: Spot, rings: Spot[][]): number {
  let best = Number.POSITIVE_INFINITY
  for (const ring of rings)
    ring.forEach(([bx, by], i) => {
      const [ax, ay] = ring[(i + ring.length - 1) % ring.length] as Spot
      const length = (bx - ax) ** 2 + (by - ay) ** 2
      const t = length ? Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0
      best = Math.min(best, Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y))
    })
  return best
}

const COLUMNS = 18
const ROWS = 10

/**
 * The middle of the widest visible part of a polygon that holds a whole label: its pole of inaccessibility, clipped to the view,
 * on a coarse grid. Null where the label has no room; `mine` may refuse a spot that belongs to something drawn over it.
 */
export function labelSpot(rings: Spot[][], width: number, height: number, view: Rect, taken: Rect[], mine: (at: Spot) => boolean = () => true): Spot | null {
  const seen = rings.map((ring) => clipRing(ring, view)).filter((ring) => ring.length > 2)
  if (!seen.length) return null
  const all = seen.flat()
  const [left, right] = [Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0]))]
  const [top, bottom] = [Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))]
  if (right - left < width || bottom - top < height) return null
  let best: Spot | null = null
  let most = 0
  for (let row = 0; row <= ROWS; row += 1)
    for (let column = 0; column <= COLUMNS; column += 1) {
      const at: Spot = [
        left + width / 2 + ((right - left - width) * column) / COLUMNS,
        top + height / 2 + ((bottom - top - height) * row) / ROWS,
      ]
      const box = boxAround(at, width, height)
      if (taken.some((one) => overlap(one, box))) continue
      const edge: Spot[] = [[box.left, box.top], [box.right, box.top], [box.left, box.bottom], [box.right, box.bottom], [at[0], box.top], [at[0], box.bottom], at]
      if (!edge.every((point) => within(point, seen))) continue
      // Of equally wide places the one nearest to the middle.
      const room = clearance(at, seen) - Math.hypot(at[0] - (left + right) / 2, at[1] - (top + bottom) / 2) / 100
      if (room > most && mine(at)) [best, most] = [at, room]
    }
  return best
}

const STEP = 8
const STRAIGHT = 5

/** Where a name can lie along a line: the straightest stretch in view that is long enough, and its slope, never upside down. */
export function lineSpot(parts: Spot[][], width: number, height: number, view: Rect, taken: Rect[]): { at: Spot; angle: number } | null {
  let best: { at: Spot; angle: number } | null = null
  let least = Number.POSITIVE_INFINITY
  const middle: Spot = [(view.left + view.right) / 2, (view.top + view.bottom) / 2]
  for (const part of parts)
    for (const run of runsInView(part, view)) {
      let end = 0
      for (let start = 0; start < run.length; start += 1) {
        const a = run[start] as Spot
        while (end < run.length && Math.hypot((run[end] as Spot)[0] - a[0], (run[end] as Spot)[1] - a[1]) < width + 12) end += 1
        const b = run[end]
        if (!b) break
        const length = Math.hypot(b[0] - a[0], b[1] - a[1])
        const bend = Math.max(...run.slice(start, end).map(([x, y]) => Math.abs((b[0] - a[0]) * (a[1] - y) - (a[0] - x) * (b[1] - a[1])) / length))
        if (bend > STRAIGHT) continue
        const at: Spot = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
        const slope = Math.atan2(b[1] - a[1], b[0] - a[0])
        const angle = slope > Math.PI / 2 ? slope - Math.PI : slope < -Math.PI / 2 ? slope + Math.PI : slope
        const box = boxAround(at, Math.abs(Math.cos(angle)) * width + Math.abs(Math.sin(angle)) * height, Math.abs(Math.sin(angle)) * width + Math.abs(Math.cos(angle)) * height)
        if (box.left < view.left || box.right > view.right || box.top < view.top || box.bottom > view.bottom) continue
        if (taken.some((one) => overlap(one, box))) continue
        // Level and straight before all, then near the middle.
        const cost = bend * 4 + Math.abs(angle) * 40 + Math.hypot(at[0] - middle[0], at[1] - middle[1]) / 10
        if (cost < least) [best, least] = [{ at, angle }, cost]
      }
    }
  return best
}

/** The stretches of a line inside the view, a point every few pixels. */
function runsInView(part: Spot[], view: Rect): Spot[][] {
  const runs: Spot[][] = []
  let run: Spot[] = []
  const close = () => {
    if (run.length > 1) runs.push(run)
    run = []
  }
  for (let i = 1; i < part.length; i += 1) {
    const [a, b] = [part[i - 1] as Spot, part[i] as Spot]
    if (Math.max(a[0], b[0]) < view.left || Math.min(a[0], b[0]) > view.right || Math.max(a[1], b[1]) < view.top || Math.min(a[1], b[1]) > view.bottom) {
      close()
      continue
    }
    const steps = Math.min(400, Math.max(1, Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / STEP)))
    for (let k = 0; k <= steps; k += 1) {
      const p: Spot = [a[0] + ((b[0] - a[0]) * k) / steps, a[1] + ((b[1] - a[1]) * k) / steps]
      if (p[0] >= view.left && p[0] <= view.right && p[1] >= view.top && p[1] <= view.bottom) run.push(p)
      else close()
    }
  }
  close()
  return runs
}
