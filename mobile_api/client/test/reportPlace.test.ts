import { describe, expect, it } from 'vitest'

import { checkWords } from '../src/screens/checkWords'
import { readPlace } from '../src/screens/reportPlace'
import type { Fix, PhotoSource } from '../src/store/shapes'

const SINCE = 1000
const HERE: Fix = { lon: 118.3, lat: 30.9, accuracy_m: 6, altitude: null, heading: null, time: '' }
const THERE: Fix = { ...HERE, lon: 118.4 }
const ROUGH: Fix = { ...HERE, accuracy_m: 3000 }
const photo = (source: PhotoSource, fix: Fix | null, createdAt = SINCE + 1) => ({ source, fix, createdAt })
const read = (photos: ReturnType<typeof photo>[], standing: Fix | null = HERE, canStand = true) => readPlace(photos, standing, canStand, SINCE)

describe('the place of a report', () => {
  it('is where its photo was taken, wherever the inspector stands now', () => {
    expect(read([photo('library', null), photo('camera', THERE)])).toMatchObject({ fix: THERE, ask: '', proposed: null })
  })
  it('is where the inspector stands when nothing was photographed, or just now without a position', () => {
    expect(read([]).fix).toBe(HERE)
    expect(read([photo('camera', null)]).fix).toBe(HERE)
  })
  it('is asked for when all photos come from the library: the standing place is only offered', () => {
    expect(read([photo('library', null), photo('library', null)])).toEqual({ fix: null, rough: null, proposed: [118.3, 30.9], ask: 'library' })
    expect(read([photo('library', null)], null)).toMatchObject({ fix: null, proposed: null, ask: 'library' })
  })
  it('is asked for when the photo is of long ago, and for a further place', () => {
    expect(read([photo('camera', null, SINCE - 1)])).toMatchObject({ fix: null, proposed: [118.3, 30.9], ask: 'late' })
    expect(read([photo('camera', null)], HERE, false)).toMatchObject({ fix: null, ask: 'late' })
  })
  it('is not a position that is kilometres off, neither the photo’s nor the standing one', () => {
    expect(read([photo('camera', ROUGH)], null)).toEqual({ fix: null, rough: ROUGH, proposed: null, ask: 'rough' })
    expect(read([], ROUGH)).toMatchObject({ fix: null, rough: ROUGH, ask: 'rough' })
    expect(read([photo('library', null)], ROUGH)).toMatchObject({ proposed: null, ask: 'library' })
  })
  it('is the good position that came after a rough one', () => {
    expect(read([photo('camera', ROUGH), photo('camera', THERE)]).fix).toBe(THERE)
    expect(read([photo('camera', ROUGH)]).fix).toBe(HERE)
  })
})

describe('a check in words', () => {
  const check = { id: 'a', kind: 'spot_check', announced: false, released: false, ledBy: '', people: [], date: '2026-06-12' }
  it('has its day, its kind, and whether it is hidden', () => {
    expect(checkWords(check)).toBe('6月12日盯办抽查（暗访）')
    expect(checkWords({ ...check, released: true })).toBe('6月12日盯办抽查')
    expect(checkWords({ ...check, announced: true, date: null })).toBe('盯办抽查')
  })
})
