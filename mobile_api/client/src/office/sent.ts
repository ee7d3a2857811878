import { call } from '../queue/call'
import { readSetting, writeSetting } from '../store/database'
import type { PhotoRow, RecordRow, SessionRow } from '../store/shapes'
import type { Light } from './book'

/** One of a person's submissions as the office sees it, whatever phone sent it. */
export interface Submission {
  uuid: string
  kind: 'report' | 'visit'
  receivedAt: string
  title: string
  verdict: string
  problem: { id: string; number: string; title: string; status: string; light: Light | null; reason: string } | null
  missing: string[]
  hints: { code: string; detail: string }[]
}

export interface OfficeAnswer {
  list: Submission[]
  fetchedAt: number
}

const MOST = 100
const key = (person: string) => `submissions ${person}`

/** The last answer kept, for when there is no network. */
export async function keptSubmissions(person: string): Promise<OfficeAnswer> {
  return (await readSetting<OfficeAnswer>(key(person))) ?? { list: [], fetchedAt: 0 }
}

/** Ask the office anew; `session`: it takes the token no more, null: nobody answered. */
export async function fetchSubmissions(session: SessionRow): Promise<OfficeAnswer | 'session' | null> {
  const answer = await call(session, 'GET', `/api/v1/submissions?limit=${MOST}`)
  if (answer.kind === 'session') return 'session'
  if (answer.kind !== 'ok') return null
  const fresh = { list: readSubmissions(answer.body), fetchedAt: Date.now() }
  await writeSetting(key(session.person), fresh)
  return fresh
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const LIGHTS = ['red', 'yellow', 'green', 'grey']

/** Read an answer with care: what has another shape is left out. */
export function readSubmissions(body: unknown): Submission[] {
  const lines = (body as { submissions?: unknown } | null)?.submissions
  if (!Array.isArray(lines)) return []
  return (lines as (Record<string, unknown> | null)[]).flatMap((one) => {
    if (!one || typeof one.uuid !== 'string') return []
    const problem = one.problem as Record<string, unknown> | null | undefined
    return [
      {
        uuid: one.uuid.toLowerCase(),
        kind: one.kind === 'visit' ? ('visit' as const) : ('report' as const),
        receivedAt: text(one.received_at),
        title: text(one.title),
        verdict: text(one.verdict),
        problem: problem
          ? {
              id: text(problem.id),
              number: text(problem.number),
              title: text(problem.title),
              status: text(problem.status),
              light: LIGHTS.includes(text(problem.light)) ? (problem.light as Light) : null,
              reason: text(problem.reason).trim(),
            }
          : null,
        missing: Array.isArray(one.missing) ? one.missing.map((id) => text(id).toLowerCase()).filter(Boolean) : [],
        hints: (Array.isArray(one.hints) ? one.hints : []).map((hint) =>
          typeof hint === 'string' ? { code: hint, detail: '' } : { code: text(hint?.code), detail: text(hint?.detail) },
        ),
      },
    ]
  })
}

/** One line of "sent by me": what this phone holds and what the office says, joined by uuid. */
export interface SentItem {
  uuid: string
  kind: 'report' | 'visit'
  title: string
  at: number
  /** waiting, attention: still on this phone. there: the server has it. aside: it has it beside another one of its number. */
  state: 'waiting' | 'attention' | 'there' | 'aside'
  here: boolean
  photo: string | undefined
  status: string
  number: string
  light: Light | null
  problem: string
  /** Why the office returned or rejected it. */
  reason: string
  verdict: string
  missing: number
  /** Of the missing photos, those that lie on this phone and go by themselves. */
  missingHere: number
  hints: { code: string; detail: string }[]
}

const settled = (state: string) => state === 'received' || state === 'freed'

/** This phone's records and the office's answer as one list, newest first. */
export function sentItems(records: RecordRow[], photos: PhotoRow[], office: Submission[]): SentItem[] {
  const held = new Map(photos.map((photo) => [photo.uuid, photo]))
  const lines = new Map(office.map((line) => [line.uuid, line]))
  const mine = new Set(records.map((row) => row.uuid))
  const items = records.map((row): SentItem => {
    const line = lines.get(row.uuid)
    const body = JSON.parse(row.bodyText) as { verdict?: string }
    // The kept answer may be older than what this phone has brought over since.
    const missing = (line?.missing ?? row.photos).filter((id) => !settled(held.get(id)?.state ?? (line ? '' : 'received')))
    const open = row.state === 'captured' || row.state === 'sending'
    return {
      uuid: row.uuid,
      kind: row.kind,
      title: row.title,
      at: row.createdAt,
      state: row.state === 'attention' || row.state === 'aside' ? row.state : open && !line ? 'waiting' : 'there',
      here: true,
      photo: row.photos[0],
      status: line?.problem?.status || row.answer?.status || '',
      number: line?.problem?.number || row.answer?.number || '',
      light: line?.problem?.light ?? null,
      problem: line?.problem?.id || row.problem,
      reason: line?.problem?.reason ?? '',
      verdict: line?.verdict || body.verdict || '',
      missing: open && !line ? 0 : missing.length,
      missingHere: missing.filter((id) => held.has(id)).length,
      hints: line?.hints ?? (row.answer?.hints ?? []).map((code) => ({ code, detail: '' })),
    }
  })
  const others = office
    .filter((line) => !mine.has(line.uuid))
    .map((line): SentItem => ({
      uuid: line.uuid,
      kind: line.kind,
      title: line.title || line.problem?.title || '',
      at: Date.parse(line.receivedAt) || 0,
      state: 'there',
      here: false,
      photo: undefined,
      status: line.problem?.status ?? '',
      number: line.problem?.number ?? '',
      light: line.problem?.light ?? null,
      problem: line.problem?.id ?? '',
      reason: line.problem?.reason ?? '',
      verdict: line.verdict,
      missing: line.missing.length,
      missingHere: line.missing.filter((id) => held.has(id)).length,
      hints: line.hints,
    }))
  return [...items, ...others].sort((a, b) => b.at - a.at)
}

/** Where a notice about this problem leads on the list of what was sent: its own report, else a visit to it; empty = neither. */
export function sentAbout(problem: string, items: Pick<SentItem, 'uuid' | 'problem'>[]): string {
  return (items.find((item) => item.uuid === problem) ?? items.find((item) => item.problem === problem))?.uuid ?? ''
}
