import { t } from '../words'
import { apart, clockTime } from '../words/figures'

/** One of a person's phones as the server tells of it. */
export interface PhoneLine {
  id: string
  name: string
  createdAt: string
  revokedAt: string
  /** When it last told the office how it stands. */
  heardAt: string
  waiting: number
  oldest: string
  gaps: [number, number][]
  forks: number[]
  doubts: { n: number; detail: string }[]
  /** Server time minus this phone's, seconds, and when that was seen. */
  clockOffsetS: number | null
  clockSeenAt: string
}

/** Beyond this a photo's time is marked and its grade is lower. */
const CLOCK_S = 120
const MOST_NAMED = 5

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Read an answer with care, whether the list stands bare or under `devices`. */
export function readPhones(body: unknown): PhoneLine[] {
  const lines = Array.isArray(body) ? body : list((body as { devices?: unknown } | null)?.devices)
  return (lines as (Record<string, unknown> | null)[]).flatMap((one) => {
    if (!one?.id) return []
    return [
      {
        id: String(one.id),
        name: text(one.name),
        createdAt: text(one.created_at),
        revokedAt: text(one.revoked_at),
        heardAt: text(one.heard_at),
        waiting: typeof one.waiting === 'number' ? one.waiting : 0,
        oldest: text(one.oldest),
        gaps: list(one.gaps).filter((gap): gap is [number, number] => Array.isArray(gap) && gap.length === 2),
        forks: list(one.forks).filter((n): n is number => typeof n === 'number'),
        doubts: (list(one.doubts) as { n?: unknown; detail?: unknown }[]).map((doubt) => ({ n: Number(doubt?.n), detail: text(doubt?.detail) })),
        clockOffsetS: typeof one.clock_offset_s === 'number' ? one.clock_offset_s : null,
        clockSeenAt: text(one.clock_seen_at),
      },
    ]
  })
}

const few = (words: string[]): string => words.slice(0, MOST_NAMED).join(t('app.comma')) + (words.length > MOST_NAMED ? t('app.andMore', { n: words.length }) : '')

/** What is wrong among a phone's running numbers and signatures, each with its numbers. */
export function flaws(phone: PhoneLine): string[] {
  const words: string[] = []
  if (phone.gaps.length)
    words.push(t('settings.gap', { n: few(phone.gaps.map(([from, to]) => (from === to ? t('settings.number', { n: from }) : t('settings.numbers', { from, to })))) }))
  if (phone.forks.length) words.push(t('settings.fork', { n: few(phone.forks.map((n) => t('settings.number', { n }))) }))
  for (const { n, detail } of phone.doubts.slice(0, MOST_NAMED))
    words.push(detail ? t('settings.doubtIs', { n, detail }) : t('settings.doubt', { n }))
  if (phone.doubts.length > MOST_NAMED) words.push(t('app.andMore', { n: phone.doubts.length }))
  return words
}

/** How far a phone's clock is off the server's, in words; empty when it is not known. */
export function clockWords(phone: PhoneLine): { words: string; off: boolean } | null {
  const offset = phone.clockOffsetS
  if (offset === null) return null
  const seen = phone.clockSeenAt ? clockTime(phone.clockSeenAt) : ''
  if (Math.abs(offset) < CLOCK_S) return { words: t('settings.clockFine', { n: Math.round(Math.abs(offset)) }), off: false }
  return { words: t(offset > 0 ? 'settings.clockSlow' : 'settings.clockFast', { age: apart(Math.abs(offset) * 1000), seen }), off: true }
}
