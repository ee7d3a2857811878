import { GOOD_M } from '../capture/position'
import { bearing, distanceM, type Position, turn, wind } from '../places/geometry'
import { t } from '../words'

export interface Guidance {
  /** Where the arrow points, degrees clockwise from "ahead"; null when there is nowhere to go or no compass to tell what is ahead. */
  arrow: number | null
  /** The first words say which way to go. */
  leads: boolean
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

/** Nearer than this nobody is sent anywhere; a less exact position widens it, up to the second figure. */
const THERE_M = 3
const THERE_AT_MOST_M = 10
/** A position too rough to lead still tells that one is this many times its error away. */
const FAR_TIMES = 5
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
  const told = { arrow: null, leads: false, turning: false, fine: false, second: join(parts.facing, parts.level), target: null }
  if (!before?.at) return { ...told, first: t('over.noPlace') }
  if (!now.at) return { ...told, first: t('over.noFix') }
  const far = distanceM(now.at, before.at)
  const accuracy = now.accuracyM ?? Number.POSITIVE_INFINITY
  const towards = bearing(now.at, before.at)
  const byWind = windWords(towards, far)
  if (accuracy > GOOD_M) return { ...told, first: t('over.tooRough'), second: far > FAR_TIMES * accuracy ? t('over.about', { way: byWind }) : told.second }
  const target = onRadar(now, before.at, far, before.heading)
  if (far <= Math.min(THERE_AT_MOST_M, Math.max(THERE_M, accuracy / 2))) return { ...told, target, ...onTheSpot(off, now.roll, parts, join) }
  // Without a compass "up" would be north and read as "ahead": the wind in words, no arrow.
  if (now.heading === null) return { ...told, leads: true, first: byWind, second: join(t('over.noCompass'), parts.level) }
  const side = turn(now.heading, towards)
  if (far > 50) return { ...told, leads: true, arrow: side, first: byWind, target }
  const n = Math.max(1, Math.round(far))
  const way = Math.abs(side) <= 45 ? 'over.forward' : Math.abs(side) >= 135 ? 'over.backward' : side < 0 ? 'over.left' : 'over.right'
  return { ...told, leads: true, arrow: Math.round(side / 90) * 90, first: t(way, { n }), target }
}

/** The way as one says it: 10 metres, 45 metres, 320 metres, 1.8 kilometres. */
function windWords(towards: number, far: number): string {
  const word = t(`wind.${wind(towards)}` as 'wind.0')
  if (far >= 1000) return t('over.goKilometres', { wind: word, n: far < 10_000 ? (far / 1000).toFixed(1) : Math.round(far / 1000) })
  const step = far < 20 ? 1 : far < 100 ? 5 : 10
  return t('over.go', { wind: word, n: Math.round(far / step) * step })
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
