import RefreshCw from 'lucide-react/icons/refresh-cw'
import { useState } from 'react'
import type { ModelsSnapshot } from '../../../electron/contract/model'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { memory } from '../../ui/format'
import { StateWord, type Tone } from '../../ui/state-word'
import { act } from '../shared/notice.store'

/** Which outside sources answer, and where files go. Offline it says what a network would add. */
export function SourcesLine({ models, onMove }: { models: ModelsSnapshot; onMove: () => void }) {
  const [isAsking, setAsking] = useState(false)
  const { hub, pypi } = models.reachable
  const isOffline = hub === false && pypi === false
  const missing = models.offered.filter(({ artifacts }) => artifacts.every(each => each.libraryId === null)).length
  async function ask() {
    setAsking(true)
    await act('The sources could not be asked', () => client.models.refresh())
    setAsking(false)
  }
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-sunken px-gut py-1.5 text-12">
      <Source name="Hub" answers={hub} />
      <Source name="PyPI" answers={pypi} />
      <Button tone="quiet" size="low" icon={RefreshCw} disabled={isAsking} onClick={() => void ask()}>
        {isAsking ? 'Asking' : 'Ask again'}
      </Button>
      {isOffline && (
        <span className="text-ink-2">
          No network: what is here works. With one, {missing} more {missing === 1 ? 'model' : 'models'} of the catalogue can be downloaded.
        </span>
      )}
      <span className="flex-1" />
      <span className="min-w-0 truncate text-ink-2" title={models.folder}>
        {models.folder}
      </span>
      <Button tone="quiet" size="low" onClick={onMove}>
        {models.movingTo == null ? 'Move…' : 'Go on moving…'}
      </Button>
      {models.freeDiskMiB !== null && <span className="text-ink-2">{memory(models.freeDiskMiB)} free</span>}
    </div>
  )
}

function Source({ name, answers }: { name: string; answers: boolean | null }) {
  const [tone, words]: [Tone, string] =
    answers === null ? ['later', 'not asked yet'] : answers ? ['ok', 'answers'] : ['warn', 'does not answer']
  return (
    <StateWord tone={tone}>
      {name} {words}
    </StateWord>
  )
}
