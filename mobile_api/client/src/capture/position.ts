import { reactive } from 'vue'

import { isoWithOffset } from '../office/clock'
import type { Fix } from '../store/shapes'

/** A fix older than this is no longer where the picture is taken. */
export const FRESH_MS = 30_000
/** A fix older than this goes with no shot. */
export const TOO_OLD_MS = 300_000
/** Above this many metres the accuracy is shown in amber, in words; grade A wants 30 m or better. */
export const GOOD_M = 30
/** Above this the phone most likely gives only a rough position ("precise location" is off). */
export const ROUGH_M = 1000

export type PositionState = 'waiting' | 'found' | 'denied' | 'unavailable' | 'none'

/** The last position, in memory only: no track is kept anywhere. */
export const position = reactive({
  state: 'waiting' as PositionState,
  fix: null as Fix | null,
})

/**
 * When the last fix came, by the two clocks of this page, and how old it was then. What a fix says of its own time is never held
 * against them: on many phones it comes from the satellites, and a phone whose clock is a day off would lose every position.
 */
let came: { wallMs: number; monotonicMs: number; ownMs: number; oldMs: number } | null = null

let watch: number | null = null
let quiet = 0
let watchers = 0

/** Follow the position while a screen needs it. Call the result to stop. */
export function followPosition(): () => void {
  watchers += 1
  if (watch === null) start()
  if (watchers === 1) document.addEventListener('visibilitychange', back)
  return () => {
    watchers -= 1
    if (watchers > 0) return
    document.removeEventListener('visibilitychange', back)
    clearTimeout(quiet)
    if (watch === null) return
    navigator.geolocation.clearWatch(watch)
    watch = null
  }
}

/** Back in view: a frozen page heard nothing, and some phones stop a watch for good. What is too old by now is let go. */
function back(): void {
  if (document.visibilityState !== 'visible') return
  if (position.fix && fixAgeMs() > TOO_OLD_MS) {
    position.fix = null
    position.state = 'waiting'
  }
  askPositionAgain()
}

function start(): void {
  if (!('geolocation' in navigator)) {
    position.state = 'none'
    return
  }
  watch = navigator.geolocation.watchPosition(take, refuse, { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 })
}

/** Ask again, after the permission was given or a position failed. */
export function askPositionAgain(): void {
  if (watch !== null) navigator.geolocation.clearWatch(watch)
  watch = null
  if (position.state !== 'found') position.state = 'waiting'
  if (watchers > 0) start()
}

function take(found: GeolocationPosition): void {
  const { longitude, latitude, accuracy, altitude, heading } = found.coords
  if (![longitude, latitude, accuracy].every(Number.isFinite)) return
  const before = position.fix
  position.fix = {
    lon: Math.round(longitude * 1e7) / 1e7,
    lat: Math.round(latitude * 1e7) / 1e7,
    accuracy_m: Math.round(accuracy * 10) / 10,
    altitude: Number.isFinite(altitude) ? altitude : null,
    heading: Number.isFinite(heading) ? heading : null,
    time: isoWithOffset(new Date(found.timestamp)),
  }
  const now = { wallMs: Date.now(), monotonicMs: performance.now(), ownMs: found.timestamp }
  const moves = before?.lon !== position.fix.lon || before.lat !== position.fix.lat
  came = { ...now, oldMs: oldOnArrival(now, moves) }
  clearTimeout(quiet)
  quiet = window.setTimeout(askIfSeen, QUIET_MS)
  position.state = 'found'
}

/** Some phones tell nothing more while they lie still: ask once more before the last fix counts as old. */
const QUIET_MS = 20_000

function askIfSeen(): void {
  if (watchers > 0 && document.visibilityState === 'visible') askPositionAgain()
}

const SLACK_MS = 3_000

/**
 * iOS may hand out a stored fix. It shows when a fix's own time has moved on much less than our clocks since the fix before. One
 * that goes back is a clock that was set, and one that keeps step again is fresh. A browser whose fixes all bear one time is broken:
 * there a new place is a new fix.
 */
function oldOnArrival(now: { wallMs: number; monotonicMs: number; ownMs: number }, moves: boolean): number {
  if (!came || (moves && now.ownMs === came.ownMs)) return 0
  const passed = Math.max(0, now.monotonicMs - came.monotonicMs, now.wallMs - came.wallMs)
  const moved = now.ownMs - came.ownMs
  if (moved < -SLACK_MS || (moved > 0 && passed - moved <= SLACK_MS)) return 0
  return came.oldMs + Math.max(0, passed - moved)
}

/** How old the last fix is. The monotonic clock stands still on some phones while they sleep: then the wall clock tells. */
export function fixAgeMs(wallMs = Date.now()): number {
  if (!came) return 0
  return came.oldMs + Math.max(0, performance.now() - came.monotonicMs, wallMs - came.wallMs)
}

function refuse(error: GeolocationPositionError): void {
  if (error.code === error.PERMISSION_DENIED) {
    position.state = 'denied'
    position.fix = null
  } else if (!position.fix || fixAgeMs() > FRESH_MS) position.state = 'unavailable'
}

/** The fix to keep with a shot: the last one, with its own time, so that an old one shows. Older than five minutes is none. */
export function fixAtShutter(): Fix | null {
  return position.fix && fixAgeMs() < TOO_OLD_MS ? { ...position.fix } : null
}
