import { expect, test } from 'vitest'
import { createFollower } from '../../../renderer/features/compare/stick-to-end'

/** A scroller with a height of 100 in numbers: it clamps as a browser does. */
function makeScroller() {
  const follow = createFollower()
  let [top, height] = [0, 100]
  const end = () => height - 100
  return {
    scrollTo: (to: number) => (top = Math.max(0, Math.min(end(), to))),
    sized(to: number) {
      height = to
      top = Math.min(top, end())
      top = follow({ top, end: end() }) ?? top
      return top
    },
    fromEnd: () => end() - top,
  }
}

test('stays at the end while its content grows, from the first line on', () => {
  const scroller = makeScroller()
  for (const height of [40, 100, 120, 500, 520, 4_000]) {
    scroller.sized(Math.max(100, height))
    expect(scroller.fromEnd()).toBe(0)
  }
})

test('who goes up is left in peace, however little and however long it grows', () => {
  const scroller = makeScroller()
  scroller.sized(1_000)
  scroller.scrollTo(890)
  const places = [1_005, 1_020, 1_200, 3_000].map(height => scroller.sized(height))
  expect(places).toEqual([890, 890, 890, 890])
  scroller.scrollTo(400)
  expect(scroller.sized(3_020)).toBe(400)
})

test('who comes back near the end joins again, also when more came meanwhile', () => {
  const scroller = makeScroller()
  scroller.sized(1_000)
  scroller.scrollTo(300)
  scroller.sized(1_200)
  scroller.scrollTo(1_080)
  expect(scroller.sized(1_240)).toBe(1_140)
  scroller.sized(1_300)
  expect(scroller.fromEnd()).toBe(0)
})

test('content that shrinks is not somebody going up', () => {
  const scroller = makeScroller()
  scroller.sized(2_000)
  scroller.sized(900)
  expect(scroller.fromEnd()).toBe(0)
  scroller.sized(1_400)
  expect(scroller.fromEnd()).toBe(0)
})
