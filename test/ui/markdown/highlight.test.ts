import { expect, test } from 'vitest'
import { highlight } from '../../../renderer/ui/markdown/highlight'
import { plainCode, safeAddress } from '../../../renderer/ui/markdown/safe-address'

test('colours known languages by their names and short names, and keeps every character', async () => {
  const code = 'export const a = "x" // why\n\nreturn 1'
  const lines = await highlight(code, 'TS')
  expect(lines?.map(line => line.map(token => token.text).join('')).join('\n')).toBe(code)
  const tones = new Map(lines?.flat().map(token => [token.text.trim(), token.tone]))
  expect(tones.get('export')).toBe('keyword')
  expect([...tones].find(([text]) => text.includes('why'))?.[1]).toBe('comment')
  expect(lines?.flat().some(token => token.tone === 'string')).toBe(true)
  expect((await highlight('def f(): pass', 'py'))?.flat().some(token => token.tone === 'keyword')).toBe(true)
})

test('leaves unknown languages and very long code alone', async () => {
  expect(await highlight('x', 'brainfuck')).toBeNull()
  expect(await highlight('x', 'constructor')).toBeNull()
  expect(await highlight('x '.repeat(30_000), 'ts')).toBeNull()
})

test.each([
  ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
  ['HTTP://EXAMPLE.org', 'http://example.org/'],
  ['mailto:a@b.org', 'mailto:a@b.org'],
  ['https://аpple.com/', 'https://xn--pple-43d.com/'],
  ['javascript:alert(1)', null],
  ['JaVaScRiPt:alert(1)', null],
  ['java\nscript:alert(1)', null],
  ['\u0001javascript:alert(1)', null],
  ['data:text/html,<script>alert(1)</script>', null],
  ['vbscript:x', null],
  ['file:///etc/passwd', null],
  ['smb://host/share', null],
  ['\\\\host\\share', null],
  ['ms-msdt:/id', null],
  ['roundhouse://run', null],
  ['blob:https://example.org/x', null],
  ['//example.org/x', null],
  ['/settings', null],
  ['#/settings', null],
  ['', null],
])('%j leads to %j', (written, address) => {
  expect(safeAddress(written)).toBe(address)
})

test('code is copied as it looks: no direction marks, no terminal sequences', () => {
  expect(plainCode('a\u202Eb\u2066c\u001B[31md\u001B[0m')).toBe('abcd')
})
