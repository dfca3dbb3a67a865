/** One step of the history of an image, as its configuration has it. */
export interface HistoryStep {
  readonly created_by?: string | undefined
  /** True when the step made no layer. */
  readonly empty_layer: boolean
}

/**
 * How many of the layers come from the image that this one was built on; `undefined` where the history does not tell.
 * docs/decisions/0014-base-image.md says by what.
 */
export function countBaseLayers(history: readonly HistoryStep[]): number | undefined {
  const last = history.findLastIndex(hasContent)
  const finished = history.findLastIndex((step, index) => index < last && startsProgram(step))
  const steps = history.slice(0, Math.max(finished + 1, importedSteps(history)))
  const layers = steps.filter(hasContent).length
  return layers === 0 || layers === history.filter(hasContent).length ? undefined : layers
}

/** Steps at the beginning that brought a root file system. */
function importedSteps(history: readonly HistoryStep[]): number {
  const first = history.findIndex(hasContent)
  if (addsRoot(history[first])) return first + 1
  const instruction = history.findIndex(isInstruction)
  return instruction === -1 ? history.length : instruction
}

function hasContent({ empty_layer: isEmpty }: HistoryStep): boolean {
  return !isEmpty
}

const classicBuilder = /^\/bin\/sh -c #\(nop\) {1,2}/

/** What a step would be called in a Dockerfile: without what the first builder of Docker put in front. */
function wordsOf({ created_by: text = '' }: HistoryStep): string {
  return text.replace(classicBuilder, '').trim()
}

function startsProgram(step: HistoryStep): boolean {
  return step.empty_layer && /^(?:CMD|ENTRYPOINT)\b/.test(wordsOf(step))
}

/** `ADD rootfs.tar.xz / # buildkit`, `ADD file:0123 in /`. */
function addsRoot(step: HistoryStep | undefined): boolean {
  return step !== undefined && /^ADD \S{1,400} (?:in )?\/(?: # buildkit)?$/.test(wordsOf(step))
}

const instructions =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\b/
/** `/bin/sh -c make`, with build arguments as `|1 VERSION=3 /bin/sh -c make`. */
const command = /^(?:\|\d{1,3} |\/\S{1,200} -\w{0,9}c )/

/** Written by somebody who builds from a Dockerfile, not by a tool that makes root file systems. */
function isInstruction(step: HistoryStep): boolean {
  return command.test(step.created_by ?? '') || instructions.test(wordsOf(step))
}

const nameKey = 'org.opencontainers.image.base.name'
const digestKey = 'org.opencontainers.image.base.digest'

/** What the builder noted of the image that it built on: its name, else its digest. */
export function baseName(...notes: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  const values = [nameKey, digestKey].flatMap((key) => notes.map((note) => note[key]))
  return values.find((value) => typeof value === 'string' && value !== '' && value.length <= 1000)?.toString()
}
