import { describe, expect, test } from 'vitest'
import { visionBuffer } from '../../../electron/core/recommend/vision/vision-buffer'
import { ownLogs, publicLogs } from './fixtures/vision-logs'

/** Both are allowed: small buffers are mostly what the formula leaves out. */
const tolerated = (seenMiB: number) => Math.max(seenMiB * 0.15, 32)

describe('the buffer of a projector is what servers logged, within 15 % or 32 MiB', () => {
  test.each([...publicLogs, ...ownLogs])('$name', ({ encoder, bufferMiB, inputMiB, ...run }) => {
    const reckoned = visionBuffer(encoder, run)
    expect(Math.abs(reckoned.bufferMiB - bufferMiB)).toBeLessThanOrEqual(tolerated(bufferMiB))
    if (inputMiB !== undefined) expect(Math.abs(reckoned.inputMiB - inputMiB)).toBeLessThan(0.1)
  })
})

test('most of them are met to the megabyte, and flash attention is what tells gigabytes apart', () => {
  const errors = [...publicLogs, ...ownLogs].map(({ encoder, bufferMiB, ...run }) =>
    Math.abs(visionBuffer(encoder, run).bufferMiB - bufferMiB),
  )
  expect(errors.filter(each => each < 1.6).length / errors.length).toBeGreaterThan(0.75)
})

const known = publicLogs[0]?.encoder
if (!known) throw new Error('there is no log')

test('a family that is not known is told between two figures, of which the lower counts', () => {
  const reckoned = visionBuffer({ ...known, projector: 'tomorrow' }, { onGpu: true, flashAttention: true })
  expect(reckoned.text).toMatch(/of type tomorrow .* between \d+ and \d+ MiB, of which the lower is counted/)
  const [low, high] = [...reckoned.text.matchAll(/\d+(?= and| MiB)/g)].map(Number)
  expect(Math.round(reckoned.bufferMiB)).toBe(low)
  expect(high).toBeGreaterThan(low ?? Infinity)
})

test('where nobody knows of flash attention, both figures are said', () => {
  const reckoned = visionBuffer(known, { onGpu: true, flashAttention: null })
  expect(reckoned.bufferMiB).toBe(visionBuffer(known, { onGpu: true, flashAttention: true }).bufferMiB)
  expect(reckoned.text).toMatch(/flash attention is not known: its buffer takes between 706 and 4872 MiB/)
})

test('a header that tells no shape counts nothing and says so', () => {
  expect(visionBuffer(null, { onGpu: true, flashAttention: true })).toMatchObject({
    bufferMiB: 0,
    text: expect.stringContaining('not counted') as string,
  })
})

test('a header of a million layers is reckoned like one of sixty-four', () => {
  const run = { onGpu: true, flashAttention: true }
  expect(visionBuffer({ ...known, layers: 1_000_000 }, run)).toEqual(visionBuffer({ ...known, layers: 64 }, run))
})
