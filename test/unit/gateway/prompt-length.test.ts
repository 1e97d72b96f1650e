import { expect, test } from 'vitest'
import { promptLength, refusalOfLength } from '../../../electron/core/gateway/prompt-length'

test('characters of messages, of their text parts and of prompts are counted, pictures are not', () => {
  const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${'a'.repeat(9_000)}` } }
  const messages = [{ role: 'system', content: 'abc' }, { role: 'user', content: [{ type: 'text', text: 'de' }, picture] }, null, 'odd']
  expect(promptLength({ messages })).toBe(5)
  expect(promptLength({ prompt: ['ab', 'c'] })).toBe(3)
  expect(promptLength({ messages: 'no list', prompt: 7 })).toBe(0)
})

test('only what no text could squeeze into the context is refused, and only where the runtime would not', () => {
  expect(refusalOfLength(16_384, 2048)).toBeNull()
  expect(refusalOfLength(16_385, 2048)).toMatchObject({ status: 400, code: 'context_length_exceeded' })
  expect(refusalOfLength(1_000_000, undefined)).toBeNull()
})
