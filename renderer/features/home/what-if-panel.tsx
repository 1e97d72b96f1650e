import ChevronRight from 'lucide-react/icons/chevron-right'
import { useState } from 'react'
import type { Shopping } from '../../../electron/contract/what-if'
import { Button } from '../../ui/button'
import { Icon } from '../../ui/icon'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { useWhatIfAnswers } from './use-what-if'
import { WhatIfControls } from './what-if-controls'
import { ShoppingList, WhatIfTable, WhatIfTrace } from './what-if-answer'
import { useRecommend } from './recommend.store'
import { asItIs, questionOf, useWhatIf } from './what-if.store'

/** What another card, more users, a longer context or another quantisation would bring; live, and nothing of it is kept. */
export function WhatIfPanel() {
  const need = useRecommend(store => store.need)
  // Nothing is asked of the host before somebody looks.
  const [open, setOpen] = useState(false)
  if (!need) return null
  return (
    <section aria-label="What if" className="rounded-2 border border-frame px-5 py-3">
      <details className="disclosure" onToggle={event => setOpen(event.currentTarget.open)}>
        <summary className="flex items-center gap-1 py-0.5 font-semibold">
          <Icon of={ChevronRight} className="turns" />
          What if: another card, more users, a longer context, another quantisation
        </summary>
        {open && <Inside />}
      </details>
    </section>
  )
}

function Inside() {
  useWhatIfAnswers()
  const need = useRecommend(store => store.need)
  const { choice, answer, shopping, failure } = useWhatIf()
  const asked = need !== null && questionOf(need, choice) !== null
  return (
    <div className="grid gap-5 pt-3 pb-2">
      <WhatIfControls />
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] gap-x-8 gap-y-4 max-wide:grid-cols-1">
        <div className="min-h-[244px] max-wide:min-h-0">
          {failure !== null && (
            <StateWord tone="warn">
              <span className="whitespace-normal">{failure}</span>
            </StateWord>
          )}
          {asked && answer ? (
            <>
              <WhatIfTable answer={answer} />
              <p className="mt-2">
                <Button size="low" onClick={() => useWhatIf.setState({ choice: asItIs })}>
                  As it is
                </Button>
              </p>
            </>
          ) : (
            failure === null && <p className="text-ink-2">Move something above: the decision for it stands here beside the one you have.</p>
          )}
        </div>
        {asked && answer ? <WhatIfTrace trace={answer.trace} /> : <Gains shopping={shopping} />}
      </div>
    </div>
  )
}

/** The list is reckoned in a moment; it keeps its place meanwhile. */
function Gains({ shopping }: { shopping: Shopping | null }) {
  if (shopping) return <ShoppingList shopping={shopping} />
  return (
    <div role="status" aria-label="Working out what other hardware would bring" className="grid content-start gap-3">
      {[420, 360, 380].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}
