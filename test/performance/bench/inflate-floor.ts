import { createReadStream } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isMainThread, type MessagePort, parentPort, Worker } from 'node:worker_threads'
import { createGunzip } from 'node:zlib'

/**
 * The floor under reading an image: `node inflate-floor.ts LAYER…` inflates gzip files with Node's zlib, one thread
 * for each core, files in the order given, and drops what comes out.
 */
if (isMainThread) inflateAll(process.argv.slice(2))
else if (parentPort !== null) serve(parentPort)

function inflateAll(paths: string[]): void {
  for (let core = 0; core < availableParallelism(); core += 1) {
    const worker = new Worker(new URL(import.meta.url))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is no window
    const next = () => worker.postMessage(paths.shift())
    worker.on('message', next)
    next()
  }
}

function serve(port: MessagePort): void {
  port.on('message', (path: string | undefined) => {
    if (path === undefined) port.close()
    else
      createReadStream(path, { highWaterMark: 1024 * 1024 })
        .pipe(createGunzip({ chunkSize: 256 * 1024 }))
        .on('data', () => undefined)
        .on('end', () => port.postMessage('done'))
  })
}
