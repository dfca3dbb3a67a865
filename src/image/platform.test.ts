import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '#kit/errors.ts'
import { Descriptor } from './manifest.ts'
import { chooseImage, formatPlatform, hostPlatform, parsePlatform, requirePlatform, runs } from './platform.ts'

let made = 0
const offer = (platform?: string, more: object = {}) => {
  const [os, architecture, variant] = platform?.split('/') ?? []
  made += 1
  return Descriptor.parse({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${made.toString(16).padStart(64, '0')}`,
    size: 1,
    platform: platform === undefined ? undefined : { os, architecture, variant },
    ...more,
  })
}
const chosen = (offers: readonly string[], asked?: string) => {
  const { platform } = chooseImage(
    offers.map((name) => offer(name)),
    asked === undefined ? undefined : parsePlatform(asked),
    'x',
  )
  return platform === undefined ? undefined : formatPlatform(platform)
}

describe('parsePlatform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/arm64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['Linux/x86_64', 'linux/amd64'],
    ['aarch64', 'linux/arm64'],
    ['windows/amd64', 'windows/amd64'],
    ['linux/s390x', 'linux/s390x'],
    ['linux', formatPlatform(hostPlatform())],
  ])('reads %s as %s', (text, expected) => {
    expect(formatPlatform(parsePlatform(text))).toBe(expected)
  })

  it.each(['', '/', 'linux/', 'linux//v8', 'linux/arm64/v8/x', 'linux/../etc', 'a b'])('refuses %j', (text) => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('reads whatever it prints', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/)
    fc.assert(
      fc.property(word, word, fc.option(word, { nil: undefined }), (...parts) => {
        const platform = parsePlatform(parts.filter((part) => part !== undefined).join('/'))
        expect(parsePlatform(formatPlatform(platform))).toEqual(platform)
      }),
    )
  })
})

describe('hostPlatform', () => {
  it.each([
    ['x64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['arm', 'linux/arm/v7'],
    ['ia32', 'linux/386'],
    ['riscv64', 'linux/riscv64'],
  ])('calls %s %s', (architecture, expected) => {
    expect(formatPlatform(hostPlatform(architecture))).toBe(expected)
  })
})

describe('runs', () => {
  it.each([
    ['linux/arm/v7', 'linux/arm/v6', true],
    ['linux/arm/v6', 'linux/arm/v7', false],
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm64', 'linux/arm/v7', false],
    ['linux/amd64', 'linux/386', false],
    ['linux/amd64/v3', 'linux/amd64', true],
    ['linux/amd64', 'linux/amd64/v3', false],
    ['linux/amd64', 'windows/amd64', false],
  ])('on %s the image for %s: %s', (wanted, offered, expected) => {
    expect(runs(parsePlatform(wanted), parsePlatform(offered))).toBe(expected)
  })
})

describe('chooseImage', () => {
  it.each([
    ['the exact platform', ['linux/386', 'linux/arm64', 'linux/amd64'], 'linux/amd64', 'linux/amd64'],
    [
      'the highest variant that runs',
      ['linux/arm/v5', 'linux/arm/v6', 'linux/arm64/v8'],
      'linux/arm/v7',
      'linux/arm/v6',
    ],
    ['the first of equals', ['linux/arm64/v8', 'linux/arm64'], 'linux/arm64', 'linux/arm64'],
  ])('takes %s', (_, offers, asked, expected) => {
    expect(chosen(offers, asked)).toBe(expected)
  })

  it('lists what there is when nothing fits what was asked for', () => {
    expect(() => chosen(['linux/386', 'linux/arm64'], 'linux/amd64')).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: 'there is no image for linux/amd64; there is linux/386, linux/arm64',
      }),
    )
  })

  it('never takes attestations or artifacts', () => {
    const attestation = offer('unknown/unknown')
    const annotated = offer('linux/amd64', { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } })
    const artifact = offer(undefined, { artifactType: 'application/vnd.example' })
    const image = offer('linux/s390x')
    expect(chooseImage([attestation, annotated, artifact, image], undefined, 'x').descriptor).toBe(image)
    expect(() => chooseImage([attestation, annotated, artifact], undefined, 'x')).toThrow(Problem)
  })

  it('takes the only image when no platform was asked for, and says so', () => {
    const { note } = chooseImage([offer('linux/mips64le')], undefined, 'x')
    expect(note).toBe(`linux/mips64le, as there is none for ${formatPlatform(hostPlatform())}`)
  })

  it('takes the first Linux image when no platform was asked for and none fits', () => {
    expect(chosen(['windows/amd64', 'linux/mips64le', 'linux/mips'])).toBe('linux/mips64le')
  })

  it('takes an only image without a platform, whatever was asked for', () => {
    const image = offer()
    expect(chooseImage([image], parsePlatform('linux/arm64'), 'x')).toEqual({
      descriptor: image,
      platform: undefined,
      note: undefined,
    })
  })
})

describe('requirePlatform', () => {
  it('refuses an image of another platform than was asked for', () => {
    const [amd64, arm64] = [parsePlatform('linux/amd64'), parsePlatform('linux/arm64')]
    expect(() => requirePlatform(arm64, amd64, 'x')).toThrow('the image is for linux/arm64, not for linux/amd64')
    expect(() => requirePlatform(arm64, undefined, 'x')).not.toThrow()
    expect(() => requirePlatform(undefined, amd64, 'x')).not.toThrow()
  })
})
