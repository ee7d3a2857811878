import { describe, expect, it } from 'vitest'

import { compass, rollOf } from '../src/capture/sensors'
import { guidance } from '../src/screens/overlayWords'

const BEFORE = { at: [118, 30] as [number, number], heading: 10 }
const east = (m: number): [number, number] => [118 + m / 96_400, 30]
const at = (m: number, heading: number | null, accuracyM = 4, roll: number | null = 0) => ({ at: east(m), accuracyM, heading, roll })

describe('guidance to the old standpoint', () => {
  it('says one thing at a time: left, right, forward, back', () => {
    expect(guidance(at(10, 0), BEFORE)).toMatchObject({ first: '向左 10 米', arrow: -90 })
    expect(guidance(at(-10, 0), BEFORE)).toMatchObject({ first: '向右 10 米', arrow: 90 })
    expect(guidance(at(10, 270), BEFORE)).toMatchObject({ first: '向前 10 米' })
    expect(guidance(at(10, 90), BEFORE)).toMatchObject({ first: '向后 10 米' })
  })
  it('sends nobody closer than the position knows', () => {
    expect(guidance(at(10, null, 30), BEFORE)).toMatchObject({ first: '就在这里', arrow: null })
  })
  it('then turns, then levels, then says that it is right, one thing at a time', () => {
    expect(guidance(at(1, 18), BEFORE)).toMatchObject({ first: '向左转 8°', second: '就在这里·手机已端平', arrow: -90, turning: true })
    expect(guidance(at(1, 2), BEFORE)).toMatchObject({ first: '向右转 8°', arrow: 90, turning: true })
    expect(guidance(at(1, 12, 4, -9), BEFORE)).toMatchObject({ first: '端平手机，歪了 9°', second: '就在这里·方向对了', arrow: null })
    expect(guidance(at(1, 12), BEFORE)).toMatchObject({ first: '对准了，按快门', second: '站位、方向、水平都对', fine: true })
  })
  it('calls nothing right that the phone cannot tell', () => {
    expect(guidance(at(1, 12, 4, null), BEFORE)).toMatchObject({ first: '就在这里', second: '方向对了', fine: false })
  })
  it('names the wind without a compass, as one says it, and shows no arrow that would read as ahead', () => {
    expect(guidance(at(10, null), BEFORE)).toMatchObject({ first: '往西走 10 米', second: '手机没给方向，按东西南北走·手机已端平', arrow: null, target: null, leads: true })
    const northEast: [number, number] = [118.0003, 30.00026]
    expect(guidance({ ...at(0, null) }, { at: northEast, heading: null }).first).toBe('往东北走 40 米')
    expect(guidance(at(326, null), BEFORE).first).toBe('往西走 330 米')
    expect(guidance(at(1830, null), BEFORE).first).toBe('往西走 1.8 公里')
  })
  it('claims no place and leads nowhere when the position is rough', () => {
    for (const rough of [31, 80, 3000])
      expect(guidance(at(rough / 3, 270, rough), BEFORE)).toMatchObject({ first: '定位太粗，看画面对齐', arrow: null, target: null, leads: false, fine: false })
    expect(guidance(at(1, 12, 3000), BEFORE)).toMatchObject({ first: '定位太粗，看画面对齐', second: '方向对了·手机已端平' })
    expect(guidance(at(2000, 270, 80), BEFORE)).toMatchObject({ first: '定位太粗，看画面对齐', second: '原来的站位：大致往西走 2.0 公里', arrow: null })
  })
  it('never calls more than ten metres the place', () => {
    expect(guidance(at(9, null, 30), BEFORE).first).toBe('就在这里')
    expect(guidance(at(13, null, 30), BEFORE).first).toBe('往西走 13 米')
  })
  it('tells turn and level', () => {
    expect(guidance(at(10, 18), BEFORE).second).toBe('再向左转 8°·手机已端平')
    expect(guidance(at(10, 12, 4, 9), BEFORE).second).toBe('方向对了·手机歪了 9°')
  })
  it('draws the old standpoint on the radar, up being where I look', () => {
    expect(guidance(at(10, 270), BEFORE).target).toEqual({ x: 0, y: -18, view: 100 })
    expect(guidance(at(500, 0), BEFORE).target).toMatchObject({ x: -36 })
    expect(guidance(at(10, null), BEFORE).target).toBeNull()
  })
  it('falls back to the eye without a place or a position', () => {
    expect(guidance(at(10, 0), null).first).toBe('原片没有位置，看画面对齐')
    expect(guidance({ ...at(0, 0), at: null }, BEFORE).first).toBe('等定位，先看画面对齐')
  })
})

describe('sensors', () => {
  it('give the camera heading of an upright phone', () => {
    expect(compass(0, 90, 0)).toBeCloseTo(0)
    expect(compass(270, 90, 0)).toBeCloseTo(90)
  })
  it('give no tilt for an upright phone and ten degrees for a turned one', () => {
    expect(rollOf(90, 0)).toBeCloseTo(0)
    expect(rollOf(80, 90)).toBeCloseTo(10)
  })
  it('give no tilt for a phone held level on either side', () => {
    expect(rollOf(0, 90, 270)).toBeCloseTo(0)
    expect(rollOf(0, -90, 90)).toBeCloseTo(0)
    expect(rollOf(10, -90, 90)).toBeCloseTo(rollOf(80, 90))
  })
})
