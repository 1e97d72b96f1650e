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
  const blocks = tail === '' ? settled : [...settled, tail]
  return (
    <div className={live ? 'markdown markdown-live' : 'markdown'}>
      {blocks.map((block, index) => {
        const growing = live && index === settled.length
        return (
          <div key={index} className="markdown-block">
            <MarkdownBlock source={block} definitions={definitions} live={growing} />
          </div>
        )
      })}
    </div>
  )
})
