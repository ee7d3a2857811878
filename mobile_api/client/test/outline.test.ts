import { describe, expect, it } from 'vitest'

import { landmarks, outlinePath } from '../src/capture/outline'

const [WIDTH, HEIGHT] = [160, 220]
const scene = (shade: (x: number, y: number) => number) => Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => shade(i % WIDTH, Math.floor(i / WIDTH)))

describe('the landmarks of a before picture', () => {
  it('are its long edges: a bank and a post', () => {
    const lines = landmarks(scene((x, y) => (x > 40 && x < 56 && y > 60 && y < 160 ? 230 : y > 120 + x / 8 ? 60 : 140)), WIDTH, HEIGHT)
    const spread = (axis: 0 | 1) => lines.map((line) => Math.max(...line.map((p) => p[axis])) - Math.min(...line.map((p) => p[axis])))
    expect(Math.max(...spread(0))).toBeGreaterThan(80)
    expect(Math.max(...spread(1))).toBeGreaterThan(40)
  })
  it('are none in an even picture, and few in noise', () => {
    expect(landmarks(scene(() => 128), WIDTH, HEIGHT)).toEqual([])
    let seed = 7
    const noise = () => (seed = (seed * 16807) % 2147483647) % 256
    expect(landmarks(scene(noise), WIDTH, HEIGHT).length).toBeLessThanOrEqual(10)
  })
  it('are found in the time of one frame on a slow phone', () => {
    const grey = scene((x, y) => 128 + 60 * Math.sin(x / 9) * Math.cos(y / 13))
    const started = performance.now()
    landmarks(grey, WIDTH, HEIGHT)
    expect(performance.now() - started).toBeLessThan(400)
  })
  it('become one path', () => {
    expect(outlinePath({ width: 9, height: 9, lines: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] })).toBe('M1 2L3 4M5 6L7 8')
  })
})
