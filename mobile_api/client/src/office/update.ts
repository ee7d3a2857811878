import { ref } from 'vue'
import { registerSW } from 'virtual:pwa-register'

/** A new version waits until the person says so: nothing is reloaded under a shutter. */
export const updateWaiting = ref(false)

let update: ((reload?: boolean) => Promise<void>) | null = null

export function registerWorker(): void {
  if (!('serviceWorker' in navigator)) return
  update = registerSW({
    immediate: true,
    onNeedRefresh: () => {
      updateWaiting.value = true
    },
  })
}

export async function applyUpdate(): Promise<void> {
  // The library reloads when the new worker takes over; a page that no worker controls yet would wait for ever.
  window.setTimeout(() => window.location.reload(), 3000)
  await update?.(true)
}
