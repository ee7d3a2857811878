import { computed, onMounted, onScopeDispose, ref, type Ref, watch } from 'vue'

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
import { chosenWords, type Lost, whyLost } from './keptWords'
import { keepShot, type Shot } from './shutter'

const LARGEST_BYTES = 60 * 1024 * 1024

export interface Shooting {
  /** Of the place that is being shot; of a draft with one place, all of them. */
  photos: Ref<PhotoRow[]>
  keeping: Ref<boolean>
  failure: Ref<string>
  kept: Ref<number>
  /** The phone's clock, each second. */
  now: Ref<number>
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
  const now = ref(Date.now())
  const all = useLive<PhotoRow[]>(() => draftPhotos(session.person, draft()), [], () => [session.person, draft()])
  const photos = computed(() => all.value.filter((photo) => photo.site === site()))

  async function reopen(): Promise<void> {
    const stream = await openCamera()
    if (!video.value || !stream) return
    if (video.value.srcObject !== stream) video.value.srcObject = stream
    // iOS pauses the picture in the background and leaves it so.
    if (video.value.paused) await video.value.play().catch(() => undefined)
  }

  /** Null when it is stored, else why it is not. */
  async function keep(shot: Omit<Shot, 'stage' | 'site' | 'draft'>): Promise<Lost | null> {
    const whole: Shot = { ...shot, stage: stage(), site: site(), draft: draft() }
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
      return null
    } catch (error) {
      return whyLost(error)
    }
  }

  async function shoot(): Promise<void> {
    if (keeping.value || !video.value || photos.value.length >= MOST_PHOTOS) return
    keeping.value = true
    failure.value = ''
    try {
      const takenAt = Date.now()
      const fix = fixAtShutter()
      // The fix's own heading is where the phone travels, not where the camera looks.
      const { heading } = held
      const picture = await takePicture(video.value).catch(() => null)
      if (!picture) failure.value = t('shoot.failed.frame')
      else {
        const lost = await keep({ ...picture, filename: `${takenAt}.jpg`, source: 'camera', fix, heading, takenAt })
        if (lost) failure.value = t(`shoot.failed.${lost}`)
      }
      void askSensors()
    } finally {
      keeping.value = false
    }
  }

  /** A file may be unreadable seconds later: its bytes are copied here, inside the change handler. */
  async function choose(event: Event, source: 'camera' | 'library'): Promise<void> {
    const input = event.target as HTMLInputElement
    const chosen = [...(input.files ?? [])]
    const files = chosen.slice(0, Math.max(0, MOST_PHOTOS - photos.value.length))
    const copies = files.map((file) => ({ file, bytes: file.arrayBuffer().catch(() => null) }))
    const lost: Lost[] = []
    keeping.value = true
    failure.value = ''
    try {
      for (const { file, bytes: copy } of copies) {
        const bytes = await copy
        const type = bytes && imageType(bytes)
        if (!bytes) lost.push('unreadable')
        else if (bytes.byteLength === 0) lost.push('empty')
        else if (!type) lost.push('type')
        else if (bytes.byteLength > LARGEST_BYTES) lost.push('large')
        else {
          // A page cannot tell a camera app from a gallery, so what comes through a file input counts as chosen.
          const fix = source === 'camera' ? fixAtShutter() : null
          const why = await keep({ bytes, type, filename: file.name, source: 'library', fix, heading: null, takenAt: file.lastModified || Date.now() })
          if (why) lost.push(why)
        }
      }
      failure.value = chosenWords(files.length - lost.length, lost, chosen.length - files.length)
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
  // The stream ended while somebody looks at it: once more by itself; in the background, on return.
  watch(
    () => camera.ended,
    () => back(),
  )
  let ticking = 0
  onMounted(() => {
    ticking = window.setInterval(() => {
      now.value = Date.now()
    }, 1000)
    stopPosition = followPosition()
    stopSensors = followSensors()
    document.addEventListener('visibilitychange', back)
    window.addEventListener('pageshow', back)
    void reopen()
  })
  onScopeDispose(() => {
    window.clearInterval(ticking)
    stopPosition()
    stopSensors()
    document.removeEventListener('visibilitychange', back)
    window.removeEventListener('pageshow', back)
  })
  return { photos, keeping, failure, kept, now, shoot, choose, reopen }
}

export const cameraTrouble = (): { title: Word; help: Word } | null => {
  const { state } = camera
  if (state === 'live' || state === 'starting') return null
  return { title: `shoot.camera.${state}`, help: `shoot.camera.${state}Help` }
}
