import { memo, useEffect, useLayoutEffect, useReducer, useRef, useState, type Ref } from 'react'
import { MarkdownBlock } from './markdown-block'
import './markdown.css'
import type { TakeEnd } from './plain-block'
import { followGrowth, type TextSource } from './follow-growth'
import { createSplitter, type SplitText } from './split-blocks'

interface Props {
  text: string
  /** It is still growing: a caret stands at its end. */
  live?: boolean
  /** Where the text grows meanwhile; it is shown instead of `text`. */
  source?: TextSource | null
}

/** Blocks are looked at in groups of so many, so that a long answer costs no more than its last group. */
const groupSize = 16

/**
 * The one way to show text that a model wrote, streaming or whole. Blocks that have settled are not touched again, so an update costs
 * what its last block costs; the last block keeps its place in the page when it settles. Where a source tells of growth, plain words at
 * the end are added to the page as they come, and drawing is left for what changes more.
 */
export const Markdown = memo(function Markdown({ text, live = false, source = null }: Props) {
  const [split] = useState(createSplitter)
  const [, draw] = useReducer((times: number) => times + 1, 0)
  const takeEnd = useRef<TakeEnd>(null)
  const { settled, tail, definitions, begun } = split(source ? source.read() : text)
  const drawn = useRef({ settled, definitions })
  useLayoutEffect(() => {
    drawn.current = { settled, definitions }
  })
  useEffect(() => {
    if (!source) return
    return followGrowth(source, { draw, takesEnd: text => takesEnd(split(text), drawn.current, takeEnd.current) })
  }, [source, split])
  const count = settled.length + (tail === '' ? 0 : 1)
  const groups = Array.from({ length: Math.ceil(count / groupSize) }, (_, index) => index * groupSize)
  // React does not know what was added between two drawings, so that another text gets elements of its own.
  return (
    <div key={begun} className={live ? 'markdown markdown-live' : 'markdown'}>
      {groups.map(from => {
        const end = from + groupSize >= count ? { tail, live, takeEnd } : { tail: '', live: false }
        return <Group key={from} from={from} blocks={settled} definitions={definitions} {...end} />
      })}
    </div>
  )
})

/** Whether the page can show a text by adding to its last block alone; it does then. */
function takesEnd(next: SplitText, drawn: Pick<SplitText, 'settled' | 'definitions'>, take: TakeEnd | null): boolean {
  return next.settled === drawn.settled && next.definitions === drawn.definitions && take !== null && take(next.tail)
}

interface GroupProps {
  /** Which of the blocks is its first. */
  from: number
  blocks: readonly string[]
  definitions: string
  /** The growing end, in the last group. */
  tail: string
  live: boolean
  takeEnd?: Ref<TakeEnd>
}

const blocksOf = ({ blocks, from }: GroupProps) => blocks.slice(from, from + groupSize)

/** Not even looked at until one of its own blocks is another. */
const Group = memo(
  function Group(props: GroupProps) {
    const { from, tail, definitions, live, takeEnd } = props
    const own = blocksOf(props)
    const all = tail === '' ? own : [...own, tail]
    return all.map((block, index) => {
      const end = live && index === own.length ? { live, takeEnd } : {}
      return (
        <div key={from + index} className="markdown-block">
          <MarkdownBlock source={block} definitions={definitions} {...end} />
        </div>
      )
    })
  },
  (before, after) =>
    before.tail === after.tail && before.live === after.live && before.definitions === after.definitions && sameBlocks(before, after),
)

function sameBlocks(before: GroupProps, after: GroupProps): boolean {
  if (before.blocks === after.blocks) return true
  const [one, other] = [blocksOf(before), blocksOf(after)]
  return one.length === other.length && one.every((block, index) => block === other[index])
}
