import { bearing, distanceM, type Position, turn, wind } from '../places/geometry'
import { t } from '../words'
import { metres } from '../words/figures'

export interface Guidance {
  /** Where the arrow points, degrees clockwise from "ahead"; null when there is nowhere to go or no way to tell. */
  arrow: number | null
  /** One instruction at a time, large. */
  first: string
  second: string
  /** The old standpoint on the radar, up = where I look; and which way its picture looked. Null without a compass or a place. */
  target: { x: number; y: number; view: number | null } | null
}

/** Nearer than this, or than the position's error, nobody is sent anywhere. */
const THERE_M = 3
const FACING_DEG = 6
const LEVEL_DEG = 3

export interface Standpoint {
  at: Position | null
  accuracyM: number | null
  heading: number | null
  roll: number | null
}

/** What to do to stand where the before photo was taken and to look the same way. Estimates only: nothing blocks the shutter. */
export function guidance(now: Standpoint, before: { at: Position | null; heading: number | null } | null): Guidance {
  const second = [facing(now.heading, before?.heading ?? null), level(now.roll)].filter(Boolean).join(t('app.dot'))
  if (!before?.at) return { arrow: null, first: t('over.noPlace'), second, target: null }
  if (!now.at) return { arrow: null, first: t('over.noFix'), second, target: null }
  const far = distanceM(now.at, before.at)
  const target = onRadar(now, before.at, far, before.heading)
  if (far <= Math.max(THERE_M, (now.accuracyM ?? 0) / 2)) return { arrow: null, first: t('over.here'), second, target }
  const towards = bearing(now.at, before.at)
  if (now.heading === null) {
    return { arrow: towards, first: t('over.go', { wind: t(`wind.${wind(towards)}` as 'wind.0'), n: metres(far) }), second, target }
  }
  const side = turn(now.heading, towards)
  const n = Math.max(1, Math.round(far))
  if (far > 50) return { arrow: side, first: t('over.go', { wind: t(`wind.${wind(towards)}` as 'wind.0'), n: metres(far) }), second, target }
  const first =
    Math.abs(side) <= 45
      ? t('over.forward', { n })
      : Math.abs(side) >= 135
        ? t('over.backward', { n })
        : t(side < 0 ? 'over.left' : 'over.right', { n })
  return { arrow: Math.round(side / 90) * 90, first, second, target }
}

const RADAR_M = 20
const RADAR_RADIUS = 36

function onRadar(now: Standpoint, at: Position, far: number, heading: number | null): Guidance['target'] {
  if (!now.at || now.heading === null) return null
  const side = (turn(now.heading, bearing(now.at, at)) * Math.PI) / 180
  const away = Math.min(far / RADAR_M, 1) * RADAR_RADIUS
  const view = heading === null ? null : Math.round(turn(now.heading, heading))
  return { x: Math.round(Math.sin(side) * away), y: Math.round(-Math.cos(side) * away), view }
}

function facing(heading: number | null, wanted: number | null): string {
  if (heading === null || wanted === null) return ''
  const n = Math.round(turn(heading, wanted))
  if (Math.abs(n) <= FACING_DEG) return t('over.facing')
  return t(n < 0 ? 'over.turnLeft' : 'over.turnRight', { n: Math.abs(n) })
}

function level(roll: number | null): string {
  if (roll === null) return ''
  return Math.abs(roll) <= LEVEL_DEG ? t('over.level') : t('over.tilt', { n: Math.abs(Math.round(roll)) })
}
