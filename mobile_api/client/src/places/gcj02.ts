import type { Position } from './geometry'

// The published approximation of the national offset, used only to open map apps that expect GCJ-02.
const A = 6_378_245
const EE = 0.006_693_421_622_965_943

/** WGS 84 to GCJ-02, degrees; outside the country nothing is shifted. Right to a few metres. */
export function toGcj02([lon, lat]: Position): Position {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat]
  const x = lon - 105
  const y = lat - 35
  const { sin, sqrt, abs, PI } = Math
  const ripple = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3
  const wave = (v: number) => ((20 * sin(v * PI) + 40 * sin((v / 3) * PI)) * 2) / 3
  const dLat =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple + wave(y) +
    ((160 * sin((y / 12) * PI) + 320 * sin((y / 30) * PI)) * 2) / 3
  const dLon =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple + wave(x) +
    ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3
  const radLat = (lat / 180) * Math.PI
  const magic = 1 - EE * Math.sin(radLat) ** 2
  const root = Math.sqrt(magic)
  return [
    lon + (dLon * 180) / ((A / root) * Math.cos(radLat) * Math.PI),
    lat + (dLat * 180) / (((A * (1 - EE)) / (magic * root)) * Math.PI),
  ]
}

/** Address that opens AMap (高德) with a destination; it wants GCJ-02. */
export function amapLink(point: Position, name: string): string {
  const [lon, lat] = toGcj02(point)
  return `https://uri.amap.com/navigation?to=${lon.toFixed(6)},${lat.toFixed(6)},${encodeURIComponent(name)}&mode=car&src=xungai&coordinate=gaode&callnative=1`
}

/** Address that any map app may take, WGS 84. */
export function geoLink([lon, lat]: Position, name: string): string {
  const at = `${lat.toFixed(6)},${lon.toFixed(6)}`
  return `geo:${at}?q=${at}(${encodeURIComponent(name)})`
}
