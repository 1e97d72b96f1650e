import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scanJson } from '../../../electron/core/gateway/json-scan'
import { parseBody } from '../../../electron/core/gateway/request-body'

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

const body = fc.tuple(
  fc.dictionary(fc.string(), fc.jsonValue()),
  fc.string({ minLength: 1 }),
  fc.dictionary(fc.string(), fc.jsonValue()),
  fc.constantFrom(0, 2),
)

test('the model is found in any body and replacing it changes nothing else', () => {
  fc.assert(
    fc.property(body, fc.string({ minLength: 1, unit: 'grapheme' }), ([before, model, after, indent], name) => {
      const value = { ...before, ...after, model, messages: [{ model: 'inner', text: '"model":"x"' }] }
      for (const field of ['stream', 'n', 'stop', 'max_tokens', 'max_completion_tokens']) Reflect.deleteProperty(value, field)
      const bytes = Buffer.from(JSON.stringify(value, null, indent))
      const scan = scanJson(bytes, 'model')
      expect(scan.depth).toBe(depthOf(value))
      expect(scan.values.map(({ start, end }) => bytes.toString('utf8', start, end))).toEqual([JSON.stringify(model)])
      const parsed = parseBody(bytes, 'chat/completions', 1_000)
      if ('refusal' in parsed) throw new Error(parsed.refusal.message)
      expect(JSON.parse(parsed.withModel(name).toString('utf8'))).toEqual(JSON.parse(JSON.stringify({ ...value, model: name })))
      expect(parsed.withModel(model)).toBe(bytes)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['{"model":"a\\\\","x":"\\"model\\":\\"b\\""}', ['"a\\\\"']],
  ['{ "mod\\u0065l" :\n\t"a" , "model":"b"}', ['"a"', '"b"']],
  ['{"x":{"model":"inner"},"y":["model"],"z":"model"}', []],
  ['{"model":{"model":"b"}}', ['']],
])('%s', (text, values) => {
  const bytes = Buffer.from(text)
  expect(scanJson(bytes, 'model').values.map(({ start, end }) => bytes.toString('utf8', start, end))).toEqual(values)
})
