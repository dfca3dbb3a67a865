/** Folders that package managers fill: what lies there describes somebody else's build. */
const packagedFolders =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|META-INF|\.m2|\.gradle|\.ivy2|\.sbt|maven-repo|pkg\/mod)\//

export function isInRepository(path: string): boolean {
  return packagedFolders.test(path)
}
