import type { Decision } from '../../../electron/contract/decision'
import { Sourced } from '../../ui/provenance'
import { Workings } from '../../ui/workings'

type Quality = NonNullable<Decision['quality']>

const lineOf = ({ text, source }: Quality['evidence'][number]) => (source === null ? text : `${text} (${source})`)

/** How good the answers of the model are for the task, where the figure is from, and what its licence is. */
export function QualityFact({ quality, artifact }: { quality: Quality; artifact: string }) {
  const published = quality.evidence.some(each => each.kind === 'published')
  const head = quality.points === null ? 'Not in the catalogue' : `${quality.points} of 100 for this task, our own scale`
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-1">
      <Sourced of={published ? 'published' : 'estimated'} why={<Workings head={head} lines={quality.evidence.map(lineOf)} />}>
        {quality.points === null ? 'guessed from its size' : <b>{quality.points}</b>}
        {quality.points !== null && <span className="text-ink-2"> of 100 for this task</span>}
      </Sourced>
      {quality.loss >= 0.1 && (quality.points ?? 100) > quality.loss && (
        <span className="text-ink-2">
          {artifact} takes {quality.loss.toFixed(1)} of it
        </span>
      )}
      {quality.licence !== null && <span className="text-ink-2">licence {quality.licence}</span>}
    </div>
  )
}
