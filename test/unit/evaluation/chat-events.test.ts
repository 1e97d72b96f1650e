import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createChatReader, type ChatPiece } from '../../../electron/core/evaluation/chat-events'

type Sum = { text: string; reasoning: string; finish: string | null; usage: ChatPiece['usage']; error: string | null; done: boolean }

function read(chunks: readonly Uint8Array[]): Sum {
  const reader = createChatReader()
  const sum: Sum = { text: '', reasoning: '', finish: null, usage: null, error: null, done: false }
  for (const piece of [...chunks.map(chunk => reader.feed(chunk)), reader.end()]) {
    sum.text += piece.text
    sum.reasoning += piece.reasoning
    sum.finish = piece.finish ?? sum.finish
    sum.usage = piece.usage ?? sum.usage
    sum.error ??= piece.error
    sum.done ||= piece.done
  }
  return sum
}

const delta = (fields: Record<string, unknown>, finish: string | null = null) =>
  JSON.stringify({ choices: [{ delta: fields, finish_reason: finish }] })
const words = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('🎉', '漢字', 'é', '[DONE]', 'data: x', '\n\n'))

/** A stream as runtimes write it - comments, either line end, a byte order mark, with or without an empty line at the end. */
const streams = fc
  .record({
    parts: fc.array(fc.tuple(fc.boolean(), words), { maxLength: 12 }),
    feed: fc.constantFrom('\n', '\r\n'),
    mark: fc.boolean(),
    comments: fc.boolean(),
    isWhole: fc.boolean(),
    places: fc.array(fc.nat(), { maxLength: 20 }),
  })
  .map(({ parts, feed, mark, comments, isWhole, places }) => {
    const events = [
      ...parts.map(([isReasoning, text]) => `data: ${delta(isReasoning ? { reasoning_content: text } : { content: text })}`),
      `data:${delta({}, 'stop')}`,
      'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6}}',
      'data: [DONE]',
    ].flatMap(event => (comments ? [': keep-alive', event] : [event]))
    const bytes = Buffer.from((mark ? '\uFEFF' : '') + events.join(feed + feed) + (isWhole ? feed + feed : ''))
    const at = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((left, right) => left - right)
    const chunks = [...at, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : at[index - 1], end))
    const said = (reasoning: boolean) => parts.filter(([is]) => is === reasoning).map(([, text]) => text)
    return { chunks, text: said(false).join(''), reasoning: said(true).join('') }
  })

test('however the bytes are cut - within a code point, a line end, an event - the answer is the same', () => {
  fc.assert(
    fc.property(streams, ({ chunks, text, reasoning }) => {
      expect(read(chunks)).toEqual({
        text,
        reasoning,
        finish: 'stop',
        usage: { promptTokens: 5, outputTokens: 6 },
        error: null,
        done: true,
      })
    }),
    { numRuns: 1_500 },
  )
})

test('bytes that are no UTF-8 become replacement characters and stop nothing', () => {
  const broken = Buffer.concat([
    Buffer.from('data: {"choices":[{"delta":{"content":"a'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('b"}}]}\n\n'),
  ])
  expect(read([broken]).text).toBe('a��b')
})

test.each([
  ['data: {"error":{"message":"it broke","code":"upstream_broke"}}\n\n', { error: 'it broke' }],
  ['data: {"error":"plain words"}\n\n', { error: 'plain words' }],
  ['data: not json\n\ndata: {"choices":[{"delta":{"content":"on"}}]}\n\n', { text: 'on', error: null }],
  ['data: {"choices":"wrong","usage":[]}\n\n', { text: '', usage: null }],
  ['data: {"choices":[{"delta":{"content":7,"reasoning":"hm"},"finish_reason":false}]}\n\n', { text: '', reasoning: 'hm', finish: null }],
  ['data: {"choices":[{"delta":\ndata: {"content":"two lines"}}]}\n\n', { text: 'two lines' }],
  ['event: ping\ndata: {}\n\n', { text: '', done: false }],
])('%j', (stream, expected) => {
  expect(read([Buffer.from(stream)])).toMatchObject(expected)
})

test('an endless event ends with an error instead of filling memory', () => {
  const reader = createChatReader()
  reader.feed(Buffer.from('data: '))
  const errors = Array.from({ length: 20 }, () => reader.feed(Buffer.alloc(1024 * 1024, 'x')).error)
  expect(errors.filter(error => error !== null)).toEqual(['An event of the answer was larger than 16 MB.'])
})
