import Check from 'lucide-react/icons/check'
import TriangleAlert from 'lucide-react/icons/triangle-alert'
import { memo, useMemo } from 'react'
import { Icon } from '../../ui/icon'
import { StateWord } from '../../ui/state-word'
import { useModels } from '../shared/models.store'
import { useCompare } from './compare.store'
import { fairnessOf } from './fairness'
import { fairTurn, panesOf } from './selectors'
import type { Target } from './targets'

/** What makes the answers of the last turn comparable, and what does not. */
export const FairnessLine = memo(function FairnessLine({ targets }: { targets: readonly Target[] }) {
  const turn = useCompare(useMemo(fairTurn, []))
  const earlierTurns = useCompare(store => Math.max(0, (store.comparison?.turns.length ?? 0) - 1))
  const panes = useCompare(panesOf)
  const library = useModels(store => store.models?.library)
  const facts = useMemo(() => {
    if (!turn) return []
    const parametersOf = (model: string) => library?.find(each => each.id === model)?.facts?.parameters ?? null
    return fairnessOf({ turn, earlierTurns, panes, targets, parametersOf })
  }, [turn, earlierTurns, panes, targets, library])
  if (facts.length === 0) return null
  return (
    <div
      role="group"
      aria-label="Fairness of this set"
      className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 border-t border-line bg-sunken px-4 py-1 text-12"
    >
      <b>Fairness</b>
      {facts.map(({ tone, text }) =>
        tone === 'ok' ? (
          <span key={text} className="inline-flex items-center gap-1">
            <Icon of={Check} className="text-ok" />
            {text}
          </span>
        ) : (
          <StateWord key={text} tone="warn" icon={TriangleAlert}>
            {text}
          </StateWord>
        ),
      )}
    </div>
  )
})
