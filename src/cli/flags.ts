import { z } from 'zod'

/** One `--flag`, as help, parsing and completion see it. */
export interface Flag {
  /** Field of the options object. */
  readonly key: string
  /** Kebab-case, without dashes. */
  readonly name: string
  readonly kind: 'switch' | 'value' | 'list'
  readonly about: string
  readonly placeholder: string
  readonly choices: readonly string[]
  readonly short?: string | undefined
  readonly fallback?: string | undefined
}

const Meta = z.object({ placeholder: z.string().optional(), short: z.string().length(1).optional() })

/** Reads the flags of a command from its zod object; the object stays the only place where they are declared. */
export function flagsOf(options: z.ZodObject): Flag[] {
  return Object.entries(options.shape).map(([key, field]) => {
    const { core, fallback } = unwrap(field)
    const element = core instanceof z.ZodArray ? unwrap(core.element).core : core
    const { placeholder, short } = Meta.parse(field.meta() ?? {})
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    return {
      key,
      name,
      kind: core instanceof z.ZodBoolean ? 'switch' : core instanceof z.ZodArray ? 'list' : 'value',
      about: field.description ?? '',
      placeholder: placeholder ?? name.toUpperCase(),
      choices: element instanceof z.ZodEnum ? element.options.map(String) : [],
      short,
      fallback: typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : undefined,
    }
  })
}

function unwrap(field: unknown): { core: unknown; fallback: unknown } {
  let core = field
  let fallback: unknown
  for (;;) {
    if (core instanceof z.ZodDefault) {
      fallback ??= core.def.defaultValue
      core = core.def.innerType
    } else if (core instanceof z.ZodOptional) core = core.def.innerType
    else if (core instanceof z.ZodPipe) core = core.def.in instanceof z.ZodTransform ? core.def.out : core.def.in
    else return { core, fallback }
  }
}
