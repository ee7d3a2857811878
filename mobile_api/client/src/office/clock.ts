import { readSetting, writeSetting } from '../store/database'

/** What is known of the server's clock: its time minus the phone's, in milliseconds, and when that was seen. */
export interface ServerClock {
  offsetMs: number
  seenAt: number
}

let known: ServerClock | null = null

export async function loadClock(): Promise<void> {
  known = (await readSetting<ServerClock>('clock')) ?? null
}

export function clockOffsetMs(): number | null {
  return known?.offsetMs ?? null
}

/** Take the server's time from an answer's `Date`. Its resolution is a second, so half of one is added. */
export async function noteServerDate(date: string | null, phoneNow = Date.now()): Promise<void> {
  const server = date ? Date.parse(date) : Number.NaN
  if (!Number.isFinite(server)) return
  const offsetMs = server + 500 - phoneNow
  if (known && Math.abs(known.offsetMs - offsetMs) < 1500) return
  known = { offsetMs, seenAt: phoneNow }
  await writeSetting('clock', known)
}

/** The phone's wall clock corrected by the server's, as ISO 8601 with the phone's offset. */
export function correctedTime(phoneMs = Date.now()): string {
  return isoWithOffset(new Date(phoneMs + (known?.offsetMs ?? 0)))
}

/** ISO 8601 with milliseconds and the phone's own offset, `2026-11-24T10:02:15.250+08:00`. */
export function isoWithOffset(date: Date): string {
  const minutes = -date.getTimezoneOffset()
  const sign = minutes < 0 ? '-' : '+'
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0')
  const shifted = new Date(date.getTime() + minutes * 60_000)
  return `${shifted.toISOString().slice(0, -1)}${sign}${two(minutes / 60)}:${two(minutes % 60)}`
}
