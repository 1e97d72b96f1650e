import { useEffect, useRef, useState, type ReactNode } from 'react'
import { Button } from './button'

interface Props {
  /** `Delete 1.0 GB?` */
  question: string
  /** The word on the button that does it. */
  word: string
  onConfirm: () => void
  /** What asks: a button that calls `ask`. */
  children: (ask: () => void) => ReactNode
}

/** Asks in its own place before something is gone that cannot be had back; the focus goes to keeping it, and back to who asked. */
export function Confirm({ question, word, onConfirm, children }: Props) {
  const [asking, setAsking] = useState(false)
  const place = useRef<HTMLSpanElement>(null)
  const moved = useRef(false)
  const turn = (next: boolean) => {
    moved.current = true
    setAsking(next)
  }
  useEffect(() => {
    if (moved.current) place.current?.querySelector('button')?.focus()
  }, [asking])
  return (
    <span ref={place} className="inline-flex items-center gap-2">
      {asking ? (
        <span role="group" aria-label={question} className="inline-flex items-center gap-2 whitespace-nowrap">
          {question}
          <Button size="low" onClick={() => turn(false)}>
            Keep it
          </Button>
          <Button
            size="low"
            onClick={() => {
              turn(false)
              onConfirm()
            }}
          >
            {word}
          </Button>
        </span>
      ) : (
        children(() => turn(true))
      )}
    </span>
  )
}
