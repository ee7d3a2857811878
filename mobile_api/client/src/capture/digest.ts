const text = new TextEncoder()

export function utf8(value: string): Uint8Array<ArrayBuffer> {
  return text.encode(value)
}

/** SHA-256 as lower-case hex, of bytes or of a text's UTF-8 bytes. */
export async function sha256Hex(data: ArrayBuffer | Uint8Array<ArrayBuffer> | string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', typeof data === 'string' ? utf8(data) : data))
}

export async function sha256Base64(data: ArrayBuffer): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', data)))
}

export function toHex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
