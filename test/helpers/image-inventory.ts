import { imageLimits } from '#image/limits.ts'
import { openTarget } from '#image/open.ts'
import { type TargetInventory, takeInventory } from '#scan/inventory.ts'

/** Everything that is in an image of this machine. */
export async function inventoryOfImage(argument: string): Promise<TargetInventory> {
  const context = { signal: AbortSignal.timeout(250_000), env: {}, now: () => new Date(0), progress: () => undefined }
  const options = { offline: true, insecure: false, limits: imageLimits }
  await using target = await openTarget(argument, options, context)
  return await takeInventory(target, context)
}
