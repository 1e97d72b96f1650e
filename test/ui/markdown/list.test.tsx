// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react'
import fc from 'fast-check'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { afterEach, expect, test } from 'vitest'
import { Markdown } from '../../../renderer/ui/markdown/markdown'
import { splitList } from '../../../renderer/ui/markdown/split-list'

afterEach(cleanup)

const sentence = 'the engines stand around one turntable and each of them answers in words of its own '
const listOf = (items: number, marker = (number: number) => `${number}.`) =>
  Array.from({ length: items }, (_, index) => `${marker(index + 1)} **Item ${index + 1}**: ${sentence}\n    - nested \`${index}\`\n`).join(
    '\n',
  )

/** What the elements of a list say; whether its items are paragraphs is not seen, and depends on lines far away. */
const shapeOf = (container: Element) =>
  [...container.querySelectorAll('ul, ol')].map(list => [
    list.tagName,
    list.getAttribute('start'),
    [...list.children].map(each => each.tagName),
    list.textContent.replace(/\s+/g, ' '),
  ])

test('a list drawn in parts shows what the parser alone would show, at every length', () => {
  const rest = fc.constantFrom(
    '\n    more of it\n',
    '\n\n    a paragraph\n',
    '\n    - nested\n      - twice\n',
    '\n',
    '\n\n',
    '\n    > quoted\n',
    ' [r] <b>x</b>\n',
  )
  const items = fc.array(fc.tuple(fc.constantFrom('word ', '*em* ', '`c` ', '[l](https://a.b) '), fc.integer({ min: 8, max: 30 }), rest), {
    minLength: 16,
    maxLength: 26,
  })
  let inParts = 0
  fc.assert(
    fc.property(items, fc.constantFrom('3.', '-', '1)'), fc.integer({ min: 0, max: 60 }), (given, marker, cut) => {
      const whole = given.map(
        ([word, times, after], index) =>
          `${/\d/.test(marker) ? `${index + 3}${marker.slice(-1)} ` : '-  '}${word.repeat(times)}end${after}`,
      )
      const source = whole.join('').slice(0, -cut || undefined)
      if (splitList(source)) inParts += 1
      const ours = render(<Markdown text={source} live />)
      const plain = render(
        <ReactMarkdown remarkPlugins={[[remarkGfm, { singleTilde: false }]]}>{source.replaceAll(/<\/?b>/g, '')}</ReactMarkdown>,
      )
      expect(shapeOf(ours.container)).toEqual(shapeOf(plain.container))
      cleanup()
    }),
    { numRuns: 14 },
  )
  expect(inParts).toBeGreaterThan(4)
})

test('what is no list, or may end within, is left to the parser', () => {
  expect(splitList(listOf(30))?.parts.length).toBeGreaterThan(3)
  expect(splitList(listOf(30))?.start).toBe(1)
  expect(splitList(listOf(30, () => '*'))?.start).toBeNull()
  expect(splitList(`${listOf(30)}\n31`)?.parts.at(-1)).toMatch(/\n31\n$/)
  expect(splitList(listOf(3))).toBeNull()
  expect(splitList(`${listOf(30)}\nText that goes on lazily`)).toBeNull()
  expect(splitList(`${listOf(30)}\n- other`)).toBeNull()
  expect(splitList(listOf(30, () => '-').replace('- **Item 9**', '- - -\n- **Item 9**'))).toBeNull()
  expect(splitList(`${listOf(30)}\n31. See[^1]`)).toBeNull()
  expect(splitList(`text\n${listOf(30)}`)).toBeNull()
  expect(splitList('\n\n')).toBeNull()
})

test('one more item leaves all but the last part of a long list as they are', () => {
  const { rerender, container } = render(<Markdown text={listOf(60)} live />)
  container.querySelectorAll('ol > li').forEach(each => each.setAttribute('data-kept', ''))
  rerender(<Markdown text={`${listOf(60)}\n61. One more`} live />)
  expect(container.querySelectorAll('ol')).toHaveLength(1)
  expect(container.querySelectorAll('ol > li')).toHaveLength(61)
  expect(container.querySelectorAll('[data-kept]').length).toBeGreaterThanOrEqual(60)
})
