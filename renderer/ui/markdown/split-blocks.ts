import { isContinued } from '../growing-text'

/** A text cut where a top-level block ends for good: `settled` never changes while the text grows, `tail` may. */
export interface SplitText {
  settled: readonly string[]
  tail: string
  /** Link definitions of the whole text, to be read with every block that may use them. */
  definitions: string
  /** How many texts came before that this one does not go on from. */
  begun: number
}

interface Fence {
  mark: string
  length: number
}

const blank = /^[ \t]*$/
const fenceLine = /^ {0,3}(`{3,}|~{3,})(.*)$/
const listItem = /^ {0,3}([-*+]|\d{1,9}[.)])([ \t]|$)/
const indentedInList = /^( {2,}|\t)/
const indentedCode = /^( {4}|\t)/
/** First characters that tell before its line is whole that nothing of the block before goes on: of any line, and of one after a list. */
const beginsAnew = /^\S/
const beginsNoItem = /^[^\s\d*+-]/
const definition = /^ {0,3}\[(?!\^)[^\]]+\]:\s*\S/

/**
 * Cuts a growing Markdown text into its top-level blocks. Each call goes on where the last one stopped, so that its cost depends on what
 * is new and not on how long the text is; another text starts it anew. Whole lines decide, or the first character of one where that is
 * enough, and then for good. Rules: CommonMark 0.31.2, sections 4.5 (fences), 5.2 (list items).
 */
export function createSplitter(): (text: string) => SplitText {
  let scanner = createScanner()
  let last: SplitText = { settled: [], tail: '', definitions: '', begun: 0 }
  let begun = 0
  let seen = ''
  return text => {
    if (text === seen) return last
    if (!isContinued(seen, text)) {
      scanner = createScanner()
      begun += 1
    }
    seen = text
    last = { ...scanner(text), begun }
    return last
  }
}

function createScanner(): (text: string) => Omit<SplitText, 'begun'> {
  let settled: string[] = []
  let definitions = ''
  let blockStart = 0
  let lineStart = 0
  let fence: Fence | null = null
  let afterBlank = false
  let isList = false

  function settle(end: number, text: string) {
    const block = text.slice(blockStart, end)
    if (!blank.test(block.replaceAll('\n', ''))) settled = [...settled, block]
    blockStart = end
  }

  function takeLine(line: string, end: number, text: string) {
    if (fence) {
      if (closes(fence, line)) {
        fence = null
        settle(end, text)
        isList = false
      }
      return
    }
    if (blank.test(line)) {
      afterBlank = true
      return
    }
    const inList = isList && (listItem.test(line) || indentedInList.test(line))
    const opened = inList ? null : openedFence(line)
    if (opened || (afterBlank && !inList && !indentedCode.test(line))) {
      settle(lineStart, text)
      isList = false
    }
    isList ||= listItem.test(line)
    fence = opened
    if (definition.test(line)) definitions += `${line}\n`
    afterBlank = false
  }

  return text => {
    for (let end = text.indexOf('\n', lineStart); end !== -1; end = text.indexOf('\n', lineStart)) {
      takeLine(text.slice(lineStart, end), end + 1, text)
      lineStart = end + 1
    }
    if (afterBlank && !fence && (isList ? beginsNoItem : beginsAnew).test(text.slice(lineStart, lineStart + 1))) {
      settle(lineStart, text)
      isList = false
    }
    return { settled, tail: text.slice(blockStart), definitions }
  }
}

function openedFence(line: string): Fence | null {
  const [, marks = '', info = ''] = fenceLine.exec(line) ?? []
  if (marks === '' || (marks.startsWith('`') && info.includes('`'))) return null
  return { mark: marks.charAt(0), length: marks.length }
}

function closes(fence: Fence, line: string): boolean {
  const [, marks = '', rest = ''] = fenceLine.exec(line) ?? []
  return marks.startsWith(fence.mark) && marks.length >= fence.length && blank.test(rest)
}

/** The code of a block that is one fence, open or closed; null for any other block. */
export function fencedCode(block: string): { language: string; code: string } | null {
  const firstEnd = block.indexOf('\n')
  // The first line must be whole, or its language is still being written.
  if (firstEnd === -1 || block.startsWith(' ')) return null
  const first = block.slice(0, firstEnd)
  const fence = openedFence(first)
  if (!fence) return null
  const lines = block.split('\n')
  const close = lines.findIndex((line, index) => index > 0 && closes(fence, line))
  if (close !== -1 && lines.slice(close + 1).some(line => !blank.test(line))) return null
  const code = close === -1 ? lines.slice(1) : lines.slice(1, close)
  const info = first.slice(fence.length).trim()
  return { language: info.split(/[\s{]/, 1)[0] ?? '', code: code.join('\n').replace(/\n$/, '') }
}
