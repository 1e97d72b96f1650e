// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react'
import fc from 'fast-check'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { afterEach, expect, test } from 'vitest'
import { Markdown } from '../../../renderer/ui/markdown/markdown'
import { splitTable } from '../../../renderer/ui/markdown/split-table'

afterEach(cleanup)

const tableOf = (rows: number, columns: number, cell = (row: number, column: number) => `**${row}** ${column}`) =>
  [
    ...[`|${' h |'.repeat(columns)}`, `|${' --: |'.repeat(columns)}`],
    ...Array.from({ length: rows }, (_, row) => `|${Array.from({ length: columns }, (_, column) => ` ${cell(row, column)} |`).join('')}`),
  ].join('\n')

/** What the cells say, whoever drew them. */
const cellsOf = (container: Element) =>
  [...container.querySelectorAll('tr')].map(line => [...line.children].map(cell => `${cell.tagName} ${cell.innerHTML}`))

test('a table drawn in parts shows what the parser alone would show, at every length', () => {
  const words = fc.constantFrom('a', '`x\\|y`', '[l](https://a.b)', '', '**b**', '\\|', 'c\\\\', '~~s~~', '[r]')
  fc.assert(
    fc.property(fc.array(fc.array(words, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 90 }), rows => {
      const source = ['| a | b | c |', '|---|:-:|--:|', ...rows.map(each => `| ${each.join(' | ')} |`)].join('\n')
      const ours = render(<Markdown text={source} live />)
      const plain = render(<ReactMarkdown remarkPlugins={[remarkGfm]}>{source}</ReactMarkdown>)
      const text = (rendered: typeof ours) => cellsOf(rendered.container).map(line => line.map(cell => cell.replace(/<a [^>]*>/g, '<a>')))
      expect(text(ours)).toEqual(text(plain))
      cleanup()
    }),
    { numRuns: 25 },
  )
})

test('what is no table, or may end within, is left to the parser', () => {
  expect(splitTable(tableOf(300, 60))?.parts.length).toBe(75)
  expect(splitTable(tableOf(3, 3))).toBeNull()
  expect(splitTable(`${tableOf(200, 4)}\n# Heading`)).toBeNull()
  expect(splitTable(tableOf(200, 4).replace('--: |', ''))).toBeNull()
  expect(splitTable(`${tableOf(200, 4)}\n\n| a |`)).toBeNull()
  expect(splitTable(`text\n${tableOf(200, 4)}`)).toBeNull()
})

test('one more row costs the same in a long table as in a short one', () => {
  const lines = tableOf(300, 60).split('\n')
  const { rerender, container } = render(<Markdown text="" live />)
  const cost = (from: number, to: number) => {
    rerender(<Markdown text={lines.slice(0, from).join('\n')} live />)
    const settled = container.querySelector('tbody')
    const began = performance.now()
    for (let end = from + 1; end <= to; end++) rerender(<Markdown text={lines.slice(0, end).join('\n')} live />)
    if (settled && from > 20) expect(container.querySelector('tbody')).toBe(settled)
    return (performance.now() - began) / (to - from)
  }
  const short = cost(22, 42)
  const long = cost(282, 302)
  expect(container.querySelectorAll('td')).toHaveLength(300 * 60)
  expect(long / short).toBeLessThan(3)
}, 60_000)
