// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import fc from 'fast-check'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { afterEach, describe, expect, test } from 'vitest'
import { Markdown } from '../../../renderer/ui/markdown/markdown'
import { plainParagraphs } from '../../../renderer/ui/markdown/plain-paragraph'
import { hostileAnswers } from './hostile-answers'

afterEach(cleanup)

/** What an answer may put on the page; anything else is a way in. */
const allowed = new Set(
  'A BLOCKQUOTE BR BUTTON CODE DEL DIV EM FIGCAPTION FIGURE H2 HR INPUT LI OL P PATH PRE RECT SECTION SPAN STRONG SUP SVG TABLE TBODY TD TH THEAD TR UL'.split(
    ' ',
  ),
)

function expectHarmless(container: Element, answer: string) {
  for (const element of container.querySelectorAll('*')) {
    const name = element.tagName.toUpperCase()
    expect(allowed, `${name} from ${answer}`).toContain(name)
    for (const { name: attribute, value } of element.attributes) {
      expect(attribute, answer).not.toMatch(/^on|^srcdoc|^formaction|^style$|^id$|^ping$/)
      if (attribute === 'href') expect(value, answer).toMatch(/^(https?|mailto):/)
      if (attribute === 'src') expect.unreachable(`${answer} loads ${value}`)
    }
  }
  for (const link of container.querySelectorAll('a')) {
    expect(link.rel, answer).toContain('noopener')
    expect(link.title, answer).toBe(link.getAttribute('href'))
  }
  expect(Reflect.get(globalThis, 'taken'), answer).toBeUndefined()
}

describe('what a model wrote', () => {
  test('is harmless whatever it is, whole and cut at every place while it streams', () => {
    const { container, rerender } = render(<Markdown text="" live />)
    for (const answer of hostileAnswers) {
      for (let end = 1; end <= answer.length; end++) {
        rerender(<Markdown text={answer.slice(0, end)} live />)
        expectHarmless(container, answer.slice(0, end))
      }
      rerender(<Markdown text={`${answer}\n\nend\n`} />)
      expectHarmless(container, answer)
    }
  }, 60_000)

  test('is the same in the end whether it streamed or came whole', () => {
    const text =
      'One **two** `three`\n\n- a\n- b\n\n```ts\nlet a = 1\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n1. x\n\n   y\n2. z\n\n> q\n\nSee [it].\n\n[it]: https://example.org\n'
    const streamed = render(<Markdown text="" live />)
    for (let end = 1; end <= text.length; end++) streamed.rerender(<Markdown text={text.slice(0, end)} live />)
    streamed.rerender(<Markdown text={text} />)
    const whole = render(<Markdown text={text} />)
    expect(streamed.container.innerHTML).toBe(whole.container.innerHTML)
  })

  test('plain words are shown as Markdown would show them', () => {
    const words = fc.array(
      fc.constantFrom(
        'word',
        'Größe',
        ' ',
        '  ',
        '\n',
        '\n\n',
        '.',
        ',',
        '-',
        '1',
        '(a)',
        '“q”',
        '1.',
        '--',
        ':',
        '!',
        'www.a.org',
        '東京',
        'é',
      ),
      { minLength: 1, maxLength: 12 },
    )
    let shortcuts = 0
    fc.assert(
      fc.property(words, parts => {
        const source = parts.join('')
        const plain = plainParagraphs(source)
        if (plain === null) return
        shortcuts += 1
        const { container, unmount } = render(<ReactMarkdown remarkPlugins={[remarkGfm]}>{source}</ReactMarkdown>)
        expect(container.innerHTML).toBe(plain.map(text => `<p>${text}</p>`).join('\n'))
        unmount()
      }),
      { numRuns: 600 },
    )
    expect(shortcuts).toBeGreaterThan(40)
    expect(plainParagraphs('A block that has just ended. \n\n')).toEqual(['A block that has just ended.'])
  })

  test('does not draw settled blocks again', () => {
    const { container, rerender } = render(<Markdown text={'First.\n\nSecond.\n\nThi'} live />)
    const first = container.querySelector('p')
    first?.setAttribute('data-kept', 'yes')
    rerender(<Markdown text={'First.\n\nSecond.\n\nThird, longer.'} live />)
    expect(container.querySelector('p')?.getAttribute('data-kept')).toBe('yes')
    expect([...container.querySelectorAll('p')].map(each => each.textContent)).toEqual(['First.', 'Second.', 'Third, longer.'])
  })

  test('has links with their whole address, images only as links, and tasks that cannot be ticked', () => {
    render(<Markdown text={'[docs](https://example.org/a) ![cat](https://example.org/cat.png)\n\n- [x] done\n- [ ] open\n'} />)
    expect(screen.getByRole('link', { name: 'docs' }).getAttribute('href')).toBe('https://example.org/a')
    expect(screen.getByRole('link', { name: 'Image: cat (not loaded)' }).title).toBe('https://example.org/cat.png')
    expect(screen.queryByRole('img')).toBeNull()
    expect(screen.getAllByRole<HTMLInputElement>('checkbox').map(box => [box.checked, box.disabled])).toEqual([
      [true, true],
      [false, true],
    ])
  })

  test('shows code with its language, a copy button that copies it, and colours once it is whole', async () => {
    // jsdom serves its page as an insecure origin, where browsers give no clipboard.
    Object.defineProperty(globalThis, 'isSecureContext', { value: true, configurable: true })
    const user = userEvent.setup()
    const { container, rerender } = render(<Markdown text={'```ts\nconst a = 1\n'} live />)
    expect(screen.getByText('ts')).toBeTruthy()
    expect(container.querySelector('.tone-keyword')).toBeNull()
    rerender(<Markdown text={'```ts\nconst a = 1\n```\n'} />)
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await navigator.clipboard.readText()).toBe('const a = 1')
    expect((await screen.findByText('const', {}, { timeout: 8_000 })).className).toBe('tone-keyword')
    expect(container.innerHTML).not.toContain('style=')
  })
})
