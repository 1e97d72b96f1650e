// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { joinDrawTurns } from '../../../renderer/ui/markdown/draw-turns'
import { Markdown } from '../../../renderer/ui/markdown/markdown'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

/** A text that a test lets grow, as the store does. */
function makeSource() {
  let text = ''
  const told = new Set<() => void>()
  const source = {
    read: () => text,
    watch(listener: () => void) {
      told.add(listener)
      return () => void told.delete(listener)
    },
  }
  const become = (other: string) => {
    text = other
    act(() => told.forEach(listener => listener()))
  }
  const say = (more: string) => become(text + more)
  return { source, say, become, told }
}

const pieces = [
  ...[
    'word ',
    'two words',
    ' and',
    '. ',
    'Größe ',
    '\n',
    '\n\n',
    '- item ',
    '1. ',
    '**bold** ',
    '**',
    '`code` ',
    '```\n',
    '# Head',
    '> q ',
  ],
  ...['| a | b |\n', '|---|---|\n', '[link](https://example.org) ', 'https://a.example ', '    ', '* ', '[x]: https://b.example\n'],
]

describe('a text that grows on the page', () => {
  test('shows what it would show if it had come whole, whatever came and however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 25 }), parts => {
        const { source, say } = makeSource()
        const grown = render(<Markdown text="" live source={source} />)
        for (const part of parts) {
          say(part)
          vi.advanceTimersByTime(100)
        }
        const text = source.read()
        const whole = render(<Markdown text={text} live />)
        expect(grown.container.innerHTML).toBe(whole.container.innerHTML)
        grown.rerender(<Markdown text={text} />)
        whole.rerender(<Markdown text={text} />)
        expect(grown.container.innerHTML).toBe(whole.container.innerHTML)
        cleanup()
      }),
      { numRuns: 80 },
    )
  })

  test('plain words are added to the text that stands there, and what is selected in it stays so', () => {
    const { source, say, told } = makeSource()
    const { container, unmount } = render(<Markdown text="" live source={source} />)
    say('First block.\n\nThe second')
    const [first, second] = container.querySelectorAll('p')
    const node = second?.firstChild
    if (!(node instanceof Text)) throw new Error('There is no text.')
    getSelection()?.setBaseAndExtent(node, 4, node, 10)
    say(' grows')
    say(' on and on.')
    expect(second?.firstChild).toBe(node)
    expect(node.data).toBe('The second grows on and on.')
    expect(getSelection()?.toString()).toBe('second')
    say('\n\nThird.')
    expect([...container.querySelectorAll('p')].slice(0, 2)).toEqual([first, second])
    expect(getSelection()?.toString()).toBe('second')
    unmount()
    expect(told.size).toBe(0)
  })

  test('another text takes its place', () => {
    const { container, rerender } = render(<Markdown text="One plain line" />)
    rerender(<Markdown text="Another" />)
    expect(container.textContent).toBe('Another')
    rerender(<Markdown text="" />)
    expect(container.textContent).toBe('')
  })

  test('what was added goes when the host has less of the answer, as after it broke off', () => {
    const { source, say, become } = makeSource()
    const { container, rerender } = render(<Markdown text="" live source={source} />)
    say('As it was drawn')
    say(' and grew')
    become('As it was drawn')
    expect(container.textContent).toBe('As it was drawn')
    say(' and grew')
    rerender(<Markdown text="As it was drawn" />)
    expect(container.textContent).toBe('As it was drawn')
  })

  test('of eight that have to be drawn each waits for its turn, and a pause in the answer holds nothing back', () => {
    const answers = Array.from({ length: 8 }, () => {
      const { source, say } = makeSource()
      const { container } = render(<Markdown text="" live source={source} />)
      say('- **a**')
      return { say, container }
    })
    vi.advanceTimersByTime(50)
    for (const { say } of answers) say('\n- **b**')
    vi.advanceTimersByTime(10)
    const drawn = answers.map(({ container }) => container.querySelectorAll('li').length)
    expect(drawn.filter(count => count === 2).length).toBeLessThan(8)
    act(() => void vi.advanceTimersByTime(150))
    expect(answers.map(({ container }) => container.querySelectorAll('li').length)).toEqual(Array(8).fill(2))
  })
})

test('up to four are drawn each time, eight every second time and half of them at a time', () => {
  const drawsOf = (count: number) => {
    let now = 1_000
    const turns = Array.from({ length: count }, () => joinDrawTurns(() => now))
    const frames = Array.from({ length: 40 }, () => {
      now += 50
      return turns.filter(turn => turn.take()).length
    })
    for (const turn of turns) turn.leave()
    return frames
  }
  expect(new Set(drawsOf(4))).toEqual(new Set([4]))
  const frames = drawsOf(8).slice(4)
  expect(Math.max(...frames)).toBeLessThanOrEqual(5)
  expect(frames.reduce((sum, each) => sum + each, 0)).toBe((frames.length * 8) / 2)
})
