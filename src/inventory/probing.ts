import type { Analyser, Probe } from '#image/entry.ts'
import { Problem } from '#kit/errors.ts'
import type { ProbeNote } from './probe-notes.ts'

const headBytes = 64

/** What a probe is asked with. */
export type FileStart = Parameters<Analyser['probe']>

/** Analysers by the first byte of the files that they may look at: most files are for none of them. */
export class Analysers {
  readonly all: readonly Analyser[]
  readonly #byFirstByte: readonly (readonly Analyser[])[]
  readonly #byName: readonly Analyser[]

  constructor(all: readonly Analyser[]) {
    this.all = all
    this.#byName = all.filter(({ firstBytes }) => firstBytes === undefined)
    this.#byFirstByte = Array.from({ length: 256 }, (_, byte) =>
      all.filter(({ firstBytes }) => firstBytes === undefined || firstBytes.includes(byte)),
    )
  }

  /** Those that may like a file; without first bytes those that go by names. */
  for(head: Uint8Array): readonly Analyser[] {
    return (head[0] === undefined ? undefined : this.#byFirstByte[head[0]]) ?? this.#byName
  }
}

/** Several probes that watch one file. One that gives up leaves the others to it. */
export class Probing {
  readonly #probes: { readonly id: string; readonly probe: Probe; failure: string | undefined }[] = []

  constructor(analysers: Analysers, file: FileStart) {
    for (const analyser of analysers.for(file[0])) {
      const probe = analyser.probe(...file)
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
export function probeContent(analysers: Analysers, content: Buffer, path: string): ProbeNote[] {
  const probing = new Probing(analysers, [content.subarray(0, headBytes), content.length, path])
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
