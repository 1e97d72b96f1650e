import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createReasoningSplit, createStopFilter, createTokenDecoder } from '../../../electron/engine/text-stream'

/** Stands for a byte-level tokenizer: a token is a run of bytes, text is their UTF-8 decoding, as llama.cpp gives it. */
const detokenize = (tokens: Uint8Array[]) => Buffer.concat(tokens).toString('utf8')

const cut = (text: string, lengths: number[]) => {
  const bytes = Buffer.from(text)
  const tokens: Uint8Array[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const length = Math.max(1, lengths[turn % lengths.length] ?? 1)
    tokens.push(bytes.subarray(at, at + length))
    at += length
  }
  return tokens
}

test('no split of the bytes ever shows half a character, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (text, lengths) => {
      fc.pre(!text.includes('\uFFFD'))
      const decoder = createTokenDecoder<Uint8Array>(detokenize)
      const parts = cut(text, lengths).map(token => decoder.push(token))
      expect(parts.join('')).toBe(text)
      for (const part of parts) expect(part).not.toContain('\uFFFD')
    }),
  )
})

test('tokens that end within a character again and again are no broken text', () => {
  const decoder = createTokenDecoder<Uint8Array>(detokenize)
  const text = `ࠀ${'𐀀'.repeat(20)}`
  expect(
    cut(text, [2])
      .map(token => decoder.push(token))
      .join(''),
  ).toBe(text)
})

test('a flag and a family are given whole although each comes in single bytes', () => {
  const decoder = createTokenDecoder<Uint8Array>(detokenize)
  expect(
    cut('🇨🇭👩‍🚀', [1])
      .map(token => decoder.push(token))
      .join(''),
  ).toBe('🇨🇭👩‍🚀')
})

test('text that stays broken is shown in the end instead of held for ever', () => {
  const decoder = createTokenDecoder<Uint8Array>(detokenize)
  const given = Array.from({ length: 40 }, () => decoder.push(Uint8Array.of(0xff)))
  expect(given.join('').length).toBeGreaterThan(20)
})

test('a stop text is cut wherever the pieces break, and what follows it is never given', () => {
  fc.assert(
    fc.property(fc.tuple(fc.string(), fc.string({ minLength: 1 }), fc.string(), fc.integer({ min: 1, max: 4 })), parts => {
      const [before, stop, after, size] = parts
      const text = before + stop + after
      const filter = createStopFilter([stop])
      let given = ''
      for (let at = 0; at < text.length; at += size) {
        const step = filter.push(text.slice(at, at + size))
        given += step.text
        if (step.stopped) break
      }
      expect(given).toBe(text.slice(0, text.indexOf(stop)))
    }),
  )
})

test('what only began like a stop text is given when it goes on differently, and at the end', () => {
  const filter = createStopFilter(['\n\nHuman:'])
  expect(filter.push('one\n\nHu')).toEqual({ text: 'one', stopped: false })
  expect(filter.push('go')).toEqual({ text: '\n\nHugo', stopped: false })
  expect(filter.push('\n')).toEqual({ text: '', stopped: false })
  expect(filter.end()).toBe('\n')
})

test('the earliest of several stop texts wins', () => {
  expect(createStopFilter(['b', 'a']).push('xxayyb')).toEqual({ text: 'xx', stopped: true })
})

const splitAll = (state: 'inside' | 'may-open' | 'none', pieces: string[]) => {
  const split = createReasoningSplit(state)
  const parts = [...pieces.map(piece => split.push(piece)), split.end()]
  return { reasoning: parts.map(part => part.reasoning).join(''), content: parts.map(part => part.content).join('') }
}

test.each([1, 2, 3, 100])('thinking is told from the answer in pieces of %i', size => {
  const pieces = (text: string) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
  expect(splitAll('may-open', pieces('<think>\nhm <b>\n</think>\n\nYes <think>'))).toEqual({
    reasoning: '\nhm <b>\n',
    content: 'Yes <think>',
  })
  expect(splitAll('inside', pieces('hm</think>Yes'))).toEqual({ reasoning: 'hm', content: 'Yes' })
  expect(splitAll('inside', pieces('never ends </thin'))).toEqual({ reasoning: 'never ends </thin', content: '' })
  expect(splitAll('may-open', pieces('  <thing> is fine'))).toEqual({ reasoning: '', content: '  <thing> is fine' })
  expect(splitAll('none', pieces('<think>x</think>'))).toEqual({ reasoning: '', content: '<think>x</think>' })
})
