import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSplitter, fencedCode } from '../../../renderer/ui/markdown/split-blocks'

const answer = [
  'First paragraph\nwith two lines.',
  '- one\n- two\n\n  still two\n\n- three',
  '```ts\nconst a = 1\n\nconst b = 2\n```',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '1. first\n2. second\n   ```\n   code\n\n   more\n   ```\n3. third',
  '> quoted\n> twice',
  '~~~~\n```\nnot a fence\n~~~~',
  '# Heading\nText under it.',
].join('\n\n')

test('cuts a whole answer at its top-level blocks and nowhere inside one', () => {
  const { settled, tail } = createSplitter()(`${answer}\n`)
  expect([...settled, tail].map(block => block.trim())).toEqual(
    [
      'First paragraph\nwith two lines.',
      '- one\n- two\n\n  still two\n\n- three',
      '```ts\nconst a = 1\n\nconst b = 2\n```',
      '| a | b |\n|---|---|\n| 1 | 2 |',
      '1. first\n2. second\n   ```\n   code\n\n   more\n   ```\n3. third',
      '> quoted\n> twice',
      '~~~~\n```\nnot a fence\n~~~~',
      '# Heading\nText under it.',
    ].map(block => block.trim()),
  )
})

test('what has settled never changes, and nothing is lost, however the text arrives', () => {
  const pieces = fc.array(fc.constantFrom('\n', '\n\n', '- a', '1. b', '```', '    code', 'word ', '> q', '# h', '[x]: http://a.b', '\t'), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(pieces, parts => {
      const split = createSplitter()
      let text = ''
      let before: readonly string[] = []
      for (const part of parts) {
        text += part
        const { settled, tail } = split(text)
        expect(settled.slice(0, before.length)).toEqual(before)
        expect([...settled, tail].join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        before = settled
      }
      // In one go it is cut as it was in pieces.
      expect(createSplitter()(text)).toEqual(split(text))
    }),
    { numRuns: 200 },
  )
})

test('another text starts anew, and so does an earlier state of the same one', () => {
  const split = createSplitter()
  split('one\n\ntwo\n\nthree\n')
  expect(split('other').settled).toEqual([])
  expect(split('other').tail).toBe('other')
})

test('link definitions are known wherever they stand', () => {
  expect(createSplitter()('See [a].\n\n[a]: https://example.org\n\nEnd.\n').definitions).toBe('[a]: https://example.org\n')
})

test('takes the code out of a fence that is whole or still open, and of nothing else', () => {
  expect(fencedCode('```ts\nlet a\n```')).toEqual({ language: 'ts', code: 'let a' })
  expect(fencedCode('```py title="x"\nprint(1)\n')).toEqual({ language: 'py', code: 'print(1)' })
  expect(fencedCode('````\n```\n````')).toEqual({ language: '', code: '```' })
  expect(fencedCode('```ts')).toBeNull()
  expect(fencedCode('text\n```\ncode\n```')).toBeNull()
  expect(fencedCode('```a`b\nx')).toBeNull()
})
