import type { Fix, PhotoSource } from '../store/shapes'
import { canonicalJson } from './canonical'
import { toBase64Url, utf8 } from './digest'

/** What a phone says of one shot. Times are the phone's own, uncorrected; positions WGS 84. */
export interface StatementFacts {
  device: string
  n: number
  previous: string | null
  sha256: string
  time: string
  fix: Fix | null
  heading: number | null
  person: string
  source: PhotoSource
  app: string
}

/** The statement's text, the very bytes that are signed, sent and chained. */
export function statementText(facts: StatementFacts): string {
  const { fix } = facts
  return canonicalJson({
    device: facts.device,
    n: facts.n,
    previous: facts.previous,
    sha256: facts.sha256,
    time: facts.time,
    position: fix ? { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, time: fix.time } : null,
    heading: facts.heading,
    person: facts.person,
    source: facts.source,
    app: facts.app,
  })
}

/** ES256 over the statement's bytes: r‖s, 64 bytes, base64url without padding. */
export async function signStatement(statement: string, key: CryptoKey): Promise<string> {
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, utf8(statement))
  return toBase64Url(new Uint8Array(signature))
}
