import { joinDrawTurns } from './draw-turns'

/** A text that grows somewhere else. */
export interface TextSource {
  read: () => string
  /** Tells of each growth until the returned function is called. */
  watch: (told: () => void) => () => void
}

interface Shows {
  /** Adds to what the page shows already; false when that is not possible and the text has to be drawn. */
  takesEnd: (text: string) => boolean
  draw: () => void
}

/** Growth that had to wait for its turn is drawn after so long when nothing more comes: an answer may pause at any word. */
const latestMs = 120

/** Brings what grows onto the page until the returned function is called: at once where that costs little, else when it is its turn. */
export function followGrowth(source: TextSource, { takesEnd, draw }: Shows): () => void {
  const turn = joinDrawTurns()
  let shown: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function show(mayWait: boolean) {
    const text = source.read()
    if (text === shown) return
    clearTimeout(timer)
    if (takesEnd(text)) {
      shown = text
    } else if (turn.take() || !mayWait) {
      shown = text
      draw()
    } else {
      timer = setTimeout(() => show(false), latestMs)
    }
  }

  const unwatch = source.watch(() => show(true))
  return () => {
    unwatch()
    turn.leave()
    clearTimeout(timer)
  }
}
