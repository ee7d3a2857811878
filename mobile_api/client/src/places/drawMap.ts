import { type Area, areaAt } from './areas'
import { type Position, type Rings } from './geometry'
import { boxAround, labelSpot, lineSpot, overlap, type Rect, type Spot, within } from './labels'
import type { BaseLine } from './lines'

const RAD = Math.PI / 180
const EARTH_M = 6_371_008.8

/** Part of the world on the canvas: its centre, metres per CSS pixel, CSS pixels, and one rem in pixels. */
export interface MapView {
  centre: Position
  scale: number
  width: number
  height: number
  rem: number
}

export interface MapContent {
  areas: Area[]
  protectedAreas: Area[]
  lines: BaseLine[]
  pin: Position | null
  /** Where a pin is offered that nobody has put yet. */
  proposed: Position | null
  fix: Position | null
  accuracyM: number | null
  /** Known problems nearby. */
  marks: Position[]
  /** The other places of this report, with their number. */
  sites: { at: Position; n: number }[]
  isPark: (area: Area) => boolean
}

export const metresEast = (view: Pick<MapView, 'centre'>) => EARTH_M * RAD * Math.cos(view.centre[1] * RAD)
export const metresNorth = EARTH_M * RAD

export function toScreen(view: MapView, [lon, lat]: Position): Spot {
  return [
    view.width / 2 + ((lon - view.centre[0]) * metresEast(view)) / view.scale,
    view.height / 2 - ((lat - view.centre[1]) * metresNorth) / view.scale,
  ]
}

export function toPlace(view: MapView, x: number, y: number): Position {
  const lon = view.centre[0] + ((x - view.width / 2) * view.scale) / metresEast(view)
  const lat = view.centre[1] - ((y - view.height / 2) * view.scale) / metresNorth
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7]
}

/** A name and where it lies; kept as a place, so that it moves with the map while a finger drags it. */
export interface Label {
  text: string
  kind: 'area' | 'river' | 'road' | 'other'
  at: Position
  angle: number
}

/** Metres per pixel from which the whole district is in view rather than a place in it. */
const FAR_M = 15

type Pen = CanvasRenderingContext2D
const screenRings = (view: MapView, polygons: Rings[]) => polygons.flat().map((ring) => ring.map((point) => toScreen(view, point)))
const font = (view: MapView, kind: Label['kind']) => `${kind === 'area' ? 600 : 500} ${view.rem}px sans-serif`

/** Names where they have room: the pin's own area first, then water and roads, then the neighbours. Called when a move has ended. */
export function placeLabels(pen: Pen, view: MapView, content: MapContent): Label[] {
  const { width, height, rem } = view
  const seen: Rect = { left: 6, top: 6, right: width - 6, bottom: height - 6 }
  // The buttons, the scale, the pin and the ring around the position.
  const taken: Rect[] = [
    { left: width - rem * 3.5, top: height - rem * 6.5, right: width, bottom: height },
    scaleRect(view, content),
  ]
  const pin = content.pin ?? content.proposed
  if (pin) taken.push(pinRect(toScreen(view, pin)))
  for (const site of content.sites) taken.push(boxAround(toScreen(view, site.at), 34, 34))
  for (const mark of content.marks) taken.push(boxAround(toScreen(view, mark), 22, 22))
  const labels: Label[] = []
  const put = (text: string, kind: Label['kind'], find: (wide: number, high: number) => { at: Spot; angle: number } | null) => {
    if (!text || labels.some((one) => one.text === text && one.kind === kind)) return
    pen.font = font(view, kind)
    const [wide, high] = [pen.measureText(text).width + 10, rem * 1.4]
    const found = find(wide, high)
    if (!found) return
    labels.push({ text, kind, at: toPlace(view, ...found.at), angle: found.angle })
    const { angle } = found
    const [c, s] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))]
    taken.push(boxAround(found.at, c * wide + s * high, s * wide + c * high))
  }
  const water = content.lines.filter((line) => line.kind === 'river').flatMap((line) => screenRings(view, line.polygons))
  const own = content.pin ? areaAt(content.pin, content.areas, content.isPark) : null
  const nameArea = (area: Area) =>
    put(area.name, 'area', (wide, high) => {
      const mine = (at: Spot) => areaAt(toPlace(view, ...at), content.areas, content.isPark) === area
      const rings = screenRings(view, area.polygons)
      // Off the water where it can be: a town's name is not a river's.
      const dry = ([x, y]: Spot) => [-0.5, 0, 0.5].every((part) => [-0.5, 0.5].every((side) => !within([x + part * wide, y + side * high], water)))
      const at = labelSpot(rings, wide, high, seen, taken, (spot) => mine(spot) && dry(spot)) ?? labelSpot(rings, wide, high, seen, taken, mine)
      return at && { at, angle: 0 }
    })
  const neighbours = () => content.areas.filter((area) => area !== own).forEach(nameArea)
  if (own) nameArea(own)
  // Seen from afar the towns matter and the roads do not.
  const far = view.scale > FAR_M
  if (far) neighbours()
  for (const kind of far ? (['river'] as const) : (['river', 'road', 'other'] as const))
    for (const line of content.lines.filter((one) => one.kind === kind))
      put(line.name, kind, (wide, high) => {
        const at = line.polygons.length ? labelSpot(screenRings(view, line.polygons), wide, high, seen, taken) : null
        if (at) return { at, angle: 0 }
        const parts = line.parts.length ? line.parts.map((part) => part.map((point) => toScreen(view, point))) : []
        return lineSpot(parts, wide, high, seen, taken)
      })
  if (!far) neighbours()
  return labels
}

const pinRect = ([x, y]: Spot): Rect => ({ left: x - 26, top: y - 64, right: x + 26, bottom: y + 10 })

/** Where the scale stands: at the lower left, or above where a pin or a mark lies there. */
export function scaleRect(view: MapView, content: MapContent): Rect {
  const high = view.rem * 2.2
  const below: Rect = { left: 0, top: view.height - high, right: 100, bottom: view.height }
  const pin = content.pin ?? content.proposed
  const things = [
    ...(pin ? [pinRect(toScreen(view, pin))] : []),
    ...content.sites.map((site) => boxAround(toScreen(view, site.at), 34, 34)),
    ...content.marks.map((mark) => boxAround(toScreen(view, mark), 22, 22)),
  ]
  return things.some((thing) => overlap(thing, below)) ? { ...below, top: 0, bottom: high } : below
}

const GROUNDS = ['#e9f0e4', '#eef0e0', '#e4eeee', '#f1ece2', '#e8eaf1', '#eef3e9']
const WATER = '#bfdbe6'
const INK = { area: '#38484a', river: '#0f4a5c', road: '#4a4438', other: '#4a4438' }

export function drawMap(pen: Pen, view: MapView, content: MapContent, labels: Label[]): void {
  pen.fillStyle = '#e6eaea'
  pen.fillRect(0, 0, view.width, view.height)
  pen.lineJoin = 'round'
  pen.lineCap = 'round'
  content.areas.forEach((area, index) => {
    trace(pen, view, area.polygons)
    pen.fillStyle = GROUNDS[index % GROUNDS.length] as string
    pen.fill('evenodd')
  })
  drawLines(pen, view, content.lines)
  for (const area of content.areas) {
    trace(pen, view, area.polygons)
    pen.setLineDash([10, 5, 2, 5])
    pen.strokeStyle = '#6f5a80'
    pen.lineWidth = 2
    pen.stroke()
  }
  pen.setLineDash([])
  for (const area of content.protectedAreas) {
    trace(pen, view, area.polygons)
    pen.fillStyle = 'rgb(27 94 3 / 14%)'
    pen.fill('evenodd')
    pen.strokeStyle = '#a50e1a'
    pen.lineWidth = 2.5
    pen.stroke()
  }
  for (const label of labels) drawLabel(pen, view, label)
  for (const mark of content.marks) dot(pen, toScreen(view, mark), 7, '#fff', '#38484a', 3)
  if (content.fix && content.accuracyM) {
    const at = toScreen(view, content.fix)
    dot(pen, at, Math.max(content.accuracyM / view.scale, 12), 'rgb(0 88 95 / 22%)', 'rgb(0 88 95 / 70%)', 1.5)
  }
  for (const site of content.sites) {
    const at = toScreen(view, site.at)
    dot(pen, at, 14, '#fff', '#00585f', 3)
    pen.font = `700 ${Math.min(view.rem, 18)}px sans-serif`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillStyle = '#00585f'
    pen.fillText(String(site.n), at[0], at[1] + 1)
  }
  if (content.pin) drawPin(pen, ...toScreen(view, content.pin), true)
  else if (content.proposed) drawPin(pen, ...toScreen(view, content.proposed), false)
  drawScale(pen, view, scaleRect(view, content).bottom)
}

function path(pen: Pen, view: MapView, points: Position[]): void {
  points.forEach((point, index) => {
    const [x, y] = toScreen(view, point)
    if (index === 0) pen.moveTo(x, y)
    else pen.lineTo(x, y)
  })
}

function trace(pen: Pen, view: MapView, polygons: Rings[]): void {
  pen.beginPath()
  for (const ring of polygons.flat()) {
    path(pen, view, ring)
    pen.closePath()
  }
}

function stroke(pen: Pen, view: MapView, parts: Position[][], colour: string, width: number): void {
  pen.beginPath()
  for (const part of parts) path(pen, view, part)
  pen.strokeStyle = colour
  pen.lineWidth = width
  pen.stroke()
}

function drawLines(pen: Pen, view: MapView, lines: BaseLine[]): void {
  pen.setLineDash([])
  for (const line of lines.filter((one) => one.kind === 'river')) {
    trace(pen, view, line.polygons)
    pen.fillStyle = WATER
    pen.fill('evenodd')
    pen.strokeStyle = '#7fa9b8'
    pen.lineWidth = 1.5
    pen.stroke()
    stroke(pen, view, line.parts, '#8fbfd2', 5)
  }
  // Nearer in, roads are as wide as roads are.
  const wide = Math.min(Math.max(9 / view.scale, 3), 9)
  for (const line of lines.filter((one) => one.kind !== 'river')) {
    const colours = line.kind === 'road' ? (['#a9b3b4', '#fff'] as const) : (['#8b9596', '#d9dedf'] as const)
    const parts = [...line.parts, ...line.polygons.flat()]
    const thick = line.kind === 'road' ? wide : Math.max(wide / 2, 2)
    stroke(pen, view, parts, colours[0], thick + 2)
    stroke(pen, view, parts, colours[1], thick)
  }
}

function drawLabel(pen: Pen, view: MapView, label: Label): void {
  const at = toScreen(view, label.at)
  if (!overlap(boxAround(at, 0, 0), { left: -80, top: -80, right: view.width + 80, bottom: view.height + 80 })) return
  pen.save()
  pen.translate(...at)
  pen.rotate(label.angle)
  pen.font = font(view, label.kind)
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.lineWidth = 4
  pen.strokeStyle = label.kind === 'river' ? 'rgb(217 235 242 / 85%)' : 'rgb(255 255 255 / 85%)'
  pen.strokeText(label.text, 0, 0)
  pen.fillStyle = INK[label.kind]
  pen.fillText(label.text, 0, 0)
  pen.restore()
}

function dot(pen: Pen, [x, y]: Spot, radius: number, fill: string, edge: string, width: number): void {
  pen.beginPath()
  pen.arc(x, y, radius, 0, 7)
  pen.fillStyle = fill
  pen.fill()
  pen.lineWidth = width
  pen.strokeStyle = edge
  pen.stroke()
}

/** A pin that is put is full; one that is offered is hollow, with a dashed edge. */
function drawPin(pen: Pen, x: number, y: number, put: boolean): void {
  pen.beginPath()
  pen.moveTo(x, y)
  pen.bezierCurveTo(x - 8, y - 14, x - 20, y - 22, x - 20, y - 36)
  pen.arc(x, y - 36, 20, Math.PI, 0)
  pen.bezierCurveTo(x + 20, y - 22, x + 8, y - 14, x, y)
  pen.fillStyle = put ? '#00585f' : 'rgb(255 255 255 / 85%)'
  pen.fill()
  pen.lineWidth = 3
  pen.strokeStyle = put ? '#fff' : '#00585f'
  if (!put) pen.setLineDash([6, 4])
  pen.stroke()
  pen.setLineDash([])
  pen.beginPath()
  pen.arc(x, y - 36, 7, 0, 7)
  pen.fillStyle = put ? '#fff' : '#00585f'
  pen.fill()
}

function drawScale(pen: Pen, { scale, rem }: MapView, bottom: number): void {
  const step = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000].find((m) => m / scale > 48) ?? 50_000
  const text = step < 1000 ? `${step} m` : `${step / 1000} km`
  pen.font = `${rem}px sans-serif`
  pen.textAlign = 'left'
  pen.textBaseline = 'alphabetic'
  pen.lineWidth = 4
  pen.strokeStyle = 'rgb(255 255 255 / 85%)'
  pen.strokeText(text, 10, bottom - 16)
  pen.fillStyle = '#16282a'
  pen.fillText(text, 10, bottom - 16)
  pen.fillRect(10, bottom - 10, step / scale, 3)
}
