import fc from 'fast-check'
import { createParser } from 'eventsource-parser'
import { expect, test } from 'vitest'
import { createEventHold } from '../../../electron/core/gateway/event-hold'

const line = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constant('{"a":"🎉é漢"}'), fc.constant(''))
  .map(text => text.replace(/[\r\n]/g, ''))
const event = fc.array(
  fc.tuple(fc.constantFrom('data: ', 'data:', ': ', 'event: ', 'id: '), line).map(([field, text]) => field + text),
  {
    minLength: 1,
    maxLength: 4,
  },
)
const stream = fc
  .tuple(fc.array(event, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([events, feed, isWhole]) => Buffer.from(events.map(lines => lines.join(feed)).join(feed + feed) + (isWhole ? feed + feed : '')))

/** Cuts bytes at the given places, wherever they fall: within a code point, a line end, an event. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((left, right) => left - right)
  return [...at, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : at[index - 1], end))
}

function eventsIn(bytes: Buffer): string[] {
  const events: string[] = []
  createParser({ onEvent: parsed => events.push(JSON.stringify(parsed)) }).feed(bytes.toString('utf8'))
  return events
}

test('however a stream is cut, its bytes pass in order and whole, and at every moment only whole events have passed', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (bytes, places) => {
      const hold = createEventHold()
      let passed = Buffer.alloc(0)
      for (const chunk of cut(bytes, places)) {
        passed = Buffer.concat([passed, hold.pass(chunk)])
        expect(passed.length === 0 || /(\n\n|\n\r\n|\r\r)$/.test(passed.toString('latin1'))).toBe(true)
      }
      expect(Buffer.concat([passed, hold.rest()]).equals(bytes)).toBe(true)
      const all = eventsIn(bytes)
      expect(eventsIn(passed)).toEqual(all.slice(0, eventsIn(passed).length))
    }),
    { numRuns: 2_000 },
  )
})

test('whole events pass as the very same bytes, and an endless one does not fill memory', () => {
  const hold = createEventHold()
  const whole = Buffer.from('data: 1\n\n')
  expect(hold.pass(whole)).toBe(whole)
  let waiting = 0
  for (let index = 0; index < 100; index += 1) waiting += 10_000 - hold.pass(Buffer.alloc(10_000, 'x')).length
  expect(waiting).toBeLessThanOrEqual(256 * 1024)
})
