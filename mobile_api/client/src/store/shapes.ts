/** What the phone keeps. Every row names the person it belongs to: nobody else sees or sends it. */

export type Stage = 'before' | 'during' | 'after'
export type PhotoSource = 'camera' | 'library'

/** A position as the phone gave it: WGS 84, metres, with the time of the fix itself. */
export interface Fix {
  lon: number
  lat: number
  accuracy_m: number
  altitude: number | null
  heading: number | null
  time: string
}

/**
 * captured: whole on this phone. sending: some bytes are over. answered: the server said it has it, its receipt is not
 * here yet. received: the receipt names uuid and digest. freed: the bytes have left the phone. attention: a person must act.
 * aside (a record): the server knows its number with other content and has set this one aside for the office, which decides.
 */
export type SendState = 'captured' | 'sending' | 'answered' | 'received' | 'freed' | 'attention' | 'aside'

/** States in which the office does not have it for certain. */
export const OPEN_STATES: readonly SendState[] = ['captured', 'sending', 'answered', 'attention']

/** Why something is not sent: a key of the dictionary, and the server's own words where it gave some. */
export interface Trouble {
  why: TroubleKind
  words: string
  status: number | null
}
export type TroubleKind =
  | 'network'
  | 'portal'
  | 'truncated'
  | 'server'
  | 'busy'
  | 'refused'
  | 'conflict'
  | 'forbidden'
  | 'too_large'
  | 'wrong_type'
  | 'digest'
  | 'bytes_lost'
  | 'bytes_changed'
  | 'session'

export interface Sendable {
  uuid: string
  person: string
  state: SendState
  attempts: number
  /** Milliseconds of the phone's clock before which it is not tried again. */
  nextAt: number
  trouble: Trouble | null
  createdAt: number
  receivedAt: string | null
}

export interface PhotoRow extends Sendable {
  /** The report or visit it belongs to; empty while it lies in a draft. */
  record: string
  draft: string
  size: number
  sha256: string
  type: string
  filename: string
  stage: Stage
  site: string | null
  source: PhotoSource
  fix: Fix | null
  heading: number | null
  /** Wall clock as the phone showed it, and corrected by what was known of the server's. */
  wallTime: string
  capturedAt: string
  monotonicMs: number
  clockOffsetMs: number | null
  app: string
  n: number | null
  previous: string | null
  statement: string
  signature: string
  /** Set when the bytes were read back and hashed again; before that there is no tick. */
  verified: boolean
  sentBytes: number
  uploadUrl: string
}

export interface RecordRow extends Sendable {
  kind: 'report' | 'visit'
  title: string
  /** The very text that is sent: the server's digest is taken over these bytes. */
  bodyText: string
  sha256: string
  photos: string[]
  problem: string
  movedM: number
  /** What the server answered: number, status, hints. */
  answer: RecordAnswer | null
}

export interface RecordAnswer {
  number: string | null
  status: string
  hints: string[]
}

export interface DraftRow {
  person: string
  id: string
  fields: Record<string, unknown>
  changedAt: number
}

export interface KeyRow {
  person: string
  device: string
  name: string
  privateKey: CryptoKey
  publicKey: JsonWebKey
  /** Number of the last statement, and its text: the next one carries its digest. */
  n: number
  lastStatement: string
}

export interface SessionRow {
  person: string
  name: string
  token: string
  expires: string
  /** Set when the server no longer takes the token: the queue waits, nothing is lost. */
  over: boolean
}

export interface DiscardRow {
  uuid: string
  person: string
  device: string
  statement: string
  signature: string
}

export interface SuggestionRow {
  uuid: string
  person: string
  text: string
  createdAt: number
}

export interface BookRow {
  person: string
  etag: string
  fetchedAt: number
  data: unknown
}

export interface BytesRow {
  uuid: string
  data: ArrayBuffer
}

export interface PictureRow {
  person: string
  url: string
  type: string
  data: ArrayBuffer
}
