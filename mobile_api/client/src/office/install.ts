import { shallowRef } from 'vue'

interface InstallEvent extends Event {
  prompt(): Promise<void>
}

/** The browser's own offer to install, where it makes one; kept for the button. */
export const installPrompt = shallowRef<InstallEvent | null>(null)

export function listenForInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    installPrompt.value = event as InstallEvent
  })
  window.addEventListener('appinstalled', () => {
    installPrompt.value = null
  })
}
