import { clockOffsetMs, correctedTime, isoWithOffset } from '../office/clock'
import { type Store, theStore, withStore } from '../store/database'
import type { Fix, KeyRow, PhotoRow, PhotoSource, Stage } from '../store/shapes'
import { sha256Hex } from './digest'
import { signStatement, statementText } from './statement'

export interface Shot {
  bytes: ArrayBuffer
  type: string
  filename: string
  source: PhotoSource
  stage: Stage
  site: string | null
  fix: Fix | null
  heading: number | null
  draft: string
  /** When the picture was made: the shutter's moment, or what a chosen file says. */
  takenAt: number
}

export class NotKept extends Error {
  override name = 'NotKept'
}

/**
 * The shutter's one step: digest, one transaction with everything that is known, signature, read back, digest again.
 *
 * Returns only when the very bytes can be read from the store; anything else throws and there is no tick. A page killed
 * between the transaction and the tick leaves a whole photo, which `mendShots` signs and checks at the next start.
 */
export async function keepShot(shot: Shot, person: string): Promise<PhotoRow> {
  if (shot.bytes.byteLength === 0) throw new NotKept('empty')
  const sha256 = await sha256Hex(shot.bytes)
  const uuid = crypto.randomUUID()
  for (;;) {
    const key = await withStore((store) => store.keys.get(person))
    const chain = key?.device ? key : undefined
    const row = await newRow(uuid, sha256, shot, person, chain)
    if (await withStore((store) => writeOnce(store, row, shot.bytes, chain))) {
      await finishShot(row)
      return { ...row, verified: true }
    }
    // Another tab took this number: take the next one.
  }
}

async function newRow(uuid: string, sha256: string, shot: Shot, person: string, key: KeyRow | undefined): Promise<PhotoRow> {
  const wallTime = isoWithOffset(new Date(shot.takenAt))
  const previous = key?.lastStatement ? await sha256Hex(key.lastStatement) : null
  const n = key ? key.n + 1 : null
  return {
    uuid,
    person,
    state: 'captured',
    attempts: 0,
    nextAt: 0,
    trouble: null,
    createdAt: Date.now(),
    receivedAt: null,
    record: '',
    draft: shot.draft,
    size: shot.bytes.byteLength,
    sha256,
    type: shot.type,
    filename: shot.filename,
    stage: shot.stage,
    site: shot.site,
    source: shot.source,
    fix: shot.fix,
    heading: shot.heading,
    wallTime,
    capturedAt: shot.source === 'camera' ? correctedTime(shot.takenAt) : wallTime,
    monotonicMs: performance.now(),
    clockOffsetMs: clockOffsetMs(),
    app: __APP_VERSION__,
    n,
    previous,
    statement:
      key && n
        ? statementText({
            device: key.device,
            n,
            previous,
            sha256,
            time: wallTime,
            fix: shot.fix,
            heading: shot.heading,
            person,
            source: shot.source,
            app: __APP_VERSION__,
          })
        : '',
    signature: '',
    verified: false,
    sentBytes: 0,
    uploadUrl: '',
  }
}

/** False when the running number was taken meanwhile: then nothing was written. */
async function writeOnce(store: Store, row: PhotoRow, bytes: ArrayBuffer, key: KeyRow | undefined): Promise<boolean> {
  return store.transaction('rw', store.photos, store.bytes, store.keys, async () => {
    if (await store.photos.get(row.uuid)) return true // written before the database was closed under us
    if (key && row.n) {
      const now = await store.keys.get(row.person)
      if (now?.n !== key.n || now.device !== key.device) return false
      await store.keys.update(row.person, { n: row.n, lastStatement: row.statement })
    }
    await store.bytes.add({ uuid: row.uuid, data: bytes })
    await store.photos.add(row)
    return true
  })
}

/** Sign what is not signed, read the bytes back and hash them again. */
async function finishShot(row: PhotoRow): Promise<void> {
  const signature = row.signature || (await signed(row))
  const stored = await withStore((store) => store.bytes.get(row.uuid))
  if (!stored || stored.data.byteLength !== row.size || (await sha256Hex(stored.data)) !== row.sha256) {
    await withStore((store) =>
      store.photos.update(row.uuid, { trouble: { why: stored ? 'bytes_changed' : 'bytes_lost', words: '', status: null } }),
    )
    throw new NotKept(stored ? 'bytes_changed' : 'bytes_lost')
  }
  await withStore((store) => store.photos.update(row.uuid, { signature, verified: true }))
}

async function signed(row: PhotoRow): Promise<string> {
  if (!row.statement) return ''
  const key = await withStore((store) => store.keys.get(row.person))
  return key ? await signStatement(row.statement, key.privateKey) : ''
}

/** At start: finish the shots of a page that was killed in the middle. Nothing is thrown away. */
export async function mendShots(person: string): Promise<number> {
  const open = await theStore()
    .photos.where('person')
    .equals(person)
    .filter((row) => !row.verified && row.state === 'captured' && !row.trouble)
    .toArray()
  let mended = 0
  for (const row of open) {
    try {
      await finishShot(row)
      mended += 1
    } catch {
      // The row now says what is wrong with it; the queue shows it.
    }
  }
  return mended
}

/** Throw a shot of a draft away. Its statement is kept and told to the server, so that its number is no gap. */
export async function discardShot(uuid: string): Promise<void> {
  await withStore((store) =>
    store.transaction('rw', store.photos, store.bytes, store.thumbs, store.discards, async () => {
      const row = await store.photos.get(uuid)
      if (!row || row.record) return
      if (row.statement) {
        const device = (JSON.parse(row.statement) as { device: string }).device
        await store.discards.put({ uuid, person: row.person, device, statement: row.statement, signature: row.signature })
      }
      await store.photos.delete(uuid)
      await store.bytes.delete(uuid)
      await store.thumbs.delete(uuid)
    }),
  )
}
