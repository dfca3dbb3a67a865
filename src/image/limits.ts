/** What one image may cost. docs/threat-model.md says why each exists. */
export interface ImageLimits {
  /** Entries of one layer. */
  readonly entries: number
  /** Uncompressed bytes of one layer. */
  readonly layerBytes: number
  /** Uncompressed ÷ compressed, looked at once `ratioFromBytes` have come out. */
  readonly ratio: number
  readonly ratioFromBytes: number
  /** Components of a path. */
  readonly pathDepth: number
  readonly pathBytes: number
  /** A wanted file that is larger is reported as unknown. */
  readonly keptFileBytes: number
  /** Sum over all wanted files of one layer; beyond it files are reported as unknown. */
  readonly keptLayerBytes: number
  /** Sum over the wanted files of all layers; beyond it those of the lower layers are reported as unknown. */
  readonly keptImageBytes: number
  readonly layers: number
  /** Manifest, index and configuration documents. */
  readonly documentBytes: number
  /** Milliseconds one layer may take. */
  readonly layerMs: number
}

export const imageLimits: ImageLimits = {
  entries: 4_000_000,
  layerBytes: 128 * 1024 ** 3,
  ratio: 400,
  ratioFromBytes: 1024 ** 3,
  pathDepth: 256,
  pathBytes: 4096,
  keptFileBytes: 64 * 1024 ** 2,
  keptLayerBytes: 192 * 1024 ** 2,
  keptImageBytes: 256 * 1024 ** 2,
  layers: 512,
  documentBytes: 8 * 1024 ** 2,
  layerMs: 30 * 60 * 1000,
}
