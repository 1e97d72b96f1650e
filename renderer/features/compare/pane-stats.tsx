import { memo, useMemo } from 'react'
import type { Instance } from '../../../electron/contract/instance'
import { classes } from '../../ui/classes'
import { ProvenanceMark } from '../../ui/provenance'
import { useCompare } from './compare.store'
import { tickingGeneration } from './selectors'
import { figuresOf, type Figure } from './stats-words'

interface Props {
  paneId: string
  instance: Instance | null
}

/** Five fixed columns under the answer, filled in place; while it comes they tick so often that they can still be read. */
export const PaneStats = memo(function PaneStats({ paneId, instance }: Props) {
  const generation = useCompare(useMemo(() => tickingGeneration(paneId), [paneId]))
  const done = generation?.state === 'done'
  return (
    <dl className="pane-stats border-t border-line px-4">
      {figuresOf(generation, instance).map(figure => (
        <One key={figure.name} {...figure} done={done} />
      ))}
    </dl>
  )
})

const One = memo(function One({ name, value, from, why, done }: Figure & { done: boolean }) {
  return (
    <div title={why} className="min-w-0">
      <dt className="truncate text-11 text-ink-3">{name}</dt>
      <dd className={classes('truncate text-12', done && value !== '–' && 'font-semibold')}>
        {from && <ProvenanceMark of={from} />}
        {value}
      </dd>
    </div>
  )
})
