import { ROUGH_M } from '../capture/position'
import type { Position } from '../places/geometry'
import type { Fix, PhotoRow } from '../store/shapes'

/** Within this long after its photo was taken the inspector still stands where it was taken. */
export const STANDING_MS = 10 * 60_000

/** Why a place is not taken as known: chosen photos, photos without a position, or a position that is kilometres off. */
export type Ask = '' | 'library' | 'late' | 'rough'

export interface PlaceRead {
  /** The position that is taken for this place's, good enough to name a town by. */
  fix: Fix | null
  /** A rough one: drawn as a ring, and nothing is said by it. */
  rough: Fix | null
  /** Where the inspector stands, offered and never taken silently. */
  proposed: Position | null
  ask: Ask
}

export const placeOf = (fix: Fix | null): Position | null => (fix ? [fix.lon, fix.lat] : null)
export const goodFix = (fix: Fix | null): Fix | null => (fix && fix.accuracy_m <= ROUGH_M ? fix : null)

/**
 * Where the photos of one place of a report say that it is. The standing place counts for the first place alone (`canStand`), and only
 * when nothing was photographed or the camera was used here a moment ago (`since`): photos from the library may be from elsewhere.
 */
export function readPlace(photos: Pick<PhotoRow, 'fix' | 'source' | 'createdAt'>[], standing: Fix | null, canStand: boolean, since: number): PlaceRead {
  const known = photos.find((photo) => goodFix(photo.fix))?.fix ?? null
  const here = goodFix(standing)
  if (known) return { fix: known, rough: null, proposed: null, ask: '' }
  const stillThere = canStand && (!photos.length || photos.some((photo) => photo.source === 'camera' && photo.createdAt >= since))
  if (here && stillThere) return { fix: here, rough: null, proposed: null, ask: '' }
  const rough = photos.find((photo) => photo.fix)?.fix ?? (stillThere ? standing : null)
  if (rough) return { fix: null, rough, proposed: null, ask: 'rough' }
  const ask = photos.length && photos.every((photo) => photo.source === 'library') ? 'library' : photos.length && !stillThere ? 'late' : ''
  return { fix: null, rough: null, proposed: ask ? placeOf(here) : null, ask }
}
