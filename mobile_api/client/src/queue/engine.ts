import { sha256Hex } from '../capture/digest'
import { signStatement } from '../capture/statement'
import { correctedTime } from '../office/clock'
import { readSetting, theStore, writeSetting } from '../store/database'
import { OPEN_STATES, type PhotoRow, type RecordAnswer, type RecordRow, type Sendable, type SessionRow, type Trouble } from '../store/shapes'
import { type Answer, call } from './call'
import { freeConfirmed } from './freeing'
import { photoFields, uploadByTus } from './tus'
import { unsubmittedPhotos } from './unsubmitted'

const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 10 * 60_000
const LATER_MS = 3 * 3_600_000
const RECEIPTS_AT_ONCE = 100
/** After so many items in a row without a network the pass ends: the next ones would only fail too. */
const NETWORK_FAILURES = 2

export type PassEnd = 'sent' | 'no_session' | 'session_over' | 'no_network' | 'another_tab'

/** Wait before the next try: 5 s, 10, 20 … ten minutes, give or take a fifth so that phones do not knock together. */
export function backOff(attempts: number, random = Math.random()): number {
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.max(attempts - 1, 0), LONGEST_WAIT_MS)
  return Math.round(wait * (0.8 + 0.4 * random))
}

/**
 * Send what this person has waiting, in one tab of this phone at a time. Each item stands for itself: what one is refused
 * for, or stumbles over, stops no other.
 */
export async function sendQueue(person: string, hurry = false): Promise<PassEnd> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
  if (!locks) return await pass(person, hurry)
  return await locks.request('xungai-send', { ifAvailable: true }, async (lock) =>
    lock ? await pass(person, hurry) : 'another_tab',
  )
}

async function pass(person: string, hurry: boolean): Promise<PassEnd> {
  const store = theStore()
  const session = await store.sessions.get(person)
  if (!session) return 'no_session'
  if (session.over) return 'session_over'
  const tell: Pass = { session, failures: 0, reached: false, over: false, noTus: false }
  const started = Date.now()
  for (const id of await due('records', person, started, hurry)) {
    if (stopped(tell)) break
    const row = await store.records.get(id)
    if (row && isOpen(row)) await sendRecord(tell, row)
  }
  for (const id of await due('photos', person, started, hurry)) {
    if (stopped(tell)) break
    const row = await store.photos.get(id)
    if (row && isOpen(row)) await sendPhoto(tell, row)
  }
  if (!stopped(tell)) await askReceipts(tell)
  if (!stopped(tell)) await tellWaiting(tell)
  if (!stopped(tell)) await sendSmallThings(tell)
  if (tell.over) {
    await store.sessions.update(person, { over: true })
    return 'session_over'
  }
  if (stopped(tell)) return 'no_network'
  await freeConfirmed(person)
  return tell.failures && !tell.reached ? 'no_network' : 'sent'
}

interface Pass {
  session: SessionRow
  failures: number
  /** Whether the server answered anything in this pass. */
  reached: boolean
  over: boolean
  /** The server has no door for uploads in parts: for the rest of this pass photos go in one request each. */
  noTus: boolean
}

const stopped = (tell: Pass) => tell.over || tell.failures >= NETWORK_FAILURES

function reached(tell: Pass): void {
  tell.failures = 0
  tell.reached = true
}
const isOpen = (row: Sendable) => row.state === 'captured' || row.state === 'sending'

/** Ids of what is to be tried now: those that failed least first, then the oldest. */
async function due(table: 'records' | 'photos', person: string, now: number, hurry: boolean): Promise<string[]> {
  const rows: (RecordRow | PhotoRow)[] = await theStore()
    .table<RecordRow | PhotoRow>(table)
    .where('[person+state]')
    .anyOf([
      [person, 'captured'],
      [person, 'sending'],
    ])
    .filter((row) => (hurry || row.nextAt <= now) && ('bodyText' in row || Boolean(row.record)))
    .toArray()
  return rows.sort((a, b) => a.attempts - b.attempts || a.createdAt - b.createdAt).map((row) => row.uuid)
}

/** Note an answer that was no success. True when the item is settled and nothing more is to be done for it. */
async function note(tell: Pass, table: 'records' | 'photos', row: Sendable, answer: Answer): Promise<void> {
  const store = theStore().table<Sendable>(table)
  if (answer.kind === 'session') {
    tell.over = true
    await store.update(row.uuid, { state: 'captured', trouble: null })
  } else if (answer.kind === 'refused') {
    reached(tell)
    await store.update(row.uuid, { state: 'attention', trouble: answer.trouble, attempts: row.attempts + 1 })
  } else {
    const trouble: Trouble =
      answer.kind === 'again' ? answer.trouble : { why: 'truncated', words: '', status: 'status' in answer ? answer.status : null }
    if (trouble.why === 'network') tell.failures += 1
    else reached(tell)
    const wait = Math.max(backOff(row.attempts + 1), answer.kind === 'again' ? answer.retryAfterMs : 0)
    await store.update(row.uuid, { state: 'captured', trouble, attempts: row.attempts + 1, nextAt: Date.now() + wait })
  }
}

async function sendRecord(tell: Pass, row: RecordRow): Promise<void> {
  const store = theStore()
  await store.records.update(row.uuid, { state: 'sending' })
  const path = `/api/v1/${row.kind === 'report' ? 'reports' : 'visits'}/${row.uuid}`
  const answer = await call(tell.session, 'PUT', path, { text: row.bodyText, tellTime: true })
  if (answer.kind === 'ok') {
    const body = answer.body as Partial<Received & { problem: { number: string | null; status: string }; hints: unknown[] }> | null
    if (body && sameUuid(body.uuid, row.uuid) && body.sha256 === row.sha256) {
      const said: RecordAnswer = {
        number: body.problem?.number ?? null,
        status: body.problem?.status ?? '',
        hints: (body.hints ?? []).map((hint) => (typeof hint === 'string' ? hint : String((hint as { code?: string }).code ?? ''))),
      }
      reached(tell)
      await store.records.update(row.uuid, { state: 'answered', trouble: null, answer: said })
      return
    }
    await note(tell, 'records', row, { kind: 'again', trouble: { why: 'truncated', words: '', status: answer.status }, retryAfterMs: 0 })
    return
  }
  if (answer.kind === 'refused' && answer.problem.set_aside === false) {
    // The office keeps only so many of one person a day: it stays here, and is sent again later.
    await note(tell, 'records', row, { kind: 'again', trouble: answer.trouble, retryAfterMs: LATER_MS })
    return
  }
  if (answer.kind === 'refused' && answer.trouble.status === 409) {
    // The server knows this number with other content and has set this one aside: the office decides, the phone has done its part.
    reached(tell)
    await store.records.update(row.uuid, { state: 'aside', trouble: answer.trouble })
    return
  }
  if (answer.kind === 'refused' && (await redated(row, answer))) return
  await note(tell, 'records', row, answer)
}

/**
 * A phone whose clock ran ahead is told `in_future`: nothing was accepted, so the body is written again with the time
 * corrected by the offset that this very answer has just taught us. The raw time stays in the photos' statements.
 */
async function redated(row: RecordRow, answer: Extract<Answer, { kind: 'refused' }>): Promise<boolean> {
  if (answer.trouble.status !== 422 || !answer.problem.errors?.some((one) => one.code === 'in_future')) return false
  const body = JSON.parse(row.bodyText) as Record<string, unknown>
  const now = correctedTime()
  if (typeof body.observed_at !== 'string' || Date.parse(body.observed_at) <= Date.parse(now)) return false
  const byOffset = correctedTime(row.createdAt)
  body.observed_at = Date.parse(byOffset) <= Date.parse(now) ? byOffset : now
  const bodyText = JSON.stringify(body)
  await theStore().records.update(row.uuid, { bodyText, sha256: await sha256Hex(bodyText), state: 'captured', nextAt: 0 })
  return true
}

async function sendPhoto(tell: Pass, row: PhotoRow): Promise<void> {
  const store = theStore()
  const bytes = (await store.bytes.get(row.uuid))?.data
  if (!bytes || bytes.byteLength !== row.size) {
    const why = bytes ? 'bytes_changed' : 'bytes_lost'
    await store.photos.update(row.uuid, { state: 'attention', trouble: { why, words: '', status: null } })
    return
  }
  const ready = await withSignature(row)
  await store.photos.update(row.uuid, { state: 'sending' })
  if (tell.noTus || (await sendByTus(tell, ready, bytes)) === 'put') await sendByPut(tell, ready, bytes)
}

async function withSignature(row: PhotoRow): Promise<PhotoRow> {
  if (!row.statement || row.signature) return row
  const key = await theStore().keys.get(row.person)
  const signature = key ? await signStatement(row.statement, key.privateKey) : ''
  await theStore().photos.update(row.uuid, { signature })
  return { ...row, signature }
}

async function sendByTus(tell: Pass, row: PhotoRow, bytes: ArrayBuffer): Promise<'put' | 'settled'> {
  const store = theStore()
  const end = await uploadByTus(tell.session, row, bytes)
  if (end.kind === 'no_tus') {
    tell.noTus = true
    return 'put'
  }
  if (end.kind === 'done') {
    reached(tell)
    await store.photos.update(row.uuid, { state: 'answered', trouble: null, sentBytes: row.size })
    return 'settled'
  }
  if (end.answer.kind === 'fresh') {
    await newUpload(row, bytes)
    return 'settled'
  }
  await note(tell, 'photos', row, end.answer)
  return 'settled'
}

/** 460: a chunk or the whole arrived damaged. Begin anew, unless the bytes on this phone are the damaged ones. */
async function newUpload(row: PhotoRow, bytes: ArrayBuffer): Promise<void> {
  const store = theStore()
  if ((await sha256Hex(bytes)) !== row.sha256) {
    await store.photos.update(row.uuid, { state: 'attention', trouble: { why: 'bytes_changed', words: '', status: 460 } })
    return
  }
  await store.photos.update(row.uuid, {
    state: 'captured',
    uploadUrl: '',
    sentBytes: 0,
    attempts: row.attempts + 1,
    nextAt: Date.now() + backOff(row.attempts + 1),
    trouble: { why: 'digest', words: '', status: 460 },
  })
}

async function sendByPut(tell: Pass, row: PhotoRow, bytes: ArrayBuffer): Promise<void> {
  const form = new FormData()
  for (const [name, value] of Object.entries(photoFields(row))) if (name !== 'photo') form.append(name, value)
  form.append('file', new Blob([bytes], { type: row.type }), row.filename)
  const answer = await call(tell.session, 'PUT', `/api/v1/photos/${row.uuid}`, { form, timeoutMs: 300_000, tellTime: true })
  if (answer.kind === 'fresh') return await newUpload(row, bytes)
  if (answer.kind === 'ok') {
    const body = answer.body as { id?: unknown; sha256?: unknown } | null
    if (body && sameUuid(body.id, row.uuid) && body.sha256 === row.sha256) {
      reached(tell)
      await theStore().photos.update(row.uuid, { state: 'answered', trouble: null, sentBytes: row.size })
      return
    }
  }
  await note(tell, 'photos', row, answer)
}

interface Received {
  uuid: string
  sha256: string
  received_at: string
}

const sameUuid = (a: unknown, b: string) => typeof a === 'string' && a.toLowerCase() === b.toLowerCase()

/** Ask which of the answered items the server really holds. Only what is named there, with its digest, is received. */
async function askReceipts(tell: Pass): Promise<void> {
  const store = theStore()
  const { person } = tell.session
  const photos = await store.photos.where('[person+state]').equals([person, 'answered']).limit(RECEIPTS_AT_ONCE).toArray()
  const records = await store.records.where('[person+state]').equals([person, 'answered']).limit(RECEIPTS_AT_ONCE).toArray()
  if (!photos.length && !records.length) return
  const answer = await sayToOffice(tell, {
    photos: photos.map((row) => row.uuid),
    reports: records.filter((row) => row.kind === 'report').map((row) => row.uuid),
    visits: records.filter((row) => row.kind === 'visit').map((row) => row.uuid),
  })
  if (answer.kind !== 'ok') return
  const body = (answer.body ?? {}) as { photos?: Received[]; reports?: Received[]; visits?: Received[] }
  if (!Array.isArray(body.photos) || !Array.isArray(body.reports) || !Array.isArray(body.visits)) return
  for (const row of photos) await confirm('photos', row, body.photos)
  for (const row of records) await confirm('records', row, row.kind === 'report' ? body.reports : body.visits)
}

/**
 * Tell the office how much this phone still holds, after what was confirmed in this pass, and only when it is not what the
 * phone said last: else the office would go on seeing what has arrived long ago as waiting.
 */
async function tellWaiting(tell: Pass): Promise<void> {
  const { person } = tell.session
  const standing = await phoneStanding(person)
  if (!standing) return
  const told = await readSetting<string>(toldKey(person))
  // A phone that never sent anything has told nothing, and the office expects nothing.
  if (told === standing.line || (told === undefined && !standing.waiting && !(await anySent(person)))) return
  await sayToOffice(tell, { photos: [], reports: [], visits: [] })
}

const toldKey = (person: string) => `told ${person}`
const anySent = async (person: string) => (await theStore().records.where('person').equals(person).count()) > 0

async function phoneStanding(person: string): Promise<{ device: string; waiting: number; oldest: number | null; line: string } | null> {
  const device = (await theStore().keys.get(person))?.device
  if (!device) return null
  const { waiting, oldest } = await waitingLoad(person)
  return { device, waiting, oldest, line: `${device} ${waiting} ${oldest}` }
}

/** One call of the receipts, with how the phone stands at this moment. */
async function sayToOffice(tell: Pass, asked: { photos: string[]; reports: string[]; visits: string[] }): Promise<Answer> {
  const { person } = tell.session
  const standing = await phoneStanding(person)
  const answer = await call(tell.session, 'POST', '/api/v1/receipts', {
    tellTime: true,
    json: {
      ...asked,
      ...(standing ? { device: standing.device, waiting: standing.waiting } : {}),
      ...(standing?.oldest ? { oldest: correctedTime(standing.oldest) } : {}),
    },
  })
  if (answer.kind === 'session') tell.over = true
  else if (answer.kind === 'again' && answer.trouble.why === 'network') tell.failures += 1
  else reached(tell)
  // Told, or of a kind that this server does not take: the same is not said again.
  if (standing && (answer.kind === 'ok' || answer.kind === 'refused')) await writeSetting(toldKey(person), standing.line)
  return answer
}

async function confirm(table: 'photos' | 'records', row: PhotoRow | RecordRow, held: Received[]): Promise<void> {
  const store = theStore().table<PhotoRow | RecordRow>(table)
  const receipt = held.find((one) => sameUuid(one.uuid, row.uuid))
  if (receipt?.sha256 === row.sha256) {
    await store.update(row.uuid, { state: 'received', receivedAt: receipt.received_at, trouble: null, attempts: 0 })
  } else if (receipt) {
    await store.update(row.uuid, { state: 'attention', trouble: { why: 'conflict', words: '', status: null } })
  } else {
    // Answered, and yet not there: it is sent again, which changes nothing if it comes to light after all.
    await store.update(row.uuid, {
      state: 'captured',
      ...(table === 'photos' ? { uploadUrl: '', sentBytes: 0 } : {}),
      attempts: row.attempts + 1,
      nextAt: Date.now() + backOff(row.attempts + 1),
      trouble: { why: 'truncated', words: '', status: null },
    })
  }
}

/** How much of this person's is not confirmed yet, drafts' photos among it, and since when the oldest waits. */
export async function waitingLoad(person: string): Promise<{ waiting: number; oldest: number | null }> {
  const store = theStore()
  const open = OPEN_STATES.map((state) => [person, state])
  const photos = await store.photos
    .where('[person+state]')
    .anyOf(open)
    .filter((row) => Boolean(row.record))
    .toArray()
  const records = await store.records.where('[person+state]').anyOf(open).toArray()
  const times = [...photos, ...records, ...(await unsubmittedPhotos(person))].map((row) => row.createdAt)
  return { waiting: times.length, oldest: times.length ? Math.min(...times) : null }
}

/** Statements of shots thrown away, and suggestions: nobody waits for them, so they come last. */
async function sendSmallThings(tell: Pass): Promise<void> {
  const store = theStore()
  const { person } = tell.session
  for (const row of await store.discards.where('person').equals(person).toArray()) {
    const key = await store.keys.get(person)
    const signature = row.signature || (key ? await signStatement(row.statement, key.privateKey) : '')
    const answer = await call(tell.session, 'POST', `/api/v1/devices/${row.device}/discarded`, {
      json: { statement: row.statement, signature },
    })
    if (answer.kind === 'ok' || answer.kind === 'refused') await store.discards.delete(row.uuid)
    else return
  }
  for (const row of await store.suggestions.where('person').equals(person).toArray()) {
    const answer = await call(tell.session, 'POST', '/api/v1/suggestions', { json: { text: row.text } })
    if (answer.kind === 'ok' || answer.kind === 'refused') await store.suggestions.delete(row.uuid)
    else return
  }
}

/** Take an item out of "needs attention" and try it again now. */
export async function tryAgain(row: Sendable, table: 'records' | 'photos'): Promise<void> {
  await theStore().table<Sendable>(table).update(row.uuid, { state: 'captured', nextAt: 0, trouble: null })
}
