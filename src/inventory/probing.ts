import type { Analyser, Probe } from '#image/entry.ts'
import { Problem } from '#kit/errors.ts'
import type { ProbeNote } from './probe-notes.ts'

const headBytes = 64

/** What is known of a file before its content streams by. */
interface ProbedFile {
  readonly head: Uint8Array
  readonly sizeBytes: number
  readonly path: string
}

/** Several probes that watch one file. One that gives up leaves the others to it. */
export class Probing {
  readonly #probes: { readonly id: string; readonly probe: Probe; failure: string | undefined }[] = []

  constructor(analysers: readonly Analyser[], { head, sizeBytes, path }: ProbedFile) {
    for (const analyser of analysers) {
      const probe = analyser.probe(head, sizeBytes, path)
      if (probe !== undefined) this.#probes.push({ id: analyser.id, probe, failure: undefined })
    }
  }

  /** True when no probe likes the head. */
  get isIdle(): boolean {
    return this.#probes.length === 0
  }

  write(chunk: Uint8Array): void {
    for (const one of this.#probes) {
      if (one.failure === undefined) one.failure = failureOf(() => one.probe.write(chunk))
    }
  }

  end(): ProbeNote[] {
    return this.#probes.flatMap(({ id, probe, ...before }): ProbeNote[] => {
      let bytes: Buffer | undefined
      const failure =
        before.failure ??
        failureOf(() => {
          bytes = probe.end()
        })
      if (failure !== undefined) return [{ id, failure }]
      return bytes === undefined ? [] : [{ id, bytes }]
    })
  }
}

/** What probes make of a file whose content is at hand. */
export function probeContent(analysers: readonly Analyser[], content: Buffer, path: string): ProbeNote[] {
  const probing = new Probing(analysers, { head: content.subarray(0, headBytes), sizeBytes: content.length, path })
  probing.write(content)
  return probing.end()
}

function failureOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}
