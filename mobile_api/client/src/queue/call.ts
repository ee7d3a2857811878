import { isoWithOffset, noteServerDate } from '../office/clock'
import type { SessionRow, Trouble, TroubleKind } from '../store/shapes'
import { language } from '../words/language'

/**
 * What an answer means for the queue. `ok` is JSON from the office's server, nothing else: a page of HTML, a redirect or an
 * empty 200 is what a hotel's or a tunnel's login page gives, and counts as not delivered.
 */
export type Answer =
  | { kind: 'ok'; status: number; body: unknown; headers: Headers }
  | { kind: 'unchanged' }
  | { kind: 'refused'; trouble: Trouble; problem: Problem }
  | { kind: 'session'; trouble: Trouble }
  | { kind: 'fresh' }
  | { kind: 'again'; trouble: Trouble; retryAfterMs: number }

export interface Problem {
  status?: number
  title?: string
  detail?: string
  errors?: { field?: string; code?: string; message?: string }[]
  /** Of a second content under one number: whether the office has it now. */
  set_aside?: boolean
}

export interface Content {
  json?: unknown
  /** JSON whose very bytes matter. */
  text?: string
  form?: FormData
  headers?: Record<string, string>
  timeoutMs?: number
  /** Tell the server what this phone's clock shows while it sends: from that it learns how far off the phone is. */
  tellTime?: boolean
}

/** The phone's raw wall clock at the moment of sending, never corrected by what is known of the server's. */
export const PHONE_TIME = 'Phone-Time'
export const phoneTime = (): string => isoWithOffset(new Date())

export const API_TIMEOUT_MS = 30_000

export async function call(
  session: Pick<SessionRow, 'token'> | null,
  method: string,
  path: string,
  content: Content = {},
): Promise<Answer> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language(), ...content.headers }
  if (session) headers.Authorization = `Token ${session.token}`
  if (content.tellTime) headers[PHONE_TIME] = phoneTime()
  let body: BodyInit | undefined
  if (content.form) body = content.form
  else if (content.text !== undefined || content.json !== undefined) {
    body = content.text ?? JSON.stringify(content.json)
    headers['Content-Type'] = 'application/json'
  }
  let response: Response
  let text: string
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), content.timeoutMs ?? API_TIMEOUT_MS)
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      signal: stop.signal,
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'omit',
    })
    text = await response.text()
  } catch {
    return again('network')
  } finally {
    clearTimeout(timer)
  }
  return await judge(response, text)
}

/** Read one answer. Exported for the tests, which hold it against every kind of page a network puts in between. */
export async function judge(response: Response, text: string): Promise<Answer> {
  const { status, headers } = response
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)) return again('portal', status)
  if (status === 304) return { kind: 'unchanged' }
  const type = headers.get('Content-Type') ?? ''
  const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(type)
  if (status === 204) return { kind: 'ok', status, body: null, headers }
  if (status === 460) return { kind: 'fresh' }
  if (status === 429 || status === 503) return again('busy', status, retryAfter(headers), saidBy(isJson, text))
  if (status >= 500) return again(status === 511 ? 'portal' : 'server', status, 0, saidBy(isJson, text))
  if (!isJson) return again('portal', status)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return again('truncated', status)
  }
  await noteServerDate(headers.get('Date'))
  if (status < 300) return { kind: 'ok', status, body, headers }
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Problem
  const words = wordsOf(problem)
  if (status === 401) return { kind: 'session', trouble: { why: 'session', words, status } }
  return { kind: 'refused', trouble: { why: refusal(status), words, status }, problem }
}

function refusal(status: number): TroubleKind {
  if (status === 409) return 'conflict'
  if (status === 403 || status === 404) return 'forbidden'
  if (status === 413) return 'too_large'
  if (status === 415) return 'wrong_type'
  return 'refused'
}

function again(why: TroubleKind, status: number | null = null, retryAfterMs = 0, words = ''): Answer {
  return { kind: 'again', trouble: { why, words, status }, retryAfterMs }
}

function saidBy(isJson: boolean, text: string): string {
  if (!isJson) return ''
  try {
    return wordsOf(JSON.parse(text) as Problem)
  } catch {
    return ''
  }
}

/** The server's own words, all of them: what is wrong with each field, else its detail. */
export function wordsOf(problem: Problem): string {
  const each = (problem.errors ?? []).map((one) => one.message ?? '').filter(Boolean)
  return each.length ? [...new Set(each)].join(language() === 'en' ? '; ' : '；') : (problem.detail ?? problem.title ?? '')
}

function retryAfter(headers: Headers): number {
  const value = headers.get('Retry-After')
  if (!value) return 0
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.min(Math.max(seconds, 0), 3600) * 1000
  const until = Date.parse(value)
  return Number.isFinite(until) ? Math.min(Math.max(until - Date.now(), 0), 3_600_000) : 0
}
