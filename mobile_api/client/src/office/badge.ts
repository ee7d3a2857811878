interface Badge {
  setAppBadge?: (n: number) => Promise<void>
  clearAppBadge?: () => Promise<void>
}

let shown = -1

/** On the icon of the home screen, where the system shows such a number: what is unread and what needs this person. */
export function showBadge(n: number): void {
  if (n === shown) return
  shown = n
  const badge = navigator as Badge
  const done = n > 0 ? badge.setAppBadge?.(n) : badge.clearAppBadge?.()
  void done?.catch(() => undefined)
}
