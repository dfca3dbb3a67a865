import { expect, it } from 'vitest'
import { overlay } from '#image/file-tree.ts'
import { imageLimits } from '#image/limits.ts'
import { openTarget } from '#image/open.ts'
import { catalog } from '#inventory/inventory.ts'
import javaArchive from '#inventory/java/java-archive.cataloger.ts'
import { selectorFor } from '#inventory/selector.ts'
import { describeShared, shared } from '../helpers/components.ts'

/** `purl location` of each package, `? location` of each unknown. */
async function archivesIn(name: string): Promise<string[]> {
  const { signal } = new AbortController()
  const context = { signal, env: {}, now: () => new Date(0), progress: () => undefined }
  const options = { offline: true, insecure: false, limits: imageLimits }
  await using target = await openTarget(shared('images', 'real', name), options, context)
  const { layers } = await target.read(selectorFor([javaArchive]))
  const { packages, unknowns } = await catalog(overlay(layers), { catalogers: [javaArchive], layers, signal })
  return [
    ...packages.map(({ purl, locations }) => `${purl} ${locations[0]}`),
    ...unknowns.map(({ path }) => `? ${path}`),
  ]
}

const future = 'pkg:maven/com.google.guava/listenablefuture@9999.0-empty-to-avoid-conflict-with-guava'
const futureJar = 'level-2-jar.jar!/lib/listenablefuture-9999.0-empty-to-avoid-conflict-with-guava.jar'
const libraries = [
  'pkg:maven/javax.activation/activation@1.1.1 /app/activation-1.1.1.jar',
  'pkg:maven/org.apache.yetus/audience-annotations@0.5.0 /libs/audience-annotations-0.5.0.jar',
  'pkg:maven/org.glassfish.hk2.external/aopalliance-repackaged@2.5.0 /libs/aopalliance-repackaged-2.5.0.jar',
]

describeShared('Java archives of real images', () => {
  it.each<[string, readonly string[]]>([
    [
      'snyk-3-level-jar.tar',
      [`${future} /level-3-jar.jar!/${futureJar}`, '? /level-3-jar.jar!/level-2-jar.jar', '? /lib/snyk.jar'],
    ],
    [
      'snyk-war-with-3-level-jar.tar',
      [
        'pkg:maven/com.example/demo@0.0.1-SNAPSHOT /workspace/app/mywar.war',
        `${future} /workspace/app/mywar.war!/WEB-INF/lib/level-3-jar.jar!/${futureJar}`,
        ...['core', 'el', 'websocket'].map(
          (name) =>
            `pkg:maven/org.apache.tomcat.embed/tomcat-embed-${name}@9.0.63 /workspace/app/mywar.war!/WEB-INF/lib-provided/tomcat-embed-${name}-9.0.63.jar`,
        ),
        '? /workspace/app/mywar.war!/WEB-INF/lib/level-3-jar.jar!/level-2-jar.jar',
      ],
    ],
    [
      'snyk-java.tar',
      [
        libraries[0] ?? '',
        'pkg:maven/javax.activation/activation@1.1.1 /usr/gradle/caches/activation-1.1.1.jar',
        ...libraries.slice(1),
      ],
    ],
    ['snyk-java-windows.tar', libraries],
    ['snyk-openjdk.tar', []],
    ['snyk-dockergoof.tar', []],
  ])('%s', async (name, expected) => {
    expect(await archivesIn(name)).toEqual(expected)
  })
})
