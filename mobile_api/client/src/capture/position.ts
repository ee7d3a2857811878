import { reactive } from 'vue'

import { isoWithOffset } from '../office/clock'
import type { Fix } from '../store/shapes'

/** A fix older than this is no longer where the picture is taken. */
export const FRESH_MS = 30_000
/** Above this many metres the accuracy is shown in amber, in words; grade A wants 30 m or better. */
export const GOOD_M = 30
/** Above this the phone most likely gives only a rough position ("precise location" is off). */
export const ROUGH_M = 1000

export type PositionState = 'waiting' | 'found' | 'denied' | 'unavailable' | 'none'

/** The last position, in memory only: no track is kept anywhere. */
export const position = reactive({
  state: 'waiting' as PositionState,
  fix: null as Fix | null,
  fixMs: 0,
})

let watch: number | null = null
let watchers = 0

/** Follow the position while a screen needs it. Call the result to stop. */
export function followPosition(): () => void {
  watchers += 1
  if (watch === null) start()
  return () => {
    watchers -= 1
    if (watchers === 0 && watch !== null) {
      navigator.geolocation.clearWatch(watch)
      watch = null
    }
  }
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
  position.fix = {
    lon: Math.round(longitude * 1e7) / 1e7,
    lat: Math.round(latitude * 1e7) / 1e7,
    accuracy_m: Math.round(accuracy * 10) / 10,
    altitude: Number.isFinite(altitude) ? altitude : null,
    heading: Number.isFinite(heading) ? heading : null,
    time: isoWithOffset(new Date(found.timestamp)),
  }
  position.fixMs = found.timestamp
  position.state = 'found'
}

function refuse(error: GeolocationPositionError): void {
  if (error.code === error.PERMISSION_DENIED) {
    position.state = 'denied'
    position.fix = null
  } else if (!position.fix || Date.now() - position.fixMs > FRESH_MS) position.state = 'unavailable'
}

/** The fix to keep with a shot: the last one, with its own time, so that an old one shows. Older than five minutes is none. */
export function fixAtShutter(now = Date.now()): Fix | null {
  return position.fix && Math.abs(now - position.fixMs) < 300_000 ? { ...position.fix } : null
}
