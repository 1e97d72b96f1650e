export interface Place {
  /** Right edge, ms since 1970. */
  endMs: number
  spanMs: number
  /** Value at the top. */
  most: number
  width: number
  height: number
}

export interface Reading {
  atMs: number
  value: number | null
}

/** A line through the readings as an SVG path; a gap where nothing was known, a dot where one stands alone. */
export function linePath(readings: readonly Reading[], place: Place): string {
  let path = ''
  let pen: 'up' | 'down' = 'up'
  for (const { atMs, value } of readings) {
    if (value === null || atMs < place.endMs - place.spanMs) {
      pen = 'up'
      continue
    }
    const [x, y] = [across(atMs, place), down(value, place)]
    // A line of no length is drawn as a dot by its round caps.
    path += pen === 'up' ? `M${x} ${y}h0` : `L${x} ${y}`
    pen = 'down'
  }
  return path
}

const across = (atMs: number, { endMs, spanMs, width }: Place) => round(width - ((endMs - atMs) / spanMs) * width)
const down = (value: number, { most, height }: Place) => round(height - Math.min(1, value / most) * height)
const round = (value: number) => Math.round(value * 10) / 10

/** The next round number above all values, so that the scale changes seldom: 1, 2 or 5 times a power of ten. */
export function niceMost(values: readonly (number | null)[], least: number): number {
  const most = Math.max(least, ...values.flatMap(value => value ?? []))
  const power = 10 ** Math.floor(Math.log10(most))
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= most - power * 1e-9) ?? most
}
