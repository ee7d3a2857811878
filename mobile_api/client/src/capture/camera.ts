import { reactive } from 'vue'

export type CameraState = 'starting' | 'live' | 'denied' | 'missing' | 'busy' | 'insecure'

/** The one stream of this session: iOS asks again for each, and opening it twice leaks. `ended` counts those that were taken away. */
export const camera = reactive({ state: 'starting' as CameraState, torch: null as boolean | null, ended: 0 })

let stream: MediaStream | null = null

interface TorchCapabilities extends MediaTrackCapabilities {
  torch?: boolean
}

let opening: Promise<MediaStream | null> | null = null

/**
 * Open the back camera, or hand back the stream that still lives. The front camera is never asked for. Two who ask at once, as
 * at a start that the permission's question takes out of view, get the same stream: a second one would leak.
 */
export async function openCamera(): Promise<MediaStream | null> {
  opening ??= openOnce().finally(() => {
    opening = null
  })
  return opening
}

async function openOnce(): Promise<MediaStream | null> {
  const track = stream?.getVideoTracks()[0]
  if (track?.readyState === 'live' && (await livesAgain(track))) {
    camera.state = 'live'
    return stream
  }
  closeCamera()
  if (!navigator.mediaDevices?.getUserMedia) {
    camera.state = window.isSecureContext ? 'missing' : 'insecure'
    return null
  }
  camera.state = 'starting'
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 4096 }, height: { ideal: 3072 } },
    })
    const fresh = stream.getVideoTracks()[0]
    if (fresh) watchTrack(fresh)
    const can = fresh?.getCapabilities?.() as TorchCapabilities | undefined
    camera.torch = can?.torch ? false : null
    camera.state = 'live'
    return stream
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    camera.state =
      name === 'NotAllowedError' || name === 'SecurityError'
        ? 'denied'
        : name === 'NotReadableError' || name === 'AbortError'
          ? 'busy'
          : 'missing'
    return null
  }
}

const MUTED_MS = 1_500

/** Whether a track that iOS muted in the background brings pictures again within a moment; opening another one too soon leaks. */
async function livesAgain(track: MediaStreamTrack): Promise<boolean> {
  if (track.muted)
    await new Promise<void>((resolve) => {
      track.addEventListener('unmute', () => resolve(), { once: true })
      setTimeout(resolve, MUTED_MS)
    })
  return track.readyState === 'live' && !track.muted
}

/** A camera that another app took shows black or the last picture: that must not be shot as if it were now. */
function watchTrack(track: MediaStreamTrack): void {
  const mine = () => stream?.getVideoTracks()[0] === track
  track.addEventListener('ended', () => {
    if (!mine()) return
    camera.state = 'busy'
    camera.ended += 1
  })
  track.addEventListener('mute', () => {
    setTimeout(() => {
      if (mine() && track.muted && camera.state === 'live') camera.state = 'busy'
    }, MUTED_MS)
  })
  track.addEventListener('unmute', () => {
    if (mine() && track.readyState === 'live') camera.state = 'live'
  })
}

export function closeCamera(): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
  stream = null
}

export async function switchTorch(): Promise<void> {
  const track = stream?.getVideoTracks()[0]
  if (!track || camera.torch === null) return
  const on = !camera.torch
  await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).then(
    () => {
      camera.torch = on
    },
    () => {
      camera.torch = null
    },
  )
}

interface StillCamera {
  takePhoto(): Promise<Blob>
}
declare const ImageCapture: (new (track: MediaStreamTrack) => StillCamera) | undefined

const STILL_TIMEOUT_MS = 3_000

/**
 * One picture as JPEG bytes: the sensor's full resolution where the browser gives it, else the frame that is seen. A still
 * that is no JPEG (some give PNG) falls back to the frame too. Nothing is drawn upon it.
 */
export async function takePicture(video: HTMLVideoElement): Promise<{ bytes: ArrayBuffer; type: string }> {
  const track = stream?.getVideoTracks()[0]
  if (track && typeof ImageCapture !== 'undefined') {
    try {
      const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), STILL_TIMEOUT_MS))
      const blob = await Promise.race([new ImageCapture(track).takePhoto(), late])
      const bytes = await blob.arrayBuffer()
      if (isJpeg(bytes)) return { bytes, type: 'image/jpeg' }
    } catch {
      // The frame will do.
    }
  }
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  const pen = canvas.getContext('2d')
  if (!pen || !canvas.width) throw new Error('no frame')
  pen.drawImage(video, 0, 0)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
  canvas.width = 0 // iOS keeps a canvas' memory until it is emptied
  if (!blob) throw new Error('no picture')
  return { bytes: await blob.arrayBuffer(), type: 'image/jpeg' }
}

function isJpeg(bytes: ArrayBuffer): boolean {
  const head = new Uint8Array(bytes, 0, Math.min(3, bytes.byteLength))
  return head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff
}

/** The image type that the first bytes tell, whatever a file's name says; null for what is no picture we know. */
export function imageType(bytes: ArrayBuffer): string | null {
  const head = new Uint8Array(bytes, 0, Math.min(16, bytes.byteLength))
  const word = String.fromCharCode(...head)
  if (isJpeg(bytes)) return 'image/jpeg'
  if (word.startsWith('\x89PNG')) return 'image/png'
  if (word.startsWith('RIFF') && word.slice(8, 12) === 'WEBP') return 'image/webp'
  if (word.slice(4, 8) === 'ftyp') return /^(heic|heix|hevc|hevx|heim|heis)/.test(word.slice(8, 12)) ? 'image/heic' : /^(mif1|msf1|heif)/.test(word.slice(8, 12)) ? 'image/heif' : null
  return null
}
