import { Problem } from '#kit/errors.ts'
import type { Platform } from '#model/image.ts'
import type { Descriptor } from './manifest.ts'

/** What was taken out of an index, and a remark for the user when it was not simply what he asked for. */
export interface Choice {
  readonly descriptor: Descriptor
  readonly platform: Platform | undefined
  readonly note?: string | undefined
}

const systems: ReadonlySet<string> = new Set(['linux', 'windows', 'darwin', 'freebsd'])

const architectureAliases: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  x64: ['amd64'],
  i386: ['386'],
  i686: ['386'],
  ia32: ['386'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
  ppc64: ['ppc64le'],
}

/** Variant meant when none is written. */
const plainVariants: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' }

/** Reads `os/architecture[/variant]`; the system may be left out (`arm64`), and then is Linux. */
export function parsePlatform(text: string): Platform {
  const parts = text.trim().toLowerCase().split('/')
  const isWellFormed = parts.length <= 3 && parts.every((part) => /^[a-z0-9][a-z0-9._-]{0,31}$/.test(part))
  if (!isWellFormed) {
    throw new Problem('usage', `${JSON.stringify(text)} is not a platform`, {
      hint: 'Write it as os/architecture or os/architecture/variant: linux/amd64, linux/arm64, linux/arm/v7.',
    })
  }
  const [first = '', ...rest] = parts
  if (rest.length > 0) return normalPlatform(first, rest[0] ?? '', rest[1])
  return systems.has(first) ? { ...hostPlatform(), os: first } : normalPlatform('linux', first)
}

/** Linux on the architecture of the machine this runs on. */
export function hostPlatform(architecture: string = process.arch): Platform {
  return normalPlatform('linux', architecture)
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  const isPlain = variant === undefined || variant === plainVariants[architecture]
  return isPlain && architecture !== 'arm' ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`
}

/** The platform a descriptor or an image configuration names, in normal form. */
export function platformOf(named: {
  readonly os?: string | undefined
  readonly architecture?: string | undefined
  readonly variant?: string | undefined
}): Platform | undefined {
  if (named.os === undefined || named.architecture === undefined) return undefined
  return normalPlatform(named.os, named.architecture, named.variant)
}

/** Whether `wanted` can run `offered`: the same, or a lower variant of the same architecture. */
export function runs(wanted: Platform, offered: Platform): boolean {
  return preference(wanted, offered) !== undefined
}

/**
 * Takes one image out of an index. Attestations and artifacts are never taken. Without `asked` the running
 * machine's platform is preferred, and a single or a Linux image of another platform is better than none.
 */
export function chooseImage(descriptors: readonly Descriptor[], asked: Platform | undefined, at: string): Choice {
  const candidates = descriptors.filter(mayBeImage).map((descriptor) => ({
    descriptor,
    platform: descriptor.platform === undefined ? undefined : platformOf(descriptor.platform),
  }))
  const [first] = candidates
  if (first === undefined) throw new Problem('malformed', 'the index holds no image', { at })
  const wanted = asked ?? hostPlatform()
  const fitting = bestOf(candidates, wanted)
  if (fitting !== undefined) return fitting
  if (asked === undefined || (first.platform === undefined && candidates.length === 1)) {
    const fallback = candidates.length === 1 ? first : candidates.find(({ platform }) => platform?.os === 'linux')
    if (fallback !== undefined) return { ...fallback, note: noteOn(fallback.platform, wanted) }
  }
  const offered = [...new Set(candidates.map(({ platform }) => nameOf(platform)))]
  throw new Problem('usage', `there is no image for ${formatPlatform(wanted)}; there is ${offered.join(', ')}`, {
    at,
    hint: 'Choose one of them with --platform.',
  })
}

/** Refuses an image that names another platform than the user asked for. */
export function requirePlatform(offered: Platform | undefined, asked: Platform | undefined, at: string): void {
  if (asked === undefined || offered === undefined || runs(asked, offered)) return
  throw new Problem('usage', `the image is for ${formatPlatform(offered)}, not for ${formatPlatform(asked)}`, { at })
}

function normalPlatform(os: string, architecture: string, variant?: string): Platform {
  const lower = architecture.toLowerCase()
  const [name, implied] = architectureAliases[lower] ?? [lower]
  const plain = variant ?? implied ?? plainVariants[name]
  const written = plain === undefined || (name === 'amd64' && plain === 'v1') ? undefined : plain.toLowerCase()
  const system = os.toLowerCase() === 'macos' ? 'darwin' : os.toLowerCase()
  return { os: system, architecture: name, variant: written?.replace(/^(?=[0-9])/, 'v') }
}

/** 0 is the same variant, 1 the next lower one; `undefined` when it does not run at all. */
function preference(wanted: Platform, offered: Platform): number | undefined {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return undefined
  if (wanted.variant === offered.variant) return 0
  const distance = variantLevel(wanted) - variantLevel(offered)
  return distance >= 0 ? distance : undefined
}

function variantLevel({ architecture, variant }: Platform): number {
  const level = /^v([0-9]{1,2})/.exec(variant ?? plainVariants[architecture] ?? '')?.[1]
  return level === undefined ? Number.NaN : Number(level)
}

function bestOf<Candidate extends { readonly platform: Platform | undefined }>(
  candidates: readonly Candidate[],
  wanted: Platform,
): Candidate | undefined {
  let best: { readonly candidate: Candidate; readonly rank: number } | undefined
  for (const candidate of candidates) {
    const rank = candidate.platform === undefined ? undefined : preference(wanted, candidate.platform)
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { candidate, rank }
  }
  return best?.candidate
}

/** Whether an index entry can lead to an image: no attestation, no artifact. */
export function mayBeImage({ artifactType, annotations, platform, mediaType }: Descriptor): boolean {
  if (artifactType !== undefined || annotations['vnd.docker.reference.type'] === 'attestation-manifest') return false
  if (platform?.os === 'unknown' || platform?.architecture === 'unknown') return false
  return mediaType === undefined || /manifest|index/.test(mediaType)
}

function noteOn(platform: Platform | undefined, wanted: Platform): string | undefined {
  return platform === undefined
    ? undefined
    : `${formatPlatform(platform)}, as there is none for ${formatPlatform(wanted)}`
}

function nameOf(platform: Platform | undefined): string {
  return platform === undefined ? 'an unnamed platform' : formatPlatform(platform)
}
