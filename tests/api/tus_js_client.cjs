// tus-js-client as another program would use it: reads an order from its standard input, prints what came of it as JSON.
// node tus_js_client.cjs FOLDER_OF_THE_CLIENT < order.json
const { createRequire } = require('node:module')
const { createHash } = require('node:crypto')
const { readFileSync } = require('node:fs')
const path = require('node:path')

const tus = createRequire(path.join(process.argv[2], 'package.json'))('tus-js-client')
const order = JSON.parse(readFileSync(0, 'utf8'))
const bytes = Buffer.from(order.base64, 'base64')

/** Send, from `url` on if there is one; stop once `stopAt` bytes are acknowledged. */
function send(url, stopAt) {
  const requests = []
  return new Promise((resolve) => {
    const told = (outcome) => resolve({ outcome, url: upload.url, requests })
    const upload = new tus.Upload(bytes, {
      endpoint: order.endpoint,
      uploadUrl: url,
      metadata: order.metadata,
      headers: order.headers,
      chunkSize: order.chunk ?? Number.POSITIVE_INFINITY,
      retryDelays: null,
      overridePatchMethod: order.override ?? false,
      uploadDataDuringCreation: false,
      onBeforeRequest: (request) => {
        if (request.getMethod() === 'PATCH' && order.spoilChecksum) {
          request.setHeader('Upload-Checksum', `sha256 ${createHash('sha256').update('other bytes').digest('base64')}`)
        }
      },
      onAfterResponse: (request, response) => {
        requests.push([request.getMethod(), response.getStatus(), response.getHeader('Upload-Offset') ?? null])
      },
      onChunkComplete: (_size, accepted) => {
        if (stopAt && accepted >= stopAt) upload.abort().then(() => told('stopped'))
      },
      onSuccess: () => told('done'),
      onError: (error) => told(`refused ${error.originalResponse?.getStatus() ?? error.message}`),
    })
    upload.start()
  })
}

async function main() {
  const first = await send(order.url ?? null, order.stopAt)
  const second = order.stopAt ? await send(first.url) : null
  if (order.terminate) await tus.Upload.terminate(first.url, { headers: order.headers, retryDelays: null })
  process.stdout.write(JSON.stringify({ first, second }))
}

main()
