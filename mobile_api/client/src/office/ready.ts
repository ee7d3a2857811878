import { reactive } from 'vue'

import { camera } from '../capture/camera'
import { position, ROUGH_M } from '../capture/position'
import { theStore } from '../store/database'
import { t, type Word } from '../words'
import { apart } from '../words/figures'
import { clockOffsetMs, loadClock } from './clock'
import { session } from './session'
import { space } from '../queue/freeing'

const ENOUGH_BYTES = 200 * 1024 * 1024
const PHOTO_BYTES = 4 * 1024 * 1024
const CLOCK_MS = 120_000

export interface ReadyLine {
  name: Word
  ok: boolean
  /** Only the store stops work; everything else costs something and says what. */
  stops?: boolean
  words: string
}

export const ready = reactive({ lines: [] as ReadyLine[], checked: false })

/** Look at everything a day in the field needs. Asks for lasting storage, which browsers grant by their own lights. */
export async function checkReady(): Promise<void> {
  const persisted = await lasting()
  const free = await space()
  const left = free ? free.quotaBytes - free.usedBytes : null
  const key = session.person ? await theStore().keys.get(session.person).catch(() => undefined) : undefined
  await loadClock()
  const off = clockOffsetMs()
  const offline = await opensOffline()
  const lines: (ReadyLine | null)[] = [
    { name: 'ready.store', ok: await storeWorks(), stops: true, words: t('ready.storeBad') },
    { name: 'ready.installed', ok: isInstalled(), words: t('ready.installedBad') },
    { name: 'ready.offline', ok: offline, words: t('ready.offlineBad') },
    { name: 'ready.persist', ok: persisted, words: t('ready.persistBad') },
    left === null
      ? null
      : {
          name: 'ready.space',
          ok: left >= ENOUGH_BYTES,
          words: t(left >= ENOUGH_BYTES ? 'ready.spaceOk' : 'ready.spaceBad', { n: Math.round(left / 1048576), m: Math.floor(left / PHOTO_BYTES) }),
        },
    { name: 'ready.camera', ok: camera.state === 'live' || camera.state === 'starting', words: t('ready.cameraBad') },
    {
      name: 'ready.position',
      ok: position.state === 'waiting' || (position.fix !== null && position.fix.accuracy_m <= ROUGH_M),
      words: t('ready.positionBad'),
    },
    { name: 'ready.key', ok: Boolean(key?.device), words: t('ready.keyBad') },
    off === null
      ? null
      : {
          name: 'ready.clock',
          ok: Math.abs(off) < CLOCK_MS,
          words:
            Math.abs(off) < CLOCK_MS
              ? t('ready.clockOk', { n: Math.round(Math.abs(off) / 1000) })
              : t('ready.clockBad', { n: apart(Math.abs(off)) }),
        },
    inContainer() ? { name: 'ready.container', ok: false, words: t('ready.containerBad') } : null,
  ]
  ready.lines = lines.filter((line): line is ReadyLine => line !== null)
  ready.checked = true
}

export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true
}

export function isApple(): boolean {
  return /iPhone|iPad|iPod/.test(navigator.userAgent)
}

/** Inside WeChat and the like: no installation, and no reliable service worker. */
export function inContainer(agent = navigator.userAgent): boolean {
  return /MicroMessenger|DingTalk|wxwork|Weibo|QQ\/|AlipayClient/i.test(agent)
}

async function lasting(): Promise<boolean> {
  try {
    return (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false
  } catch {
    return false
  }
}

async function storeWorks(): Promise<boolean> {
  try {
    await theStore().settings.put({ key: 'probe', value: Date.now() })
    return (await theStore().settings.get('probe')) !== undefined
  } catch {
    return false
  }
}

async function opensOffline(): Promise<boolean> {
  try {
    const registration = await navigator.serviceWorker?.getRegistration('/m/')
    return Boolean(registration?.active)
  } catch {
    return false
  }
}
