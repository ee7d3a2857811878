import { computed, onMounted, onScopeDispose, ref, type Ref } from 'vue'

import { lookAtSpace } from '../office/running'
import { session } from '../office/session'
import { useLive } from '../parts/live'
import { freeConfirmed } from '../queue/freeing'
import { draftPhotos } from '../queue/submit'
import { isFull } from '../store/database'
import type { PhotoRow, Stage } from '../store/shapes'
import { t, type Word } from '../words'
import { camera, imageType, openCamera, takePicture } from './camera'
import { MOST_PHOTOS } from './drafts'
import { fixAtShutter, followPosition } from './position'
import { askSensors, followSensors, held } from './sensors'
import { keepShot, NotKept, type Shot } from './shutter'

export { MOST_PHOTOS }
const LARGEST_BYTES = 60 * 1024 * 1024

export interface Shooting {
  /** Of the place that is being shot; of a draft with one place, all of them. */
  photos: Ref<PhotoRow[]>
  keeping: Ref<boolean>
  failure: Ref<string>
  kept: Ref<number>
  shoot: () => Promise<void>
  choose: (event: Event, source: 'camera' | 'library') => Promise<void>
  reopen: () => Promise<void>
}

/** What both camera screens do: one stream, the shutter's one step, files chosen or taken by the phone's own camera. */
export function useShooting(
  video: Ref<HTMLVideoElement | null>,
  draft: () => string,
  stage: () => Stage,
  site: () => string | null = () => null,
): Shooting {
  const keeping = ref(false)
  const failure = ref('')
  const kept = ref(0)
  const all = useLive<PhotoRow[]>(() => draftPhotos(session.person, draft()), [], () => [session.person, draft()])
  const photos = computed(() => all.value.filter((photo) => photo.site === site()))

  async function reopen(): Promise<void> {
    const stream = await openCamera()
    if (video.value && stream && video.value.srcObject !== stream) {
      video.value.srcObject = stream
      await video.value.play().catch(() => undefined)
    }
  }

  async function keep(shot: Omit<Shot, 'stage' | 'site' | 'draft'>): Promise<void> {
    const whole: Shot = { ...shot, stage: stage(), site: site(), draft: draft() }
    failure.value = ''
    try {
      try {
        await keepShot(whole, session.person)
      } catch (error) {
        // The store is full: let confirmed copies go before their seven days, then once more.
        if (!isFull(error) || (await freeConfirmed(session.person, Date.now(), true)) === 0) throw error
        await keepShot(whole, session.person)
      }
      kept.value = Date.now()
      navigator.vibrate?.(40)
      void lookAtSpace()
    } catch (error) {
      failure.value = t(failureWord(error))
    }
  }

  async function shoot(): Promise<void> {
    if (keeping.value || !video.value || photos.value.length >= MOST_PHOTOS) return
    keeping.value = true
    failure.value = ''
    try {
      const takenAt = Date.now()
      const fix = fixAtShutter(takenAt)
      const heading = held.heading ?? fix?.heading ?? null
      const picture = await takePicture(video.value).catch(() => null)
      if (!picture) failure.value = t('shoot.failed.frame')
      else await keep({ ...picture, filename: `${takenAt}.jpg`, source: 'camera', fix, heading, takenAt })
      void askSensors()
    } finally {
      keeping.value = false
    }
  }

  /** A file may be unreadable seconds later: its bytes are copied here, inside the change handler. */
  async function choose(event: Event, source: 'camera' | 'library'): Promise<void> {
    const input = event.target as HTMLInputElement
    const files = [...(input.files ?? [])].slice(0, MOST_PHOTOS - photos.value.length)
    const copies = files.map((file) => ({ file, bytes: file.arrayBuffer().catch(() => null) }))
    keeping.value = true
    failure.value = ''
    try {
      for (const { file, bytes: copy } of copies) {
        const bytes = await copy
        const type = bytes && imageType(bytes)
        if (!bytes) failure.value = t('shoot.failed.unreadable')
        else if (bytes.byteLength === 0) failure.value = t('shoot.failed.empty')
        else if (!type) failure.value = t('shoot.failed.type')
        else if (bytes.byteLength > LARGEST_BYTES) failure.value = t('shoot.failed.large')
        else {
          const now = Date.now()
          // A page cannot tell a camera app from a gallery, so what comes through a file input counts as chosen.
          const fix = source === 'camera' ? fixAtShutter(now) : null
          await keep({ bytes, type, filename: file.name, source: 'library', fix, heading: null, takenAt: file.lastModified || now })
        }
      }
    } finally {
      keeping.value = false
      input.value = ''
    }
  }

  let stopPosition = () => {}
  let stopSensors = () => {}
  const back = () => {
    // The stream may have died in the background.
    if (document.visibilityState === 'visible') void reopen()
  }
  onMounted(() => {
    stopPosition = followPosition()
    stopSensors = followSensors()
    document.addEventListener('visibilitychange', back)
    void reopen()
  })
  onScopeDispose(() => {
    stopPosition()
    stopSensors()
    document.removeEventListener('visibilitychange', back)
  })
  return { photos, keeping, failure, kept, shoot, choose, reopen }
}

function failureWord(error: unknown): Word {
  if (isFull(error)) return 'shoot.failed.full'
  if (error instanceof NotKept) return error.message === 'empty' ? 'shoot.failed.empty' : 'shoot.failed.changed'
  return 'shoot.failed.store'
}

export const cameraTrouble = (): { title: Word; help: Word } | null => {
  const { state } = camera
  if (state === 'live' || state === 'starting') return null
  return { title: `shoot.camera.${state}`, help: `shoot.camera.${state}Help` }
}
