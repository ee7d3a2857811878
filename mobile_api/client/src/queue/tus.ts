import { DetailedError, type HttpRequest, type HttpResponse, type HttpStack, Upload } from 'tus-js-client'

import { sha256Base64 } from '../capture/digest'
import { theStore } from '../store/database'
import type { PhotoRow, SessionRow, TroubleKind } from '../store/shapes'
import { language } from '../words/language'
import { type Answer, judge, PHONE_TIME, phoneTime } from './call'

export const UPLOADS = '/api/v1/uploads/'
const CHUNK_BYTES = 512 * 1024
const CHUNK_TIMEOUT_MS = 180_000

/** Raised inside the stack for answers that no tus server gives, with what they mean. */
class Judged extends Error {
  constructor(readonly answer: Answer) {
    super(`judged: ${answer.kind}`)
  }
}

/**
 * tus over fetch, so that page and service worker send alike. Each chunk carries its SHA-256, and an answer without
 * `Tus-Resumable` did not come from our server.
 */
class FetchStack implements HttpStack {
  /** What the last bad answer meant; tus-js-client hides the cause of an error in several wrappings. */
  judged: Answer | null = null

  getName(): string {
    return 'FetchStack'
  }

  createRequest(method: string, url: string): HttpRequest {
    const headers: Record<string, string> = {}
    const stop = new AbortController()
    return {
      getMethod: () => method,
      getURL: () => url,
      setHeader: (name, value) => {
        headers[name] = value
      },
      getHeader: (name) => headers[name],
      setProgressHandler: () => undefined,
      abort: async () => stop.abort(),
      getUnderlyingObject: () => null,
      send: async (body: Blob | undefined) => {
        const bytes = body ? await body.arrayBuffer() : undefined
        if (bytes && method === 'PATCH') headers['Upload-Checksum'] = `sha256 ${await sha256Base64(bytes)}`
        if (method === 'POST') headers[PHONE_TIME] = phoneTime()
        const timer = setTimeout(() => stop.abort(), CHUNK_TIMEOUT_MS)
        let response: Response
        let text: string
        try {
          response = await fetch(url, {
            method,
            headers,
            body: bytes,
            signal: stop.signal,
            redirect: 'manual',
            cache: 'no-store',
            credentials: 'omit',
          })
          text = await response.text()
        } catch {
          this.judged = again('network', null)
          throw new Judged(this.judged)
        } finally {
          clearTimeout(timer)
        }
        const ours = response.headers.has('Tus-Resumable')
        if (!(response.ok && ours)) {
          const answer = await judge(response, text)
          // A 200 without the protocol's header is a page from in between.
          this.judged =
            answer.kind === 'ok' || answer.kind === 'unchanged' ? again('portal', response.status) : answer
        } else this.judged = null
        return asTusResponse(response, text)
      },
    }
  }
}

function asTusResponse(response: Response, text: string): HttpResponse {
  const trusted = response.headers.has('Tus-Resumable')
  return {
    // An answer from in between must not look like success to the library.
    getStatus: () => (response.ok && !trusted ? 502 : response.status),
    getHeader: (name) => response.headers.get(name) ?? undefined,
    getBody: () => text,
    getUnderlyingObject: () => response,
  }
}

export type TusEnd = { kind: 'done' } | { kind: 'no_tus' } | { kind: 'failed'; answer: Answer }

/** Send one photo's bytes from where the server stands. The address and the byte reached are kept after each chunk. */
export async function uploadByTus(session: SessionRow, row: PhotoRow, bytes: ArrayBuffer): Promise<TusEnd> {
  const end = await upload(session, row, bytes)
  // The server gave an upload that it knew already and that stands further on: ask where, and go on from there, once.
  return end.kind === 'elsewhere' ? await upload(session, { ...row, uploadUrl: end.url }, bytes).then(settle) : settle(end)
}

function settle(end: UploadEnd): TusEnd {
  return end.kind === 'elsewhere' ? { kind: 'failed', answer: again('truncated', 409) } : end
}

const again = (why: TroubleKind, status: number | null): Answer => ({ kind: 'again', trouble: { why, words: '', status }, retryAfterMs: 0 })

type UploadEnd = TusEnd | { kind: 'elsewhere'; url: string }

async function upload(session: SessionRow, row: PhotoRow, bytes: ArrayBuffer): Promise<UploadEnd> {
  const store = theStore()
  const stack = new FetchStack()
  // Notes of address and byte are written in turn, and all of them before the end is told.
  let writes: Promise<unknown> = Promise.resolve()
  const keep = (change: Partial<PhotoRow>) => {
    writes = writes.then(() => store.photos.update(row.uuid, { ...change, state: 'sending' }))
  }
  const end = await new Promise<UploadEnd>((resolve) => {
    const sending = new Upload(new Blob([bytes]), {
      endpoint: UPLOADS,
      uploadUrl: row.uploadUrl || null,
      uploadSize: bytes.byteLength,
      chunkSize: CHUNK_BYTES,
      metadata: photoFields(row),
      headers: { Authorization: `Token ${session.token}`, 'Accept-Language': language() },
      httpStack: stack,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        if (sending.url) keep({ uploadUrl: sending.url })
      },
      onChunkComplete: (_size, accepted) => {
        keep({ sentBytes: accepted })
      },
      onSuccess: () => resolve({ kind: 'done' }),
      onError: (error) => {
        const status = error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? null) : null
        const method = error instanceof DetailedError ? error.originalRequest?.getMethod() : ''
        // tus-js-client speaks POST only to the endpoint itself: a 404 there means that there is no such door.
        if (method === 'POST' && (status === 404 || status === 405)) return resolve({ kind: 'no_tus' })
        if (method === 'PATCH' && (status === 409 || status === 423) && sending.url) {
          return resolve({ kind: 'elsewhere', url: sending.url })
        }
        // Expired between two chunks: a new upload.
        if (method === 'PATCH' && (status === 404 || status === 410)) return resolve({ kind: 'failed', answer: { kind: 'fresh' } })
        resolve({ kind: 'failed', answer: stack.judged ?? again('truncated', status) })
      },
    })
    sending.start()
  })
  await writes
  return end
}

/** The fields of `PUT /photos/{uuid}`, which are tus' metadata too. Empty ones are left out. */
export function photoFields(row: PhotoRow): Record<string, string> {
  const at = row.fix
  const fields: Record<string, string | null> = {
    photo: row.uuid,
    sha256: row.sha256,
    stage: row.stage,
    site: row.site,
    captured_at: row.capturedAt,
    source: row.source,
    location: at ? `${at.lon},${at.lat}` : null,
    accuracy_m: at ? String(at.accuracy_m) : null,
    heading: row.heading === null ? null : String(row.heading),
    filename: row.filename,
    statement: row.statement,
    signature: row.statement ? row.signature : null,
  }
  return Object.fromEntries(Object.entries(fields).filter((pair): pair is [string, string] => Boolean(pair[1])))
}
