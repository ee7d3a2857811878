import { computed } from 'vue'

import { book } from '../office/book'
import { farFromAll } from '../places/areas'
import { t } from '../words'
import { age, metres } from '../words/figures'
import { fixAgeMs, FRESH_MS, GOOD_M, position, ROUGH_M, TOO_OLD_MS } from './position'

/** So far from every area a position is no error of the boundary's or the map's, but another place. */
const ABROAD_M = 2_000

const abroad = computed(() => position.fix !== null && farFromAll([position.fix.lon, position.fix.lat], book.areas, ABROAD_M))

export interface PositionLine {
  tone: 'steady' | 'unsure'
  head: string
  rest: string
}

/** The line under the picture: accuracy first, amber with words when it is worse than 30 m, abroad, old, or not there. */
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
  const old = fixAgeMs(now)
  if (fix.accuracy_m > ROUGH_M) return { tone: 'unsure', head: '', rest: t('shoot.position.coarse', { n: metres(fix.accuracy_m) }) }
  if (fix.accuracy_m > GOOD_M) return { tone: 'unsure', head, rest: t('shoot.position.rough') }
  if (old > TOO_OLD_MS) return { tone: 'unsure', head, rest: t('shoot.position.tooOld', { age: age(old) }) }
  if (abroad.value) return { tone: 'unsure', head, rest: t('shoot.position.abroad') }
  if (old > 120_000) return { tone: 'unsure', head, rest: t('shoot.position.older', { age: age(old) }) }
  if (old > FRESH_MS) return { tone: 'unsure', head, rest: t('shoot.position.old', { n: Math.round(old / 10_000) * 10 }) }
  return { tone: 'steady', head, rest: coordinates(fix.lon, fix.lat) }
}

export function coordinates(lon: number, lat: number): string {
  return `${Math.abs(lon).toFixed(4)}${lon < 0 ? 'W' : 'E'} ${Math.abs(lat).toFixed(4)}${lat < 0 ? 'S' : 'N'}`
}
