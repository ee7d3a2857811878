import { reactive, ref } from 'vue'

/** What the phone tells of how it is held; null where it tells nothing. Degrees. */
export const held = reactive({
  /** Clockwise from north, of the camera's view. */
  heading: null as number | null,
  /** Sideways tilt, 0 = level. */
  roll: null as number | null,
})

/** Whether a tap may still bring the compass: iOS gives it only after a question. */
export const askable = ref(typeof asker() === 'function')

interface AppleOrientation extends DeviceOrientationEvent {
  webkitCompassHeading?: number
}

let users = 0

/** Follow the sensors while a camera screen is open. Call the result to stop. */
export function followSensors(): () => void {
  users += 1
  if (users === 1) {
    window.addEventListener('deviceorientationabsolute', take as EventListener)
    window.addEventListener('deviceorientation', take)
  }
  return () => {
    users -= 1
    if (users > 0) return
    window.removeEventListener('deviceorientationabsolute', take as EventListener)
    window.removeEventListener('deviceorientation', take)
    held.heading = null
    held.roll = null
  }
}

function take(event: DeviceOrientationEvent): void {
  const apple = (event as AppleOrientation).webkitCompassHeading
  const turned = screenTurn()
  // Apple's is of the phone's upper edge, which in landscape lies to the side of what the camera sees.
  if (typeof apple === 'number' && Number.isFinite(apple)) held.heading = Math.round(apple + turned) % 360
  else if (event.absolute && event.alpha !== null && event.beta !== null && event.gamma !== null)
    held.heading = Math.round(compass(event.alpha, event.beta, event.gamma))
  if (event.gamma !== null && event.beta !== null) held.roll = Math.round(rollOf(event.beta, event.gamma, turned))
}

/** How far the picture is turned against the phone: 0 upright, 90 or 270 in landscape. */
function screenTurn(): number {
  return screen.orientation?.angle ?? (((window as { orientation?: number }).orientation ?? 0) + 360) % 360
}

const RAD = Math.PI / 180

/** Heading of the back camera from the three angles of the W3C's Z-X'-Y'' turn. */
export function compass(alpha: number, beta: number, gamma: number): number {
  const [a, b, c] = [alpha * RAD, beta * RAD, gamma * RAD]
  const x = -Math.cos(a) * Math.sin(c) - Math.sin(a) * Math.sin(b) * Math.cos(c)
  const y = -Math.sin(a) * Math.sin(c) + Math.cos(a) * Math.sin(b) * Math.cos(c)
  return (Math.atan2(x, y) / RAD + 360) % 360
}

/** Tilt of the picture's horizon for an upright phone: gravity's angle in the plane of the screen, as the screen is turned. */
export function rollOf(beta: number, gamma: number, turned = 0): number {
  const x = Math.cos(beta * RAD) * Math.sin(gamma * RAD)
  const y = Math.sin(beta * RAD)
  const roll = Math.atan2(x, y) / RAD + turned
  return roll > 180 ? roll - 360 : roll
}

function asker(): (() => Promise<string>) | undefined {
  return (globalThis.DeviceOrientationEvent as unknown as { requestPermission?: () => Promise<string> } | undefined)?.requestPermission
}

/** iOS gives its sensors only after a question that a tap may ask; asked once, it answers the same again. */
export async function askSensors(): Promise<void> {
  const answer = await asker()?.call(DeviceOrientationEvent).catch(() => undefined)
  if (answer) askable.value = false
}
