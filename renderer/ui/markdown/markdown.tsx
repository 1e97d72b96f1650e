import { memo, useState } from 'react'
import { MarkdownBlock } from './markdown-block'
import './markdown.css'
import { createSplitter } from './split-blocks'

interface Props {
  text: string
  /** It is still growing: a caret stands at its end. */
  live?: boolean
}

/**
 * The one way to show text that a model wrote, streaming or whole. Blocks that have settled are not touched again, so an update costs
 * what its last block costs.
 */
export const Markdown = memo(function Markdown({ text, live = false }: Props) {
  const [split] = useState(createSplitter)
  const { settled, tail, definitions } = split(text)
  return (
    <div className={live ? 'markdown markdown-live' : 'markdown'}>
      <Settled blocks={settled} definitions={definitions} />
      {tail !== '' && (
        <div key={settled.length} className="markdown-block">
          <MarkdownBlock source={tail} definitions={definitions} live={live} />
        </div>
      )}
    </div>
  )
})

/** The blocks that are whole: not even looked at until there is one more. */
const Settled = memo(function Settled({ blocks, definitions }: { blocks: readonly string[]; definitions: string }) {
  return blocks.map((block, index) => (
    <div key={index} className="markdown-block">
      <MarkdownBlock source={block} definitions={definitions} />
    </div>
  ))
})
