import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const DAY = 86_400_000
const HERE = { longitude: 118.3214, latitude: 30.9411, accuracy: 6, altitude: null, heading: null }

/** A phone: its two clocks, which go on together unless it sleeps, and its positions. */
function makePhone(wallMs: number) {
  const clocks = { wallMs, monotonicMs: 1_000 }
  const listeners = new Set<() => void>()
  let told: ((found: unknown) => void) | null = null
  const phone = {
    watches: 0,
    hidden: false,
    pass(ms: number) {
      clocks.wallMs += ms
      clocks.monotonicMs += ms
    },
    sleep(ms: number) {
      clocks.wallMs += ms
    },
    set(ms: number) {
      clocks.wallMs += ms
    },
    find(timestamp: number, coords: Partial<typeof HERE> = {}) {
      told?.({ coords: { ...HERE, ...coords }, timestamp })
    },
    comeBack() {
      for (const one of listeners) one()
    },
    get wallMs() {
      return clocks.wallMs
    },
  }
  vi.stubGlobal('performance', { now: () => clocks.monotonicMs })
  vi.spyOn(Date, 'now').mockImplementation(() => clocks.wallMs)
  vi.stubGlobal('window', { setTimeout: () => 0 })
  vi.stubGlobal('clearTimeout', () => undefined)
  vi.stubGlobal('document', {
    visibilityState: 'visible',
    addEventListener: (_: string, one: () => void) => listeners.add(one),
    removeEventListener: (_: string, one: () => void) => listeners.delete(one),
  })
  vi.stubGlobal('navigator', {
    geolocation: {
      watchPosition: (found: (position: unknown) => void) => {
        phone.watches += 1
        told = found
        return phone.watches
      },
      clearWatch: () => {
        told = null
      },
    },
  })
  return phone
}

const TRUE_TIME = Date.parse('2026-11-24T02:02:14Z')
let stop = () => {}
beforeEach(() => vi.resetModules())
afterEach(() => {
  stop()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

async function follow(wallMs = TRUE_TIME) {
  const position = await import('../src/capture/position')
  const { positionLine } = await import('../src/capture/positionWords')
  const { book } = await import('../src/office/book')
  const phone = makePhone(wallMs)
  stop = position.followPosition()
  return { phone, position, book, line: () => positionLine(Date.now()), shot: position.fixAtShutter }
}

describe('the position at the shutter', () => {
  it.each([[-DAY], [DAY], [-10 * 365 * DAY], [7 * 60_000]])('is kept by a phone whose clock is %i ms off', async (off) => {
    const { phone, line, shot } = await follow(TRUE_TIME + off)
    phone.find(TRUE_TIME)
    expect(line()).toMatchObject({ tone: 'steady', head: '±6 m', rest: '118.3214E 30.9411N' })
    phone.pass(2_000)
    phone.find(TRUE_TIME + 2_000)
    // What the phone says of its fix stays what it said.
    expect(Date.parse(shot()?.time ?? '')).toBe(TRUE_TIME + 2_000)
    expect(line().tone).toBe('steady')
  })

  it('says how old it is by the time since it came, and is none after five minutes', async () => {
    const { phone, line, shot } = await follow(TRUE_TIME + DAY)
    phone.find(TRUE_TIME)
    phone.pass(43_000)
    expect(line()).toMatchObject({ tone: 'unsure', rest: '40 秒前的位置' })
    expect(shot()).not.toBeNull()
    phone.pass(140_000)
    expect(line().rest).toBe('3 分钟前的位置')
    phone.pass(140_000)
    expect(line().rest).toBe('5 分钟前的位置，太旧，照片不带')
    expect(shot()).toBeNull()
  })

  it('grows old while the phone sleeps and its monotonic clock stands still', async () => {
    const { phone, line, shot } = await follow()
    phone.find(TRUE_TIME)
    phone.sleep(200_000)
    expect(line()).toMatchObject({ tone: 'unsure', rest: '3 分钟前的位置' })
    phone.sleep(200_000)
    expect(shot()).toBeNull()
  })

  it('is asked for anew on return to view, and what is too old is let go', async () => {
    const { phone, position, shot, line } = await follow()
    phone.find(TRUE_TIME)
    phone.sleep(60_000)
    phone.comeBack()
    expect(phone.watches).toBe(2)
    expect(shot()).not.toBeNull()
    phone.sleep(900_000)
    phone.comeBack()
    expect(position.position.fix).toBeNull()
    expect(line().head).toBe('正在定位…')
    phone.find(TRUE_TIME + 960_000)
    expect(line().tone).toBe('steady')
  })

  it('is not taken for fresh when the phone hands out a stored one', async () => {
    const { phone, shot, line } = await follow(TRUE_TIME - DAY)
    phone.find(TRUE_TIME)
    phone.sleep(400_000)
    phone.comeBack()
    phone.find(TRUE_TIME + 1_000)
    expect(shot()).toBeNull()
    expect(line().tone).toBe('unsure')
    phone.pass(2_000)
    phone.find(TRUE_TIME + 402_000)
    expect(shot()).not.toBeNull()
    expect(line().tone).toBe('steady')
  })

  it('is fresh in a browser whose fixes all bear one time, when it is another place', async () => {
    const { phone, shot, line } = await follow(TRUE_TIME)
    phone.find(0)
    phone.pass(400_000)
    phone.find(0)
    expect(shot()).toBeNull()
    phone.find(0, { longitude: 118.3215 })
    expect(shot()).not.toBeNull()
    expect(line().tone).toBe('steady')
  })

  it('is kept when the clock is set right in between', async () => {
    const { phone, shot, line } = await follow(TRUE_TIME + DAY)
    phone.find(TRUE_TIME + DAY)
    phone.set(-DAY)
    phone.pass(1_000)
    phone.find(TRUE_TIME + 1_000)
    expect(shot()).not.toBeNull()
    phone.set(3 * DAY)
    phone.pass(1_000)
    phone.find(TRUE_TIME + 2_000)
    phone.pass(1_000)
    phone.find(TRUE_TIME + 3_000)
    expect(shot()).not.toBeNull()
    expect(line().tone).toBe('steady')
  })
})

describe('a position abroad', () => {
  const around = async () => {
    const { readAreas } = await import('../src/places/areas')
    const ring = [[118.3, 30.9], [118.34, 30.9], [118.34, 30.96], [118.3, 30.96], [118.3, 30.9]]
    return readAreas({ features: [{ geometry: { type: 'Polygon', coordinates: [ring] }, properties: { code: '1', name: '石桥镇', layer: 'towns' } }] })
  }
  it('is amber and named more than two kilometres from every area', async () => {
    const { phone, line, book, shot } = await follow()
    book.areas = await around()
    phone.find(TRUE_TIME, { longitude: 2.35, latitude: 48.85 })
    expect(line()).toEqual({ tone: 'unsure', head: '±6 m', rest: '不在本区范围内' })
    expect(shot()).not.toBeNull()
  })
  it('is none just over the border, inside, or while no area is known', async () => {
    const { phone, line, book } = await follow()
    phone.find(TRUE_TIME, { longitude: 2.35, latitude: 48.85 })
    expect(line().tone).toBe('steady')
    book.areas = await around()
    phone.find(TRUE_TIME + 1, { longitude: 118.355 })
    expect(line().tone).toBe('steady')
    phone.find(TRUE_TIME + 2)
    expect(line().tone).toBe('steady')
    phone.find(TRUE_TIME + 3, { longitude: 118.37 })
    expect(line().tone).toBe('unsure')
  })
})
