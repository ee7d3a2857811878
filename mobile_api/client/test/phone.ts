import type { AddressInfo } from 'node:net'

import { server } from '../mock/server.mjs'
import { enrolPhone } from '../src/capture/keys'
import { keepShot, type Shot } from '../src/capture/shutter'
import { REPORT_DRAFT } from '../src/capture/drafts'
import { submitRecord } from '../src/queue/submit'
import { reportBody } from '../src/queue/bodies'
import { Store, theStore, useStore } from '../src/store/database'
import type { PhotoRow, RecordRow, SessionRow } from '../src/store/shapes'

const realFetch = globalThis.fetch
let base = ''

/** Start the mock server and send relative addresses to it, as a page would. */
export async function startServer(): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  globalThis.fetch = (input, init) => realFetch(typeof input === 'string' && input.startsWith('/') ? base + input : input, init)
}

export async function stopServer(): Promise<void> {
  globalThis.fetch = realFetch
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

export interface Fault {
  match: string
  do: string
  times?: number
  skip?: number
  status?: number
  after?: number
  errors?: unknown[]
  detail?: string
  body?: unknown
  headers?: Record<string, string>
  members?: Record<string, unknown>
}

const post = (path: string, body: unknown) => realFetch(base + path, { method: 'POST', body: JSON.stringify(body) })
export const faults = (...list: Fault[]) => post('/mock/faults', list)
export const setServer = (change: Record<string, unknown>) => post('/mock/set', change)

export interface ServerState {
  photos: { uuid: string; person: string; sha256: string; size: number; by: string; signed: string; times: number; fields: Record<string, string> }[]
  records: Record<string, { person: string; body: Record<string, unknown>; sha256: string; times: number }>
  suggestions: { person: string; text: string }[]
  discarded: { device: string; statement: string }[]
  phoneTimes: { line: string; time: string }[]
  notices: { id: number; read_at: string | null }[]
  waiting: { device?: string; waiting: number; oldest?: string }[]
  requests: string[]
  uploads: number
}
export const serverState = async (): Promise<ServerState> => (await (await realFetch(`${base}/mock/state`)).json()) as ServerState

let stores = 0

/** A new phone and a new server: nobody signed in, nothing stored. */
export async function freshPhone(): Promise<Store> {
  await post('/mock/reset', {})
  stores += 1
  const store = new Store(`phone-${stores}`)
  useStore(store)
  await store.open()
  return store
}

export async function signedIn(person = 'inspector', enrol = true): Promise<SessionRow> {
  const answer = await realFetch(`${base}/api/v1/login`, { method: 'POST', body: JSON.stringify({ username: person, password: 'demo-2026' }) })
  const { token } = (await answer.json()) as { token: string }
  const row: SessionRow = { person, name: person, token, expires: '', over: false }
  await theStore().sessions.put(row)
  if (enrol) await enrolPhone(row, 'test phone')
  return row
}

let pictures = 0

/** Bytes that begin like a JPEG and are like no other. */
export function picture(size = 2000): ArrayBuffer {
  pictures += 1
  const bytes = new Uint8Array(size).map((_, index) => (index * 31 + pictures * 17) & 0xff)
  bytes.set([0xff, 0xd8, 0xff, 0xe0, pictures & 0xff, pictures >> 8])
  return bytes.buffer
}

export const FIX = { lon: 118.3214, lat: 30.9411, accuracy_m: 6, altitude: null, heading: null, time: '2026-11-24T10:02:14.000+08:00' }

export function shot(change: Partial<Shot> = {}): Shot {
  return {
    bytes: picture(),
    type: 'image/jpeg',
    filename: 'a.jpg',
    source: 'camera',
    stage: 'before',
    site: null,
    fix: FIX,
    heading: 12,
    draft: REPORT_DRAFT,
    takenAt: Date.now(),
    ...change,
  }
}

/** Take some photos and submit them as a report. */
export async function report(person = 'inspector', photos = 1, size = 2000): Promise<{ record: RecordRow; photos: PhotoRow[] }> {
  const rows: PhotoRow[] = []
  for (let i = 0; i < photos; i += 1) rows.push(await keepShot(shot({ bytes: picture(size) }), person))
  const body = reportBody({
    title: '石桥镇垃圾堆放',
    words: '',
    category: 'solid_waste',
    at: [FIX.lon, FIX.lat],
    accuracyM: 6,
    movedM: 0,
    area: '',
    areaReason: '',
    observedAt: new Date().toISOString(),
    inspection: '',
    noPhotoReason: '',
  })
  const record = await submitRecord(person, { kind: 'report', title: '石桥镇垃圾堆放', body, draft: REPORT_DRAFT, problem: '', movedM: 0 })
  return { record, photos: rows }
}

export const recordNow = async (uuid: string): Promise<RecordRow> => (await theStore().records.get(uuid)) as RecordRow
export const photoNow = async (uuid: string): Promise<PhotoRow> => (await theStore().photos.get(uuid)) as PhotoRow
