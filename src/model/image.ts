export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string | undefined
}

/** Whether something came with the image that this one was built on, or was added to it. */
export type LayerOrigin = 'base' | 'application'

/** One layer of an image that has content; bottom layer has index 0. */
export interface Layer {
  readonly index: number
  /** sha256 of the uncompressed tar, from the image configuration. */
  readonly diffId: string
  /** sha256 of the blob as stored or sent; absent where the format has none (docker archive). */
  readonly digest?: string | undefined
  /** Size of the blob in bytes, when known before reading. */
  readonly size?: number | undefined
  /** The build step that made it, from the image history. */
  readonly createdBy?: string | undefined
  /** Absent where the image does not tell which layers are those of its base. */
  readonly origin?: LayerOrigin | undefined
  /** Of a layer of the base image: its name, else its digest, where the builder noted one. */
  readonly baseImage?: string | undefined
}

export const subjectKinds = [
  'docker-archive',
  'oci-archive',
  'oci-layout',
  'rootfs',
  'directory',
  'docker-engine',
  'podman-engine',
  'registry',
  'sbom',
] as const
export type SubjectKind = (typeof subjectKinds)[number]

/** What is being looked at. */
export interface Subject {
  readonly kind: SubjectKind
  /** What the user would call it: a reference or a path. */
  readonly name: string
  /** Digest of the manifest, else of the configuration; absent for directories. */
  readonly digest?: string | undefined
  readonly platform?: Platform | undefined
  readonly layers: readonly Layer[]
}
