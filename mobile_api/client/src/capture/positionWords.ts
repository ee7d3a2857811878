import { metres } from '../words/figures'
import { t } from '../words'
import { FRESH_MS, GOOD_M, position, ROUGH_M } from './position'

export interface PositionLine {
  tone: 'steady' | 'unsure'
  head: string
  rest: string
}

/** The line under the picture: accuracy first, amber with words when it is worse than 30 m, old, or not there. */
export function positionLine(now: number): PositionLine {
  const { fix, state } = position
  if (!fix) {
    const words = {
      waiting: 'shoot.position.waiting',
      denied: 'shoot.position.denied',
      unavailable: 'shoot.position.unavailable',
      none: 'shoot.position.none',
      found: 'shoot.position.waiting',
    } as const
    return { tone: 'unsure', head: t(words[state]), rest: '' }
  }
  const head = `±${metres(fix.accuracy_m)}`
  const age = now - position.fixMs
  if (fix.accuracy_m > ROUGH_M) return { tone: 'unsure', head: '', rest: t('shoot.position.coarse', { n: metres(fix.accuracy_m) }) }
  if (fix.accuracy_m > GOOD_M) return { tone: 'unsure', head, rest: t('shoot.position.rough') }
  if (age > FRESH_MS) return { tone: 'unsure', head, rest: t('shoot.position.old', { n: Math.round(age / 1000) }) }
  return { tone: 'steady', head, rest: coordinates(fix.lon, fix.lat) }
}

export function coordinates(lon: number, lat: number): string {
  return `${Math.abs(lon).toFixed(4)}${lon < 0 ? 'W' : 'E'} ${Math.abs(lat).toFixed(4)}${lat < 0 ? 'S' : 'N'}`
}
