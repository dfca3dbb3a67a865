/** `npm run gen`: everything in the tree that is made from other files of it. `--check` only compares. */
await import('./gen-registry.ts')
await import('./gen-docs.ts')
