import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { sha256Hex, utf8 } from '../src/capture/digest'
import { discardShot, keepShot, mendShots, NotKept } from '../src/capture/shutter'
import { draftPhotos, submitRecord } from '../src/queue/submit'
import { isFull, type Store, theStore } from '../src/store/database'
import { freshPhone, photoNow, picture, shot, signedIn, startServer, stopServer } from './phone'

let store: Store
beforeAll(startServer)
afterAll(stopServer)
beforeEach(async () => {
  store = await freshPhone()
  await signedIn()
})

async function signatureHolds(uuid: string): Promise<boolean> {
  const row = await photoNow(uuid)
  const key = await theStore().keys.get('inspector')
  const publicKey = await crypto.subtle.importKey('jwk', key?.publicKey as JsonWebKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  const bytes = Buffer.from(row.signature, 'base64url')
  return bytes.length === 64 && (await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, bytes, utf8(row.statement)))
}

describe('the shutter', () => {
  it('keeps the very bytes, their digest, and a signed statement of what it saw', async () => {
    const bytes = picture()
    const row = await keepShot(shot({ bytes }), 'inspector')
    const kept = await photoNow(row.uuid)
    expect(kept.verified).toBe(true)
    expect(kept.sha256).toBe(await sha256Hex(bytes))
    expect(new Uint8Array((await store.bytes.get(row.uuid))?.data as ArrayBuffer)).toEqual(new Uint8Array(bytes))
    expect(JSON.parse(kept.statement)).toMatchObject({ n: 1, previous: null, sha256: kept.sha256, person: 'inspector', source: 'camera' })
    expect(await signatureHolds(row.uuid)).toBe(true)
    expect(kept).toMatchObject({ size: 2000, heading: 12, state: 'captured', app: '0.1.0' })
  })

  it('chains each statement to the one before', async () => {
    const first = await keepShot(shot(), 'inspector')
    const second = await keepShot(shot(), 'inspector')
    expect(JSON.parse(second.statement)).toMatchObject({ n: 2, previous: await sha256Hex(first.statement) })
  })

  it('gives two shutters at once different numbers and one unbroken chain', async () => {
    const rows = await Promise.all(Array.from({ length: 12 }, () => keepShot(shot(), 'inspector')))
    const inOrder = rows.map((row) => JSON.parse(row.statement)).sort((a, b) => a.n - b.n)
    expect(inOrder.map((one) => one.n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    const texts = new Map(rows.map((row) => [row.n, row.statement]))
    for (const one of inOrder.slice(1)) expect(one.previous).toBe(await sha256Hex(texts.get(one.n - 1) as string))
  })

  it('keeps a photo unsigned while this phone is not enrolled', async () => {
    await store.keys.clear()
    const row = await keepShot(shot(), 'inspector')
    expect(await photoNow(row.uuid)).toMatchObject({ statement: '', signature: '', verified: true })
  })

  it('gives no tick for an empty picture', async () => {
    await expect(keepShot(shot({ bytes: new ArrayBuffer(0) }), 'inspector')).rejects.toThrow(NotKept)
    expect(await store.photos.count()).toBe(0)
  })

  it('gives no tick when the store is full, and keeps neither half', async () => {
    const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' })
    vi.spyOn(store.bytes, 'add').mockRejectedValueOnce(full)
    const failure = await keepShot(shot(), 'inspector').catch((error: unknown) => error)
    expect(isFull(failure)).toBe(true)
    expect(await store.photos.count()).toBe(0)
    expect((await store.keys.get('inspector'))?.n).toBe(0)
  })

  it('gives no tick when what can be read back is not what was taken', async () => {
    vi.spyOn(store.bytes, 'get').mockResolvedValueOnce({ uuid: '', data: picture() })
    await expect(keepShot(shot(), 'inspector')).rejects.toThrow('bytes_changed')
    expect(await draftPhotos('inspector', 'report')).toEqual([])
    expect((await store.photos.toArray())[0]).toMatchObject({ verified: false, trouble: { why: 'bytes_changed' } })
  })

  it('opens the store again when the browser closed it, and keeps the photo once', async () => {
    store.close({ disableAutoOpen: true })
    const row = await keepShot(shot(), 'inspector')
    expect(row.verified).toBe(true)
    expect(await store.photos.count()).toBe(1)
  })
})

describe('a page killed between the transaction and the tick', () => {
  it('has its photo signed and checked at the next start', async () => {
    const row = await keepShot(shot(), 'inspector')
    await store.photos.update(row.uuid, { signature: '', verified: false })
    expect(await mendShots('inspector')).toBe(1)
    expect((await photoNow(row.uuid)).verified).toBe(true)
    expect(await signatureHolds(row.uuid)).toBe(true)
  })
  it('does not touch the photos of another person', async () => {
    const row = await keepShot(shot(), 'inspector')
    await store.photos.update(row.uuid, { verified: false })
    expect(await mendShots('second')).toBe(0)
    expect((await photoNow(row.uuid)).verified).toBe(false)
  })
})

describe('a shot thrown away', () => {
  it('leaves its signed statement, so that its number is no gap', async () => {
    const row = await keepShot(shot(), 'inspector')
    await discardShot(row.uuid)
    expect(await store.photos.count()).toBe(0)
    expect(await store.bytes.count()).toBe(0)
    expect((await store.discards.toArray())[0]).toMatchObject({ statement: row.statement, person: 'inspector' })
  })
  it('is refused once the photo is part of a report', async () => {
    const row = await keepShot(shot(), 'inspector')
    await submitRecord('inspector', { kind: 'report', title: 't', body: {}, draft: 'report', problem: '', movedM: 0 })
    await discardShot(row.uuid)
    expect(await store.photos.count()).toBe(1)
  })
})

describe('submitting', () => {
  it('moves the photos of the draft into the record in the order they were taken', async () => {
    const rows = [await keepShot(shot(), 'inspector'), await keepShot(shot(), 'inspector')]
    await keepShot(shot({ draft: 'visit:x' }), 'inspector')
    const record = await submitRecord('inspector', { kind: 'report', title: 't', body: { a: 1 }, draft: 'report', problem: '', movedM: 0 })
    expect(JSON.parse(record.bodyText)).toEqual({ a: 1, photos: rows.map((row) => row.uuid) })
    expect(await draftPhotos('inspector', 'report')).toEqual([])
    expect(await draftPhotos('inspector', 'visit:x')).toHaveLength(1)
  })
  it('makes one record of two taps', async () => {
    await keepShot(shot(), 'inspector')
    const what = { kind: 'report' as const, title: 't', body: {}, draft: 'report', problem: '', movedM: 0 }
    const uuid = crypto.randomUUID()
    await Promise.all([submitRecord('inspector', what, uuid), submitRecord('inspector', what, uuid)])
    expect(await store.records.count()).toBe(1)
  })
})
