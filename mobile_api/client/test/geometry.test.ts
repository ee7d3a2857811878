import { describe, expect, it } from 'vitest'

import { areaAt, nearby, protectedAt, readAreas } from '../src/places/areas'
import { amapLink, geoLink, toGcj02 } from '../src/places/gcj02'
import { bearing, distanceM, edgeDistanceM, inRings, polygonsOf, turn, wind } from '../src/places/geometry'

const square = (west: number, south: number, side: number) => [
  [west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south],
]
const feature = (code: string, layer: string, coordinates: unknown, type = 'Polygon') => ({
  type: 'Feature', geometry: { type, coordinates }, properties: { code, name: code, layer, unit: code },
})
const isPark = (area: { layer: string }) => area.layer === 'parks'

describe('distances and directions', () => {
  it('measures a hundredth of a degree of latitude as 1,112 m', () => {
    expect(distanceM([118, 30], [118, 30.01])).toBeCloseTo(1112, 0)
  })
  it('shrinks a degree of longitude with the latitude', () => {
    expect(distanceM([118, 60], [118.01, 60])).toBeCloseTo(556, 0)
  })
  it('knows the winds', () => {
    expect(wind(bearing([118, 30], [118.01, 30.01]))).toBe(1)
    expect(wind(bearing([118, 30], [117.99, 30]))).toBe(6)
    expect(wind(359)).toBe(0)
  })
  it('turns the short way round', () => {
    expect(turn(350, 10)).toBe(20)
    expect(turn(10, 350)).toBe(-20)
    expect(turn(0, 180)).toBe(180)
  })
})

describe('where a point lies', () => {
  const areas = readAreas({
    features: [
      feature('b-town', 'towns', [square(1, 0, 1)]),
      feature('a-town', 'towns', [square(0, 0, 1)]),
      feature('park', 'parks', [square(0.4, 0.4, 0.2)]),
      feature('holed', 'towns', [square(5, 5, 3), square(6, 6, 1)]),
      feature('two', 'towns', [[square(10, 0, 1)], [square(12, 0, 1)]], 'MultiPolygon'),
      feature('line', 'towns', [[0, 0], [1, 1]], 'LineString'),
    ],
  })
  it('finds the area of a plain point', () => {
    expect(areaAt([0.1, 0.1], areas, isPark)?.code).toBe('a-town')
    expect(areaAt([12.5, 0.5], areas, isPark)?.code).toBe('two')
  })
  it('lets the park win over the town beneath it', () => {
    expect(areaAt([0.5, 0.5], areas, isPark)?.code).toBe('park')
  })
  it('finds nothing in a hole, between the parts, and outside', () => {
    expect(areaAt([6.5, 6.5], areas, isPark)).toBeNull()
    expect(areaAt([11.5, 0.5], areas, isPark)).toBeNull()
    expect(areaAt([-1, -1], areas, isPark)).toBeNull()
  })
  it('gives a point on a shared edge to one area, always the same', () => {
    const answers = new Set([areas, [...areas].reverse()].map((list) => areaAt([1, 0.5], list, isPark)?.code))
    expect(answers.size).toBe(1)
  })
  it('leaves out what is no area, and survives what is no collection', () => {
    expect(areas.map((area) => area.code)).not.toContain('line')
    expect(readAreas(null)).toEqual([])
    expect(readAreas({ features: [{}] })).toEqual([])
  })
  it('drops a third coordinate', () => {
    expect(polygonsOf({ type: 'Polygon', coordinates: [[[0, 0, 5], [1, 0, 5], [1, 1, 5], [0, 0, 5]]] })).toEqual([[[[0, 0], [1, 0], [1, 1], [0, 0]]]])
    expect(inRings([0.9, 0.1], [[[0, 0], [1, 0], [1, 1], [0, 0]]])).toBe(true)
  })
})

describe('am I inside a protected area?', () => {
  const areas = readAreas({ features: [feature('red', 'red_line', [square(118, 30, 0.01)])] })
  it('says inside, outside, and perhaps when the error reaches over the line', () => {
    expect(protectedAt([118.005, 30.005], 10, areas).inside).toHaveLength(1)
    const outside = protectedAt([118.005, 29.9995], 80, areas)
    expect(outside.inside).toHaveLength(0)
    expect(outside.perhaps).toHaveLength(1)
    expect(protectedAt([118.005, 29.9995], 30, areas).perhaps).toHaveLength(0)
  })
  it('measures to the edge in metres', () => {
    expect(edgeDistanceM([118.005, 29.9995], areas[0]?.polygons ?? [])).toBeCloseTo(55.6, 0)
  })
})

describe('known problems nearby', () => {
  it('lists those within reach, nearest first, and none without a place', () => {
    const all = [
      { id: 'far', at: [118.01, 30] as [number, number] },
      { id: 'near', at: [118.0005, 30] as [number, number] },
      { id: 'here', at: [118.0001, 30] as [number, number] },
      { id: 'nowhere', at: null },
    ]
    expect(nearby([118, 30], all, 80).map(({ one }) => one.id)).toEqual(['here', 'near'])
  })
})

describe('map apps', () => {
  it('shifts to GCJ-02 inside the country by some hundred metres', () => {
    // A published pair: Tiananmen.
    const [lon, lat] = toGcj02([116.39123, 39.90715])
    expect(lon).toBeCloseTo(116.39747, 4)
    expect(lat).toBeCloseTo(39.90855, 4)
  })
  it('shifts nothing outside', () => {
    expect(toGcj02([2.35, 48.85])).toEqual([2.35, 48.85])
  })
  it('gives AMap the shifted place and geo: the true one', () => {
    expect(amapLink([118.3214, 30.9411], '石桥镇')).toContain('to=118.326')
    expect(geoLink([118.3214, 30.9411], '石桥镇')).toBe(`geo:30.941100,118.321400?q=30.941100,118.321400(${encodeURIComponent('石桥镇')})`)
  })
})
