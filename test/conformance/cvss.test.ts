import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { scoreCvss } from '#model/cvss.ts'
import { describeShared, shared } from '../helpers/components.ts'

/** A line is `vector - (base, temporal, environmental)`, or for version 4 `vector - score`. */
function readVectors(file: string): { readonly vector: string; readonly score: number }[] {
  return readFileSync(shared('specs/cvss/tests', file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [vector = '', scores = ''] = line.split(' - ')
      return { vector, score: Math.abs(Number(/-?[\d.]+/.exec(scores)?.[0])) }
    })
}

describeShared('CVSS scores', () => {
  it.each([
    ['vectors_simple2', 729],
    ['vectors_calculator2', 5],
    ['vectors_cvsslib2', 24],
    ['vectors_simple3', 2592],
    ['vectors_simple31', 2592],
    ['vectors_calculator3', 2],
    ['vectors_cvsslib3', 29],
    ['vectors_simple4', 1058],
    ['vectors_threat4', 6],
    ['vectors_security4', 54],
    ['vectors_supplemental4', 576],
  ])('agree with every vector of %s', (file, count) => {
    const vectors = readVectors(file)
    expect(vectors).toHaveLength(count)
    expect(vectors.filter(({ vector, score }) => scoreCvss(vector)?.score !== score)).toEqual([])
  })
})
