import { databases } from './databases.data.ts'
import type { Family } from './family.ts'
import { goPrograms } from './go-programs.data.ts'
import { languages } from './languages.data.ts'
import { libraries } from './libraries.data.ts'
import { servers } from './servers.data.ts'
import { tools } from './tools.data.ts'

export const families: readonly Family[] = [
  ...servers,
  ...databases,
  ...languages,
  ...tools,
  ...libraries,
  ...goPrograms,
]
