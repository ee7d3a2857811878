/// <reference lib="webworker" />
import { addPlugins, cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

import { loadClock } from './office/clock'
import { sendQueue } from './queue/engine'
import { readSetting, theStore } from './store/database'
import { type Language, setLanguage } from './words/language'

declare const self: ServiceWorkerGlobalScope

interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

// A server that answers "Vary: Accept-Language" would make the kept shell unfindable for a request that carries the header:
// the shell is looked up by its address alone.
addPlugins([{ cacheKeyWillBeUsed: async ({ request, mode }) => (mode === 'read' ? request.url : request) }])

// The shell, and nothing else: no answer of the API is ever kept or made up here.
precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { allowlist: [/^\/m\//] }))

self.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})

// Background Sync, where there is one: the same engine as in the page, under the same lock.
self.addEventListener('sync', (event) => {
  const sync = event as SyncEvent
  if (sync.tag === 'xungai-queue') sync.waitUntil(sendInBackground())
})

async function sendInBackground(): Promise<void> {
  await theStore().open()
  setLanguage((await readSetting<Language>('language')) ?? 'zh')
  await loadClock()
  const person = await readSetting<string>('person')
  if (!person) return
  const end = await sendQueue(person, true)
  // The browser tries again later when this fails.
  if (end === 'no_network') throw new Error('no network')
}
