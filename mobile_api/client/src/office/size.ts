import { ref } from 'vue'

import { writeSetting } from '../store/database'

export type Size = '1' | '2' | '3'

/** Size of the type, on top of the browser's own. */
export const size = ref<Size>('1')

export function showSize(to: Size): void {
  size.value = to
  document.documentElement.dataset.size = to
}

export async function chooseSize(to: Size): Promise<void> {
  showSize(to)
  await writeSetting('size', to)
}

const NARROW_REM = 18

/**
 * Mark the page as narrow when few letters fit across, because the screen is small or the type is large, whoever made it so.
 * A probe one rem wide tells of every change; queries of a container's width do not follow a later change of the type.
 */
export function watchWidth(): void {
  const probe = document.createElement('span')
  probe.style.cssText = 'position:absolute;visibility:hidden;width:1rem;height:1px;top:0;left:0'
  probe.setAttribute('aria-hidden', 'true')
  document.body.append(probe)
  const look = () => {
    const rem = probe.getBoundingClientRect().width || 16
    document.documentElement.toggleAttribute('data-narrow', window.innerWidth / rem < NARROW_REM)
  }
  new ResizeObserver(look).observe(probe)
  window.addEventListener('resize', look)
  look()
}
