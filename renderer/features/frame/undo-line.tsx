import Undo2 from 'lucide-react/icons/undo-2'
import X from 'lucide-react/icons/x'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { Button } from '../../ui/button'
import { IconButton } from '../../ui/icon-button'
import { StateWord } from '../../ui/state-word'
import { dismissUndo, undoLast, useUndo } from '../shared/undo.store'

/** What was just taken away and can be had back: one line over the page, until it is taken away or another page is shown. */
export function UndoLine() {
  const done = useUndo(store => store.done)
  const [location] = useLocation()
  useEffect(() => dismissUndo, [location])
  return (
    <div role="status" className="sticky top-0 z-10">
      {done && (
        <div className="flex items-center gap-3 border-b border-line bg-surface px-gut py-2">
          <p className="min-w-0 flex-1 wrap-anywhere">
            <StateWord tone="info">{done.text}</StateWord>
          </p>
          <Button size="low" icon={Undo2} onClick={() => void undoLast()}>
            Undo
          </Button>
          <IconButton icon={X} label="Dismiss" size="low" onClick={dismissUndo} />
        </div>
      )}
    </div>
  )
}
