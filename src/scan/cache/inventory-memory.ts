import type { ImageLimits } from '#image/limits.ts'
import type { InventoryMemory } from '../inventory.ts'
import type { LayerCache } from './layer-cache.ts'

/** Remembers what a program found in an image, by the digest of its manifest or configuration. */
export function inventoryMemory(
  cache: LayerCache,
  { build, limits }: { readonly build: string; readonly limits: ImageLimits },
): InventoryMemory {
  const keyOf = (digest: string) => `inventory of ${digest}, build ${build}, limits ${JSON.stringify(limits)}`
  return {
    find: (digest) => cache.findInventory(keyOf(digest)),
    lease: (digest, signal) => cache.lease(keyOf(digest), signal),
    keep: (digest, facts) => cache.keepInventory(keyOf(digest), facts),
  }
}
