/**
 * The landmarks of a picture as a few long lines: ridge, roof, bank, post. Laid over the live camera they show where the same
 * things must come to rest. Computed once for each picture, on a small copy.
 */
export interface Outline {
  width: number
  height: number
  lines: [number, number][][]
}

const EDGE = 220
const MOST_LINES = 10
const SHORTEST = 22
/** Edges between two bright grounds are clouds and glare more often than landmarks. */
const SKY_SHARE = 0.6
const SKY_WEIGHT = 0.25

export async function outlineOf(picture: Blob): Promise<Outline | null> {
  const url = URL.createObjectURL(picture)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const scale = EDGE / Math.max(image.naturalWidth, image.naturalHeight, 1)
    const [width, height] = [Math.round(image.naturalWidth * scale), Math.round(image.naturalHeight * scale)]
    if (width < 40 || height < 40) return null
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const pen = canvas.getContext('2d', { willReadFrequently: true })
    if (!pen) return null
    pen.drawImage(image, 0, 0, width, height)
    const { data } = pen.getImageData(0, 0, width, height)
    canvas.width = 0 // iOS keeps a canvas' memory until it is emptied
    const grey = new Float32Array(width * height)
    for (let i = 0; i < grey.length; i += 1)
      grey[i] = 0.299 * (data[4 * i] as number) + 0.587 * (data[4 * i + 1] as number) + 0.114 * (data[4 * i + 2] as number)
    return { width, height, lines: landmarks(grey, width, height) }
  } catch {
    return null
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** The longest and strongest edges of a grey picture as lines of pixels: Sobel, thinned, linked, the weak and the short left out. */
export function landmarks(grey: Float32Array, width: number, height: number): [number, number][][] {
  const smooth = blur(blur(grey, width, height), width, height)
  const strength = new Float32Array(width * height)
  const across = new Uint8Array(width * height)
  for (let y = 2; y < height - 2; y += 1)
    for (let x = 2; x < width - 2; x += 1) {
      const i = y * width + x
      const g = (dx: number, dy: number) => smooth[i + dy * width + dx] as number
      const gx = g(1, -1) + 2 * g(1, 0) + g(1, 1) - g(-1, -1) - 2 * g(-1, 0) - g(-1, 1)
      const gy = g(-1, 1) + 2 * g(0, 1) + g(1, 1) - g(-1, -1) - 2 * g(0, -1) - g(1, -1)
      strength[i] = Math.hypot(gx, gy)
      across[i] = Math.round((((Math.atan2(gy, gx) / Math.PI) * 4 + 8) % 4)) % 4
    }
  const thin = thinned(strength, across, width, height)
  const sorted = [...thin.filter((value) => value > 0)].sort((a, b) => b - a)
  if (!sorted.length) return []
  // The strongest few begin a line, weaker ones may go on with it.
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  const begins = Math.max(Math.min(at(0.12), at(0.01) * 0.45), 24)
  const goesOn = begins * 0.4
  const lines = linked(thin, width, begins, goesOn)
  const bright = [...smooth].sort((a, b) => a - b)[Math.floor(smooth.length * SKY_SHARE)] ?? 255
  const worth = (line: Linked) => line.weight * smoothness(line.points) * (brightAround(line.points, smooth, width) > bright ? SKY_WEIGHT : 1)
  return lines
    .filter((line) => line.points.length >= SHORTEST)
    .map((line) => ({ line, worth: worth(line) }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, MOST_LINES)
    .map(({ line }) => simpler(line.points, 1.1))
}

const REACH = 6

/** 1 for a straight line, near 0 for a scribble: how far each stretch gets for its length. Heaps and leaves scribble, roofs do not. */
function smoothness(points: [number, number][]): number {
  let [gone, steps] = [0, 0]
  for (let i = REACH * 2; i < points.length; i += REACH) {
    const [a, b] = [points[i - REACH * 2] as [number, number], points[i] as [number, number]]
    gone += Math.hypot(b[0] - a[0], b[1] - a[1]) / (REACH * 2)
    steps += 1
  }
  return steps ? Math.min(1, gone / steps) ** 4 : 1
}

/** The darker one of the grounds on both sides of a line, on average. */
function brightAround(points: [number, number][], grey: Float32Array, width: number): number {
  let sum = 0
  for (const [x, y] of points) {
    const around = [-3, 3, -3 * width, 3 * width].map((step) => grey[y * width + x + step] ?? 255)
    sum += Math.min(...around)
  }
  return sum / Math.max(points.length, 1)
}

function blur(from: Float32Array, width: number, height: number): Float32Array {
  const half = new Float32Array(from.length)
  const to = new Float32Array(from.length)
  const at = (data: Float32Array, x: number, y: number) => data[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)] as number
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      half[y * width + x] = (at(from, x - 2, y) + 4 * at(from, x - 1, y) + 6 * at(from, x, y) + 4 * at(from, x + 1, y) + at(from, x + 2, y)) / 16
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      to[y * width + x] = (at(half, x, y - 2) + 4 * at(half, x, y - 1) + 6 * at(half, x, y) + 4 * at(half, x, y + 1) + at(half, x, y + 2)) / 16
  return to
}

const ACROSS = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
] as const

/** Keep only the crest of each edge. */
function thinned(strength: Float32Array, across: Uint8Array, width: number, height: number): Float32Array {
  const thin = new Float32Array(strength.length)
  for (let y = 2; y < height - 2; y += 1)
    for (let x = 2; x < width - 2; x += 1) {
      const i = y * width + x
      const [dx, dy] = ACROSS[across[i] as 0 | 1 | 2 | 3]
      const own = strength[i] as number
      if (own >= (strength[i + dy * width + dx] as number) && own > (strength[i - dy * width - dx] as number)) thin[i] = own
    }
  return thin
}

interface Linked {
  points: [number, number][]
  weight: number
}

const ROUND = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const

/** Follow the crests from their strongest points both ways, straight on where there is a choice. */
function linked(thin: Float32Array, width: number, begins: number, goesOn: number): Linked[] {
  const used = new Uint8Array(thin.length)
  const seeds = [...thin.keys()].filter((i) => (thin[i] as number) >= begins).sort((a, b) => (thin[b] as number) - (thin[a] as number))
  const follow = (start: number, first: number): { points: [number, number][]; weight: number } => {
    const points: [number, number][] = []
    let [at, heading, weight] = [start, first, 0]
    for (;;) {
      let [next, turn] = [-1, 0]
      for (const bend of [0, 1, -1, 2, -2]) {
        const direction = (heading + bend + 8) % 8
        const [dx, dy] = ROUND[direction] as readonly [number, number]
        const to = at + dy * width + dx
        if (!used[to] && (thin[to] as number) >= goesOn) {
          ;[next, turn] = [to, direction]
          break
        }
      }
      if (next < 0) return { points, weight }
      used[next] = 1
      points.push([next % width, Math.floor(next / width)])
      weight += thin[next] as number
      ;[at, heading] = [next, turn]
    }
  }
  const lines: Linked[] = []
  for (const seed of seeds) {
    if (used[seed]) continue
    used[seed] = 1
    let best: Linked = { points: [], weight: 0 }
    for (const direction of [0, 1, 2, 3]) {
      const there = follow(seed, direction)
      if (!there.points.length) continue
      const back = follow(seed, direction + 4)
      const points = [...back.points.reverse(), [seed % width, Math.floor(seed / width)] as [number, number], ...there.points]
      best = { points, weight: there.weight + back.weight + (thin[seed] as number) }
      break
    }
    lines.push(best)
  }
  return lines
}

/** Ramer, Douglas and Peucker: the same line with fewer points. */
function simpler(points: [number, number][], tolerance: number): [number, number][] {
  const [a, b] = [points[0], points.at(-1)]
  if (!a || !b || points.length < 3) return points
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1
  let [worst, at] = [0, 0]
  points.forEach(([x, y], index) => {
    const off = Math.abs((b[0] - a[0]) * (a[1] - y) - (a[0] - x) * (b[1] - a[1])) / length
    if (off > worst) [worst, at] = [off, index]
  })
  if (worst <= tolerance) return [a, b]
  return [...simpler(points.slice(0, at + 1), tolerance).slice(0, -1), ...simpler(points.slice(at), tolerance)]
}

/** An SVG path of all lines. */
export function outlinePath(outline: Outline): string {
  return outline.lines.map((line) => `M${line.map(([x, y]) => `${x} ${y}`).join('L')}`).join('')
}
