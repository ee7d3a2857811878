import { bearing, distanceM, type Position, turn, wind } from '../places/geometry'
import { t } from '../words'
import { metres } from '../words/figures'

export interface Guidance {
  /** Where the arrow points, degrees clockwise from "ahead"; null when there is nowhere to go or no way to tell. */
  arrow: number | null
  /** The direction is what is wrong now: the arrow bends that way. */
  turning: boolean
  /** All that the phone can tell is right. */
  fine: boolean
  /** One instruction at a time, large: first the place, then the direction, then the level. */
  first: string
  second: string
  /** The old standpoint on the radar, up = where I look; and which way its picture looked. Null without a compass or a place. */
  target: { x: number; y: number; view: number | null } | null
}

/** Nearer than this, or than the position's error, nobody is sent anywhere. */
const THERE_M = 3
const FACING_DEG = 6
export const LEVEL_DEG = 3

export interface Standpoint {
  at: Position | null
  accuracyM: number | null
  heading: number | null
  roll: number | null
}

/** What to do to stand where the before photo was taken and to look the same way. Estimates only: nothing blocks the shutter. */
export function guidance(now: Standpoint, before: { at: Position | null; heading: number | null } | null): Guidance {
  const off = now.heading === null || before?.heading === null || before === null ? null : Math.round(turn(now.heading, before.heading))
  const parts = { facing: facing(off), level: level(now.roll) }
  const join = (...words: string[]) => words.filter(Boolean).join(t('app.dot'))
  const told = { arrow: null, turning: false, fine: false, second: join(parts.facing, parts.level), target: null }
  if (!before?.at) return { ...told, first: t('over.noPlace') }
  if (!now.at) return { ...told, first: t('over.noFix') }
  const far = distanceM(now.at, before.at)
  const target = onRadar(now, before.at, far, before.heading)
  if (far <= Math.max(THERE_M, (now.accuracyM ?? 0) / 2)) return { ...told, target, ...onTheSpot(off, now.roll, parts, join) }
  const towards = bearing(now.at, before.at)
  const byWind = t('over.go', { wind: t(`wind.${wind(towards)}` as 'wind.0'), n: metres(far) })
  if (now.heading === null) return { ...told, arrow: towards, first: byWind, target }
  const side = turn(now.heading, towards)
  if (far > 50) return { ...told, arrow: side, first: byWind, target }
  const n = Math.max(1, Math.round(far))
  const way = Math.abs(side) <= 45 ? 'over.forward' : Math.abs(side) >= 135 ? 'over.backward' : side < 0 ? 'over.left' : 'over.right'
  return { ...told, arrow: Math.round(side / 90) * 90, first: t(way, { n }), target }
}

/** At the old standpoint what is left is the direction, then the level. */
function onTheSpot(off: number | null, roll: number | null, parts: { facing: string; level: string }, join: (...words: string[]) => string) {
  const there = t('over.here')
  if (off !== null && Math.abs(off) > FACING_DEG) {
    const first = t(off < 0 ? 'over.turnLeftNow' : 'over.turnRightNow', { n: Math.abs(off) })
    return { first, second: join(there, parts.level), arrow: off < 0 ? -90 : 90, turning: true }
  }
  if (roll !== null && Math.abs(roll) > LEVEL_DEG) return { first: t('over.straighten', { n: Math.abs(Math.round(roll)) }), second: join(there, parts.facing) }
  if (off !== null && roll !== null) return { first: t('over.ready'), second: t('over.allRight'), fine: true }
  return { first: there, second: join(parts.facing, parts.level) }
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

function facing(off: number | null): string {
  if (off === null) return ''
  if (Math.abs(off) <= FACING_DEG) return t('over.facing')
  return t(off < 0 ? 'over.turnLeft' : 'over.turnRight', { n: Math.abs(off) })
}

function level(roll: number | null): string {
  if (roll === null) return ''
  return Math.abs(roll) <= LEVEL_DEG ? t('over.level') : t('over.tilt', { n: Math.abs(Math.round(roll)) })
}
