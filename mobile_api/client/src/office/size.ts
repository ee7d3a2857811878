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
