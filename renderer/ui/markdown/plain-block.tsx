import { useImperativeHandle, useRef, type Ref } from 'react'
import { GrowingText, type Grow } from '../growing-text'
import { plainParagraphs } from './plain-paragraph'

/** Takes the growing end of a text without drawing; false when it cannot show it so, and it has to be drawn. */
export type TakeEnd = (source: string) => boolean

interface Props {
  paragraphs: readonly string[]
  takeEnd?: Ref<TakeEnd> | undefined
}

/** Paragraphs of plain words. While there is one, and it stays plain, it grows without being drawn: most of an answer does. */
export function PlainBlock({ paragraphs, takeEnd }: Props) {
  const grow = useRef<Grow>(null)
  const isOne = paragraphs.length === 1
  useImperativeHandle(
    takeEnd,
    () => source => {
      const [text, ...others] = (isOne && plainParagraphs(source)) || []
      if (text === undefined || others.length > 0 || !grow.current) return false
      grow.current(text)
      return true
    },
    [isOne],
  )
  return paragraphs.map((text, index) => <GrowingText key={index} as="p" text={text} {...(isOne ? { grow } : {})} />)
}
