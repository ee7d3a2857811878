import { describe, expect, it } from 'vitest'

import { bootstrap } from '../mock/district.mjs'
import { sitesOf } from '../src/capture/drafts'
import { areaAt } from '../src/places/areas'
import { type MapContent, type MapView, placeLabels, scaleRect, toPlace, toScreen } from '../src/places/drawMap'
import type { Position } from '../src/places/geometry'
import { boxAround, clipRing, labelSpot, lineSpot, overlap, type Spot, within } from '../src/places/labels'
import { readLines } from '../src/places/lines'
import { reportBody } from '../src/queue/bodies'
import { readBook } from '../src/office/book'
import { rowSpans } from '../src/screens/grid'

const VIEW = { left: 0, top: 0, right: 360, bottom: 134 }
// A sickle: the middle of its box lies outside of it.
const SICKLE: Spot[] = [[0, 0], [360, 0], [360, 134], [320, 134], [320, 30], [0, 30]]

describe('the name of an area', () => {
  it('lies whole inside the visible part, not in the middle of the box', () => {
    const at = labelSpot([SICKLE], 60, 20, VIEW, []) as Spot
    for (const x of [-30, 30]) for (const y of [-10, 10]) expect(within([at[0] + x, at[1] + y], [SICKLE])).toBe(true)
  })
  it('is left out where it has no room, and where something else lies', () => {
    expect(labelSpot([SICKLE], 60, 40, VIEW, [])).toBeNull()
    expect(labelSpot([SICKLE], 60, 20, VIEW, [{ left: -9, top: -9, right: 999, bottom: 40 }])).toBeNull()
  })
  it('stays in what is seen of a large area', () => {
    const wide: Spot[] = [[-9000, -9000], [9000, -9000], [9000, 9000], [-9000, 9000]]
    expect(clipRing(wide, VIEW)).toHaveLength(4)
    const [x, y] = labelSpot([wide], 60, 20, VIEW, []) as Spot
    expect(Math.abs(x - 180)).toBeLessThan(30)
    expect(Math.abs(y - 67)).toBeLessThan(15)
  })
})

describe('the name of a line', () => {
  it('follows its straightest stretch in view and is never upside down', () => {
    const found = lineSpot([[[300, 20], [40, 60]]], 80, 20, VIEW, [])
    expect(found?.angle).toBeCloseTo(Math.atan2(-40, 260), 2)
  })
  it('is left out on a line that winds or is too short', () => {
    const winding = Array.from({ length: 60 }, (_, i): Spot => [i * 6, 67 + 40 * Math.sin(i)])
    expect(lineSpot([winding], 80, 20, VIEW, [])).toBeNull()
    expect(lineSpot([[[10, 10], [50, 10]]], 80, 20, VIEW, [])).toBeNull()
  })
})

describe('the small map', () => {
  const book = readBook(bootstrap({}), 0)
  const isPark = (area: { layer: string }) => /park/.test(area.layer)
  const pen = { font: '', measureText: (text: string) => ({ width: text.length * 16 }) } as unknown as CanvasRenderingContext2D
  const at = (pin: Position, scale = 2.5): [MapView, MapContent] => [
    { centre: pin, scale, width: 364, height: 134, rem: 16 },
    { areas: book.areas, protectedAreas: [], lines: book.lines, pin, proposed: null, fix: pin, accuracyM: 6, marks: [], sites: [], isPark },
  ]

  it('names every area inside itself, and none over the place of the pin', () => {
    for (const [pin, scale] of [[[118.3214, 30.9411], 2.5], [[118.3214, 30.9411], 20], [[118.3236, 30.9445], 3], [[118.35, 30.905], 25], [[118.3255, 30.9295], 4]] as [Position, number][]) {
      const [view, content] = at(pin, scale)
      const labels = placeLabels(pen, view, content)
      const own = areaAt(pin, book.areas, isPark)
      for (const label of labels.filter((one) => one.kind === 'area')) {
        expect(areaAt(label.at, book.areas, isPark)?.name).toBe(label.text)
        const box = boxAround(toScreen(view, label.at), label.text.length * 16, 20)
        const [x, y] = toScreen(view, pin)
        if (label.text !== own?.name) expect(overlap(box, boxAround([x, y], 2, 2))).toBe(false)
        expect(overlap(box, { left: x - 20, top: y - 56, right: x + 20, bottom: y })).toBe(false)
      }
      expect(labels.length).toBeGreaterThan(0)
    }
  })
  it('names the river and a road where there is room, and lets no two names overlap', () => {
    const [view, content] = at([118.3214, 30.9411])
    const labels = placeLabels(pen, view, content)
    expect(labels.map((one) => one.text)).toEqual(expect.arrayContaining(['石桥镇', '石桥河', '沿河路']))
    const boxes = labels.map((one) => boxAround(toScreen(view, one.at), one.text.length * 16 * Math.abs(Math.cos(one.angle)), 18))
    boxes.forEach((box, i) => boxes.slice(i + 1).forEach((other) => expect(overlap(box, other)).toBe(false)))
  })
  it('puts the scale where no pin and no mark lies', () => {
    const [view, content] = at([118.3214, 30.9411])
    const corner = toPlace(view, 30, view.height - 12)
    expect(scaleRect(view, content).bottom).toBe(view.height)
    for (const change of [{ pin: corner }, { pin: null, proposed: corner }, { marks: [corner] }, { sites: [{ at: corner, n: 2 }] }])
      expect(scaleRect(view, { ...content, ...change }).top).toBe(0)
  })
  it('takes lines and surfaces, and leaves out what is neither', () => {
    expect(book.lines.map(({ name, kind }) => [name, kind])).toEqual([['石桥河', 'river'], ['九龙溪', 'river'], ['沿河路', 'road'], ['石桥大道', 'road']])
    for (const odd of [null, 5, { features: [null, { geometry: null }, { geometry: { type: 'Point', coordinates: [1, 2] } }, { geometry: { type: 'LineString', coordinates: 'x' } }] }])
      expect(readLines(odd)).toEqual([])
  })
})

describe('further sites', () => {
  const shot = (site: string | null) => ({ site })
  it('are those with a photo or a pin; one that only a photo names is found again', () => {
    const noted = [{ id: 'a', name: '桥下', pin: null }, { id: 'b', name: '', pin: null }, { id: 'c', name: '', pin: [1, 2] }]
    expect(sitesOf(noted, [shot(null), shot('a'), shot('lost')]).map((one) => one.id)).toEqual(['a', 'c', 'lost'])
    expect(sitesOf(undefined, [shot(null)])).toEqual([])
    expect(sitesOf('odd', [])).toEqual([])
  })
  it('stand in the report with their own id, name and place; a plain report has none', () => {
    const entry = { title: 't', words: '', category: 'water', at: [118, 30] as Position, accuracyM: 6, movedM: 250_000, area: '', areaReason: '', observedAt: 'x', inspection: '', noPhotoReason: '' }
    expect(reportBody(entry)).not.toHaveProperty('sites')
    expect(reportBody(entry).moved_m).toBe(100_000)
    expect(reportBody({ ...entry, sites: [{ id: 'a', name: '桥下', at: [118.1, 30.1] }] }).sites).toEqual([{ id: 'a', name: '桥下', location: { type: 'Point', coordinates: [118.1, 30.1] } }])
  })
})

describe('the grid of categories', () => {
  it('fills every row, and lets no tile stand alone', () => {
    for (let n = 2; n <= 12; n += 1) {
      const spans = rowSpans(n)
      expect(spans).toHaveLength(n)
      let row: number[] = []
      for (const span of spans) {
        row.push(span)
        const full = row.reduce((sum, one) => sum + one, 0)
        expect(full).toBeLessThanOrEqual(12)
        if (full === 12) {
          expect(row.length).toBeGreaterThan(1)
          row = []
        }
      }
      expect(row).toEqual([])
    }
    expect(rowSpans(7)).toEqual([3, 3, 3, 3, 4, 4, 4])
  })
})
