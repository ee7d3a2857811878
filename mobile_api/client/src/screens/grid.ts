/** Twelfths of a row for each of n tiles, so that every row is full and none stands alone: 7 are 4 and 3, 5 are 3 and 2. */
export function rowSpans(n: number): number[] {
  if (n < 4) return Array.from({ length: n }, () => 12 / Math.max(n, 1))
  const rows = Math.ceil(n / (n === 7 || n === 8 || n > 9 ? 4 : 3))
  const short = Math.floor(n / rows)
  const long = n % rows
  // The fuller rows come first.
  return Array.from({ length: rows }, (_, row) => (row < long ? short + 1 : short)).flatMap((count) => Array.from({ length: count }, () => 12 / count))
}
