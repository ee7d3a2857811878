import { describe, expect, it } from 'vitest'

import { canonicalJson } from '../src/capture/canonical'
import { statementText } from '../src/capture/statement'

describe('canonical JSON', () => {
  it('sorts keys at every depth and writes no space', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { z: null, y: true }], c: '汉' } })).toBe('{"a":{"c":"汉","d":[2,{"y":true,"z":null}]},"b":1}')
  })
  it('leaves out what is undefined, and escapes what JSON escapes', () => {
    expect(canonicalJson({ a: undefined, b: 'x"\n' })).toBe('{"b":"x\\"\\n"}')
  })
  it('refuses NaN and infinity, which no JSON can hold', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(RangeError)
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(RangeError)
  })
  it('refuses what is no plain value', () => {
    expect(() => canonicalJson({ a: () => 1 })).toThrow(TypeError)
  })
})

describe('a statement', () => {
  const facts = {
    device: 'd1', n: 1, previous: null, sha256: 'ab', time: '2026-11-24T10:02:15.000+08:00', heading: null,
    person: 'inspector', source: 'camera' as const, app: '0.1.0',
  }
  it('has the members of the contract and no others', () => {
    const fix = { lon: 118.3, lat: 30.9, accuracy_m: 6, altitude: 12, heading: 3, time: 't' }
    expect(JSON.parse(statementText({ ...facts, fix }))).toEqual({
      ...facts,
      position: { lon: 118.3, lat: 30.9, accuracy_m: 6, time: 't' },
    })
  })
  it('says null where there is no position', () => {
    expect(JSON.parse(statementText({ ...facts, fix: null })).position).toBeNull()
  })
})
