import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { loadClock } from '../src/office/clock'
import { summary } from '../src/office/running'
import { discardShot, keepShot } from '../src/capture/shutter'
import { backOff, sendQueue, tryAgain, waitingLoad } from '../src/queue/engine'
import { freeConfirmed, KEEP_MS } from '../src/queue/freeing'
import { standings } from '../src/queue/standing'
import { type Store, theStore } from '../src/store/database'
import { faults, freshPhone, photoNow, recordNow, report, serverState, setServer, shot, signedIn, startServer, stopServer } from './phone'

let store: Store
beforeAll(startServer)
afterAll(stopServer)
beforeEach(async () => {
  store = await freshPhone()
  await loadClock()
  await signedIn()
})

const send = (hurry = true) => sendQueue('inspector', hurry)
const BIG = 1_300_000

describe('the queue', () => {
  it('sends a report and its photos once, and calls them received only by the receipt', async () => {
    const { record, photos } = await report('inspector', 3)
    expect(await send()).toBe('sent')
    expect((await recordNow(record.uuid)).state).toBe('received')
    for (const photo of photos) expect(await photoNow(photo.uuid)).toMatchObject({ state: 'received', trouble: null })
    const server = await serverState()
    expect(server.records[record.uuid]).toMatchObject({ sha256: record.sha256, times: 1 })
    expect(server.photos.map(({ sha256, by, signed, times }) => ({ sha256, by, signed, times }))).toEqual(
      photos.map(({ sha256 }) => ({ sha256, by: 'tus', signed: 'good', times: 1 })),
    )
    expect(server.photos[0]?.fields).toMatchObject({ stage: 'before', source: 'camera', location: '118.3214,30.9411', accuracy_m: '6', heading: '12' })
  })

  it('sends nothing twice when asked twice', async () => {
    const { record } = await report()
    await send()
    const before = (await serverState()).requests.length
    await send()
    expect((await serverState()).requests.length).toBe(before)
    expect((await serverState()).records[record.uuid]?.times).toBe(1)
  })

  it('sends no photo of a draft', async () => {
    await keepShot(shot(), 'inspector')
    await send()
    expect((await serverState()).photos).toEqual([])
  })

  it('neither sends nor counts what belongs to another person', async () => {
    await signedIn('second')
    const { record } = await report('second')
    await send()
    expect((await serverState()).records).toEqual({})
    expect((await waitingLoad('inspector')).waiting).toBe(0)
    expect((await recordNow(record.uuid)).state).toBe('captured')
    await sendQueue('second', true)
    expect((await serverState()).records[record.uuid]?.person).toBe('second')
  })

  it('waits for the person to sign in again when the token is gone, and loses nothing', async () => {
    const { record, photos } = await report('inspector', 2)
    await setServer({ tokens: {} })
    expect(await send()).toBe('session_over')
    expect((await recordNow(record.uuid)).state).toBe('captured')
    expect(await send()).toBe('session_over')
    await signedIn()
    expect(await send()).toBe('sent')
    for (const photo of photos) expect((await photoNow(photo.uuid)).state).toBe('received')
  })

  it('tells the server how much waits, and since when', async () => {
    await report()
    await faults({ match: 'POST /api/v1/uploads', do: 'status', status: 500, times: 9 })
    await send()
    const [told] = (await serverState()).waiting
    expect(told).toMatchObject({ waiting: 2 })
    expect(Date.parse(told?.oldest as string)).toBeLessThanOrEqual(Date.now() + 1000)
  })

  it('tells that nothing waits any more after the last confirmation, and says it once', async () => {
    await report('inspector', 2)
    await send()
    const { waiting } = await serverState()
    expect(waiting.map((one) => one.waiting)).toEqual([3, 0])
    expect(waiting.at(-1)?.oldest).toBeUndefined()
    await send()
    await send()
    expect((await serverState()).waiting).toHaveLength(2)
  })

  it('tells how much is left when only some was confirmed, and what has changed since, not more', async () => {
    await report()
    await faults({ match: 'POST /api/v1/uploads', do: 'status', status: 500, times: 2 })
    await send()
    await send()
    expect((await serverState()).waiting.map((one) => one.waiting)).toEqual([2, 1])
    await send()
    expect((await serverState()).waiting.map((one) => one.waiting)).toEqual([2, 1, 1, 0])
  })

  it('tells again what the office did not hear', async () => {
    await report()
    await faults({ match: 'POST /api/v1/receipts', do: 'reset', skip: 1 })
    await send()
    expect((await serverState()).waiting.map((one) => one.waiting)).toEqual([2])
    await send()
    expect((await serverState()).waiting.map((one) => one.waiting)).toEqual([2, 0])
  })

  it('mends what a phone told before it knew to say it again', async () => {
    await report()
    await send()
    await store.settings.delete('told inspector')
    await send()
    expect((await serverState()).waiting.at(-1)).toMatchObject({ waiting: 0 })
  })

  it('counts photos that nobody has submitted among what waits', async () => {
    const row = await keepShot(shot(), 'inspector')
    await send()
    expect((await serverState()).waiting).toEqual([{ device: expect.any(String), waiting: 1, oldest: expect.any(String) }])
    await discardShot(row.uuid)
    await send()
    expect((await serverState()).waiting.at(-1)).toMatchObject({ waiting: 0 })
  })

  it('tells its raw clock where the server measures it, whatever it knows of the server\'s', async () => {
    await setServer({ clockMs: -7_200_000 })
    await sendQueue('inspector', true)
    await report()
    const before = Date.now()
    await send()
    const { phoneTimes } = await serverState()
    expect(phoneTimes.map((one) => one.line.replace(/[0-9a-f-]{36}$/, ''))).toEqual(['PUT /api/v1/reports/', 'POST /api/v1/uploads/', 'POST /api/v1/receipts', 'POST /api/v1/receipts'])
    for (const { time } of phoneTimes) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/)
      expect(Math.abs(Date.parse(time) - before)).toBeLessThan(5_000)
    }
  })

  it('tells its raw clock with a photo that goes in one request too', async () => {
    await setServer({ noTus: true })
    await report()
    await send()
    expect((await serverState()).phoneTimes.some((one) => one.line.startsWith('PUT /api/v1/photos/'))).toBe(true)
  })

  it('tells the statements of shots thrown away', async () => {
    const row = await keepShot(shot(), 'inspector')
    await discardShot(row.uuid)
    await send()
    expect((await serverState()).discarded[0]?.statement).toBe(row.statement)
    expect(await store.discards.count()).toBe(0)
  })
})

describe('what is not delivered', () => {
  for (const [name, fault, why] of [
    ['a login page instead of JSON', { do: 'html' }, 'portal'],
    ['a login page with an error code', { do: 'html', status: 403 }, 'portal'],
    ['a redirect to another host', { do: 'redirect' }, 'portal'],
    ['an empty 200', { do: 'empty' }, 'portal'],
    ['a reply cut in the middle', { do: 'truncate' }, 'network'],
    ['half a JSON that calls itself whole', { do: 'half' }, 'truncated'],
    ['a connection cut while sending', { do: 'reset' }, 'network'],
    ['a server error', { do: 'status', status: 500 }, 'server'],
    ['a busy server', { do: 'status', status: 503 }, 'busy'],
    ['too many requests', { do: 'status', status: 429 }, 'busy'],
  ] as const) {
    it(`${name}: the report stays, and goes the next time`, async () => {
      const { record } = await report()
      await faults({ match: 'PUT /api/v1/reports', times: 1, ...fault })
      await send()
      expect(await recordNow(record.uuid)).toMatchObject({ state: 'captured', attempts: 1, trouble: { why } })
      expect((await recordNow(record.uuid)).nextAt).toBeGreaterThan(Date.now() + 3000)
      await send()
      expect(await recordNow(record.uuid)).toMatchObject({ state: 'received', trouble: null })
    })
    it(`${name}: the photo stays, and goes the next time`, async () => {
      const { photos } = await report()
      await faults({ match: 'POST /api/v1/uploads', times: 1, ...fault })
      await send()
      expect(await photoNow(photos[0]?.uuid as string)).toMatchObject({ state: 'captured', attempts: 1, trouble: { why } })
      await send()
      expect((await photoNow(photos[0]?.uuid as string)).state).toBe('received')
    })
  }

  it('JSON that names another digest, another report, or nothing at all, delivers no report', async () => {
    const { record } = await report()
    for (const body of [{ ok: true }, { uuid: record.uuid, sha256: '00' }, { uuid: crypto.randomUUID(), sha256: record.sha256 }, [], 'x']) {
      await faults({ match: 'PUT /api/v1/reports', do: 'json', body })
      await send()
      expect(await recordNow(record.uuid)).toMatchObject({ state: 'captured', trouble: { why: 'truncated' } })
    }
    await send()
    expect((await recordNow(record.uuid)).state).toBe('received')
  })

  it('JSON that names another digest or nothing at all delivers no photo', async () => {
    await setServer({ noTus: true })
    const { photos } = await report()
    const uuid = photos[0]?.uuid as string
    for (const body of [{}, { id: uuid, sha256: '00' }, 'x']) {
      await faults({ match: 'PUT /api/v1/photos', do: 'json', body })
      await send()
      expect(await photoNow(uuid)).toMatchObject({ state: 'captured', trouble: { why: 'truncated' } })
    }
    await send()
    expect((await photoNow(uuid)).state).toBe('received')
  })

  it('an answer that was lost after the server had acted changes nothing the second time', async () => {
    const { record, photos } = await report()
    await faults({ match: 'PUT /api/v1/reports', do: 'lose' }, { match: 'PATCH /api/v1/uploads', do: 'lose' })
    await send()
    await send()
    await send()
    const server = await serverState()
    expect(server.records[record.uuid]?.times).toBe(2)
    expect(server.photos).toHaveLength(1)
    expect((await photoNow(photos[0]?.uuid as string)).state).toBe('received')
  })

  it('an answered photo that no receipt names is sent again', async () => {
    const { photos } = await report()
    const uuid = photos[0]?.uuid as string
    await faults({ match: 'POST /api/v1/receipts', do: 'status', status: 500 })
    await send()
    expect((await photoNow(uuid)).state).toBe('answered')
    await setServer({ photos: {}, uploads: {} })
    await send()
    expect(await photoNow(uuid)).toMatchObject({ state: 'captured', sentBytes: 0 })
    await send()
    expect((await photoNow(uuid)).state).toBe('received')
  })

  it('does not try before its time unless in a hurry', async () => {
    const { record } = await report()
    await faults({ match: 'PUT /api/v1/reports', do: 'status', status: 500 })
    await send(false)
    await send(false)
    expect((await recordNow(record.uuid)).attempts).toBe(1)
    await send(true)
    expect((await recordNow(record.uuid)).state).toBe('received')
  })

  it('waits at least as long as Retry-After asks', async () => {
    const { record } = await report()
    await faults({ match: 'PUT /api/v1/reports', do: 'status', status: 429, headers: { 'Retry-After': '120' } })
    await send()
    expect((await recordNow(record.uuid)).nextAt).toBeGreaterThan(Date.now() + 110_000)
  })

  it('backs off from five seconds to ten minutes', () => {
    expect([1, 2, 3, 8, 20].map((n) => backOff(n, 0.5))).toEqual([5000, 10_000, 20_000, 600_000, 600_000])
    expect(backOff(1, 0)).toBe(4000)
    expect(backOff(1, 1)).toBe(6000)
  })

  it('calls a server that answers nothing no network, even with one thing to send', async () => {
    const { record } = await report('inspector', 0)
    await faults({ match: '', do: 'reset', times: 99 })
    expect(await send()).toBe('no_network')
    expect((await recordNow(record.uuid)).attempts).toBe(1)
  })

  it('ends the pass after two items in a row without a network', async () => {
    for (let i = 0; i < 4; i += 1) await report()
    await faults({ match: 'PUT /api/v1/reports', do: 'reset', times: 99 })
    expect(await send()).toBe('no_network')
    expect((await serverState()).requests.filter((line) => line.startsWith('PUT')).length).toBe(2)
  })
})

describe('what is refused', () => {
  for (const [status, why] of [[400, 'refused'], [422, 'refused'], [403, 'forbidden'], [404, 'forbidden'], [413, 'too_large'], [415, 'wrong_type']] as const) {
    it(`${status} needs attention, in the server's words, and keeps the bytes`, async () => {
      const { record, photos } = await report()
      await faults({ match: 'PUT /api/v1/reports', do: 'status', status, detail: '细节', errors: [{ field: 'title', code: 'x', message: '标题太长' }] })
      await send()
      expect(await recordNow(record.uuid)).toMatchObject({ state: 'attention', trouble: { why, words: '标题太长', status } })
      expect(await store.bytes.get(photos[0]?.uuid as string)).toBeDefined()
    })
  }

  it('a second content that the office has set aside is settled, and its photos still go', async () => {
    const { record, photos } = await report()
    await setServer({ records: { [record.uuid]: { uuid: record.uuid, person: 'inspector', kind: 'reports', body: {}, sha256: '00', received_at: '2026-11-24T08:00:00Z', times: 1 } } })
    await send()
    expect(await recordNow(record.uuid)).toMatchObject({ state: 'aside', trouble: { why: 'conflict', status: 409 } })
    expect((await photoNow(photos[0]?.uuid as string)).state).toBe('received')
    expect((await waitingLoad('inspector')).waiting).toBe(0)
    expect(await summary('inspector')).toMatchObject({ attention: 0, waitingRecords: 0 })
    const [one] = standings(await store.records.toArray(), await store.photos.toArray())
    expect(one).toMatchObject({ group: 'confirmed', aside: true })
    const before = (await serverState()).requests.length
    await send()
    expect((await serverState()).requests.length).toBe(before)
  })

  it('a second content that the office keeps no more of today stays on the phone and is sent again later', async () => {
    const { record } = await report()
    await faults({ match: 'PUT /api/v1/reports', do: 'status', status: 409, members: { set_aside: false } })
    await send()
    const waiting = await recordNow(record.uuid)
    expect(waiting).toMatchObject({ state: 'captured', trouble: { why: 'conflict', status: 409 } })
    expect(waiting.nextAt).toBeGreaterThan(Date.now() + 3_600_000)
    await send()
    expect((await recordNow(record.uuid)).state).toBe('received')
  })

  it('one bad item never blocks the others', async () => {
    const bad = await report()
    const good = await report()
    await faults({ match: `PUT /api/v1/reports/${bad.record.uuid}`, do: 'status', status: 422, times: 99 })
    await send()
    expect((await recordNow(bad.record.uuid)).state).toBe('attention')
    expect((await recordNow(good.record.uuid)).state).toBe('received')
    expect((await photoNow(bad.photos[0]?.uuid as string)).state).toBe('received')
  })

  it('a photo that always breaks the connection falls behind those that do not', async () => {
    const bad = await report()
    const good = await report()
    await faults({ match: `PUT /api/v1/reports/${bad.record.uuid}`, do: 'reset', times: 99 })
    await send()
    expect((await recordNow(good.record.uuid)).state).toBe('received')
  })

  it('is tried again when a person says so', async () => {
    const { record } = await report()
    await faults({ match: 'PUT /api/v1/reports', do: 'status', status: 403 })
    await send()
    await send()
    expect((await recordNow(record.uuid)).state).toBe('attention')
    await tryAgain(await recordNow(record.uuid), 'records')
    await send()
    expect((await recordNow(record.uuid)).state).toBe('received')
  })

  it('a clock that ran ahead is set right by the answer that refuses it', async () => {
    const { record } = await report()
    await setServer({ clockMs: -86_400_000 })
    await send()
    await send()
    expect((await recordNow(record.uuid)).state).toBe('received')
    const body = (await serverState()).records[record.uuid]?.body as { observed_at: string }
    expect(Math.abs(Date.parse(body.observed_at) - (Date.now() - 86_400_000))).toBeLessThan(60_000)
  })
})

describe('uploads in parts', () => {
  it('go on from the byte reached after a cut', async () => {
    const { photos } = await report('inspector', 1, BIG)
    const uuid = photos[0]?.uuid as string
    await faults({ match: 'PATCH /api/v1/uploads', do: 'reset', skip: 1 })
    await send()
    const cut = await photoNow(uuid)
    expect(cut).toMatchObject({ state: 'captured', sentBytes: 524_288 })
    expect(cut.uploadUrl).toContain('/api/v1/uploads/')
    await send()
    expect((await photoNow(uuid)).state).toBe('received')
    const lines = (await serverState()).requests
    expect(lines.filter((line) => line.startsWith('POST /api/v1/uploads')).length).toBe(1)
    expect(lines.filter((line) => line.startsWith('PATCH')).length).toBe(4)
  })

  it('begin anew when the server has dropped the parts', async () => {
    const { photos } = await report('inspector', 1, BIG)
    const uuid = photos[0]?.uuid as string
    await faults({ match: 'PATCH /api/v1/uploads', do: 'reset', skip: 1 })
    await send()
    await setServer({ uploads: {} })
    await send()
    expect((await photoNow(uuid)).state).toBe('received')
  })

  it('begin anew after 460, as a new upload', async () => {
    const { photos } = await report('inspector', 1, BIG)
    const uuid = photos[0]?.uuid as string
    await faults({ match: 'PATCH /api/v1/uploads', do: 'status', status: 460, skip: 2 })
    await send()
    expect(await photoNow(uuid)).toMatchObject({ state: 'captured', uploadUrl: '', sentBytes: 0, trouble: { why: 'digest' } })
    await send()
    expect((await photoNow(uuid)).state).toBe('received')
  })

  it('need attention when the bytes on the phone are the damaged ones', async () => {
    const { photos } = await report()
    const uuid = photos[0]?.uuid as string
    await store.bytes.put({ uuid, data: new Uint8Array(2000).buffer })
    await send()
    expect(await photoNow(uuid)).toMatchObject({ state: 'attention', trouble: { why: 'bytes_changed' } })
    expect((await serverState()).photos).toEqual([])
  })

  it('need attention when the system removed the bytes', async () => {
    const { photos } = await report()
    const uuid = photos[0]?.uuid as string
    await store.bytes.delete(uuid)
    await send()
    expect(await photoNow(uuid)).toMatchObject({ state: 'attention', trouble: { why: 'bytes_lost' } })
  })

  it('fall back to one request where the server has no such door', async () => {
    await setServer({ noTus: true })
    const { photos } = await report()
    await send()
    expect((await photoNow(photos[0]?.uuid as string)).state).toBe('received')
    expect((await serverState()).photos[0]).toMatchObject({ by: 'put', signed: 'good' })
  })
})

describe('freeing', () => {
  it('keeps a confirmed copy for seven days', async () => {
    const { photos } = await report()
    const uuid = photos[0]?.uuid as string
    await send()
    expect(await freeConfirmed('inspector', Date.now() + KEEP_MS - 60_000)).toBe(0)
    expect(await store.bytes.get(uuid)).toBeDefined()
    expect(await freeConfirmed('inspector', Date.now() + KEEP_MS + 60_000)).toBe(1)
    expect(await store.bytes.get(uuid)).toBeUndefined()
    expect((await photoNow(uuid)).state).toBe('freed')
  })
  it('lets confirmed copies go earlier when space is needed, and unconfirmed ones never', async () => {
    const sent = await report()
    await send()
    const waiting = await report()
    expect(await freeConfirmed('inspector', Date.now(), true)).toBe(1)
    expect(await store.bytes.get(sent.photos[0]?.uuid as string)).toBeUndefined()
    expect(await store.bytes.get(waiting.photos[0]?.uuid as string)).toBeDefined()
  })
})

describe('how a row stands', () => {
  it('goes from waiting over attention to confirmed', async () => {
    const { record } = await report('inspector', 2)
    const now = async () => standings(await store.records.toArray(), await theStore().photos.toArray())[0]
    expect(await now()).toMatchObject({ group: 'waiting', answered: false })
    await faults({ match: 'POST /api/v1/uploads', do: 'status', status: 413 })
    await send()
    const bad = await now()
    expect(bad).toMatchObject({ group: 'attention', trouble: { why: 'too_large' } })
    expect(bad?.share).toBeGreaterThan(0.4)
    for (const photo of bad?.photos ?? []) if (photo.state === 'attention') await tryAgain(photo, 'photos')
    await send()
    const done = await now()
    expect(done).toMatchObject({ group: 'confirmed', share: 1 })
    expect(done?.keptUntil).toBeGreaterThan(Date.now() + KEEP_MS - 60_000)
    expect((await recordNow(record.uuid)).answer).toMatchObject({ status: 'reported', number: null })
  })
})
