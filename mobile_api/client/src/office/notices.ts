import { reactive } from 'vue'

import { call } from '../queue/call'
import { readSetting, writeSetting } from '../store/database'
import type { SessionRow } from '../store/shapes'

export interface Notice {
  id: number
  code: string
  text: string
  /** What `subject` is the id of: `problem` or `inspection`. */
  kind: string
  subject: string
  at: string
  read: boolean
}

/** What is kept of one person's notices: the server's last answer, and what was read here and not told yet. */
interface Kept {
  list: Notice[]
  unread: number
  fetchedAt: number
  untold: number[]
}

const NONE: Kept = { list: [], unread: 0, fetchedAt: 0, untold: [] }
const MOST = 100

/** One person's notices; they can be read without a network as they were last time. */
export const notices = reactive<Kept & { person: string }>({ ...NONE, person: '' })

const key = (person: string) => `notices ${person}`

async function keep(): Promise<void> {
  const { person, list, unread, fetchedAt, untold } = notices
  await writeSetting(key(person), JSON.parse(JSON.stringify({ list, unread, fetchedAt, untold })))
}

export async function loadNotices(person: string): Promise<void> {
  const kept = person ? await readSetting<Kept>(key(person)) : undefined
  Object.assign(notices, kept ?? { ...NONE, list: [], untold: [] }, { person })
}

/** Ask for the notices, after telling what was read here. Anything but an answer leaves the kept ones as they are. */
export async function fetchNotices(session: SessionRow): Promise<void> {
  if (notices.person !== session.person) return
  const telling = [...notices.untold]
  if (telling.length) {
    const told = await call(session, 'POST', '/api/v1/notices/read', { json: { ids: telling } })
    if (told.kind !== 'ok' && told.kind !== 'refused') return
    notices.untold = notices.untold.filter((id) => !telling.includes(id))
  }
  const answer = await call(session, 'GET', `/api/v1/notices?limit=${MOST}`)
  if (answer.kind !== 'ok' || notices.person !== session.person) return
  const read = readNotices(answer.body)
  // What was tapped while the answer was under way stays read.
  const since = read.list.filter((one) => !one.read && notices.untold.includes(one.id))
  for (const one of since) one.read = true
  Object.assign(notices, { list: read.list, unread: Math.max(0, read.unread - since.length), fetchedAt: Date.now() })
  await keep()
}

/** Read an answer with care: what has another shape is left out. */
export function readNotices(body: unknown): { list: Notice[]; unread: number } {
  const raw = (body ?? {}) as { notices?: unknown; unread?: unknown }
  const lines = Array.isArray(raw.notices) ? (raw.notices as (Record<string, unknown> | null)[]) : []
  const list = lines.flatMap((one) =>
    typeof one?.id === 'number' && typeof one.text === 'string'
      ? [
          {
            id: one.id,
            code: String(one.code ?? ''),
            text: one.text,
            kind: String(one.kind ?? ''),
            subject: String(one.subject ?? ''),
            at: String(one.at ?? ''),
            read: Boolean(one.read_at),
          },
        ]
      : [],
  )
  const unread = typeof raw.unread === 'number' ? raw.unread : list.filter((one) => !one.read).length
  return { list, unread }
}

/** These have been read on this phone; the server is told when there is a network. */
export async function markRead(ids: number[]): Promise<void> {
  const fresh = notices.list.filter((one) => !one.read && ids.includes(one.id))
  if (!fresh.length) return
  for (const one of fresh) one.read = true
  notices.unread = Math.max(0, notices.unread - fresh.length)
  notices.untold = [...notices.untold, ...fresh.map((one) => one.id)]
  await keep()
}
