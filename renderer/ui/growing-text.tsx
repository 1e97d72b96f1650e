import { memo, useImperativeHandle, useLayoutEffect, useRef, type Ref } from 'react'

/** Shows a longer text at once, without anything being drawn again. */
export type Grow = (text: string) => void

interface Props {
  as: 'p' | 'span'
  text: string
  className?: string
  /** For who tells it of growth between two drawings. */
  grow?: Ref<Grow>
}

/**
 * Text that grows at its end. Only what is new is handed to the page, so that the lines before it are not laid out again and what a
 * person has selected in them stays selected; another text replaces it.
 */
export const GrowingText = memo(function GrowingText({ as: Tag, text, className, grow }: Props) {
  const element = useRef<HTMLParagraphElement & HTMLSpanElement>(null)
  const shown = useRef('')
  useLayoutEffect(() => {
    if (element.current) put(element.current, shown.current, text)
    shown.current = text
  }, [text])
  useImperativeHandle(
    grow,
    () => next => {
      if (element.current) put(element.current, shown.current, next)
      shown.current = next
    },
    [],
  )
  return <Tag ref={element} {...(className === undefined ? {} : { className })} />
})

function put(element: Element, before: string, text: string): void {
  const node = element.firstChild
  if (!(node instanceof Text)) element.textContent = text
  else if (isContinued(before, text)) node.appendData(text.slice(before.length))
  else node.data = text
}

/** Whether a text goes on where another ended. Comparing slices is several times cheaper than `startsWith`, which goes letter by letter. */
export function isContinued(before: string, text: string): boolean {
  return text.length >= before.length && text.slice(0, before.length) === before
}
