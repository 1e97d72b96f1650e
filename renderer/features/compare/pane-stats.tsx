import { memo } from 'react'
import type { Generation } from '../../../electron/contract/compare'
import type { Instance } from '../../../electron/contract/instance'
import { classes } from '../../ui/classes'
import { ProvenanceMark } from '../../ui/provenance'
import { figuresOf } from './stats-words'

interface Props {
  generation: Generation | null
  instance: Instance | null
}

/** Five fixed columns under the answer, filled in place. */
export const PaneStats = memo(function PaneStats({ generation, instance }: Props) {
  const done = generation?.state === 'done'
  return (
    <dl className="pane-stats border-t border-line px-4">
      {figuresOf(generation, instance).map(({ name, value, from, why }) => (
        <div key={name} title={why} className="min-w-0">
          <dt className="truncate text-11 text-ink-3">{name}</dt>
          <dd className={classes('truncate text-12', done && value !== '–' && 'font-semibold')}>
            {from && <ProvenanceMark of={from} />}
            {value}
          </dd>
        </div>
      ))}
    </dl>
  )
})
