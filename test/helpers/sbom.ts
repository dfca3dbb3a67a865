import { composeSbom, type SbomFacts } from '#inventory/sbom/compose.ts'
import type { SbomDocument } from '#inventory/sbom/document.ts'

const diffId = `sha256:${'1'.repeat(64)}`

/** Everything that a bill of materials can hold, hostile text included. */
export const sampleFacts: SbomFacts = {
  subject: {
    kind: 'registry',
    name: 'ghcr.io/harbour/pilot:1.2',
    digest: `sha256:${'a'.repeat(64)}`,
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    layers: [{ index: 0, diffId, createdBy: 'COPY app /app' }],
  },
  distribution: {
    id: 'debian',
    versionId: '12',
    codename: 'bookworm',
    idLike: ['linux'],
    name: 'Debian GNU/Linux 12 (bookworm)',
  },
  packages: [
    {
      purl: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=arm64&distro=debian-12&upstream=openssl',
      name: 'libssl3',
      version: '3.0.11-1~deb12u2',
      ecosystem: 'deb',
      source: { name: 'openssl', version: '3.0.11-1~deb12u2' },
      architecture: 'arm64',
      vendor: 'Harbour <crew@example.org>',
      licences: ['OpenSSL', 'MIT OR Apache-2.0', 'as is & "free" </text>'],
      dependencies: ['debconf', 'libc6'],
      locations: ['/var/lib/dpkg/status'],
      layer: { index: 0, diffId, createdBy: 'COPY app /app' },
      cataloger: 'dpkg-status',
    },
    {
      purl: 'pkg:deb/debian/libc6@2.36?arch=arm64&distro=debian-12',
      name: 'libc6',
      version: '2.36',
      ecosystem: 'deb',
      licences: ['LGPL-2.1-or-later WITH GCC-exception-2.0'],
      locations: ['/var/lib/dpkg/status'],
    },
    {
      purl: 'pkg:maven/org.example/buoy@1.0',
      name: 'org.example:buoy',
      version: '1.0',
      ecosystem: 'maven',
      licences: ['MIT'],
      hashes: [
        { algorithm: 'sha1', value: 'b'.repeat(40) },
        { algorithm: 'sha512', value: 'c'.repeat(128) },
      ],
      locations: ['/app/buoy.jar', '/app/\u001b[31mred\n<line>.jar'],
    },
    {
      purl: 'pkg:npm/%40left/pad@1.0.0',
      name: '@left/pad',
      version: '1.0.0',
      ecosystem: 'npm',
      licences: ['SEE LICENSE IN LICENSE.md'],
      dependencies: ['@left/pad'],
      locations: ['/a/node_modules/@left/pad/package.json'],
    },
    {
      purl: 'pkg:npm/%40left/pad@1.0.0',
      name: '@left/pad',
      version: '1.0.0',
      ecosystem: 'npm',
      locations: ['/b/node_modules/@left/pad/package.json'],
    },
    {
      purl: 'pkg:rpm/almalinux/nginx@1.22.1-5.module?arch=x86_64&distro=almalinux-9.3&epoch=1',
      name: 'nginx',
      version: '1:1.22.1-5.module',
      ecosystem: 'rpm',
      architecture: 'x86_64',
      module: 'nginx:1.22',
      repository: 'appstream',
      cpes: ['cpe:2.3:a:f5:nginx:1.22.1:*:*:*:*:*:*:*', 'cpe:2.3:a:nginx:nginx:1.22.1:*:*:*:*:*:*:*'],
      locations: ['/var/lib/rpm/rpmdb.sqlite'],
    },
  ],
  unknowns: [
    { path: '/var/lib/rpm: old/Packages', reason: 'the rpm database is damaged at page 12' },
    { path: '/z', reason: 'line\nbreak' },
  ],
}

const origin = { created: new Date('2030-01-02T03:04:05.678Z'), tool: { name: 'seawall', version: '9.9.9' } }

export function makeSbom(over: Partial<SbomFacts> = {}): SbomDocument {
  return composeSbom({ ...sampleFacts, ...over }, origin)
}
