import FolderPlus from 'lucide-react/icons/folder-plus'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import { useState } from 'react'
import type { Duplicate, StoresSnapshot } from '../../../electron/contract/model-store'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { bytes } from '../../ui/format'
import { Skeleton } from '../../ui/skeleton'
import { useJobs } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { useTitle } from '../shared/title.store'
import { AddFolderDialog } from './add-folder-dialog'
import { Duplicates, Links } from './duplicates'
import { LinkDialog } from './link-dialog'
import { ModelTable, StoreTable } from './stores-tables'
import { useFollowStores, useStores } from './stores.store'

/** What other programs keep on this machine: used where it lies, and one copy in place of several. */
export function StoresView() {
  useFollowStores()
  const stores = useStores(store => store.stores)
  const [adding, setAdding] = useState(false)
  const [linking, setLinking] = useState<Duplicate | null>(null)
  const saving = stores?.duplicates.reduce((sum, each) => sum + each.savingBytes, 0) ?? 0
  useTitle('Stores and copies', stores ? `${stores.models.length} models${saving > 0 ? `, ${bytes(saving)} could be saved` : ''}` : null)
  if (!stores?.scannedAt) return <Waiting />
  return (
    <div className="pb-6">
      <Bar stores={stores} onAdd={() => setAdding(true)} />
      <StoreTable stores={stores} />
      <h2 className="px-gut pt-5 pb-2">The same weights more than once</h2>
      <Duplicates stores={stores} onLink={setLinking} />
      {stores.links.length > 0 && <Links links={stores.links} />}
      <h2 className="px-gut pt-5 pb-2">Models in the stores</h2>
      {stores.models.length === 0 ? (
        <p className="px-gut text-ink-2">No program here keeps a model yet. Add a folder that holds GGUF files or safetensors.</p>
      ) : (
        <ModelTable models={stores.models} stores={stores} />
      )}
      {adding && <AddFolderDialog onClose={() => setAdding(false)} />}
      {linking && <LinkDialog duplicate={linking} models={stores.models} stores={stores.stores} onClose={() => setLinking(null)} />}
    </div>
  )
}

function Bar({ stores, onAdd }: { stores: StoresSnapshot; onAdd: () => void }) {
  const job = useJobs(store => store.jobs?.find(({ id }) => id === stores.job))
  const step = job?.steps.find(({ state }) => state === 'running')
  const scan = (hash: boolean) => void act('The stores could not be looked through', () => client.models.stores.scan({ hash }))
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-gut py-1.5">
      <Button icon={RefreshCw} disabled={stores.job !== null} onClick={() => scan(false)}>
        Look again
      </Button>
      {stores.unhashedBytes > 0 && (
        <Button disabled={stores.job !== null} onClick={() => scan(true)}>
          Compare {bytes(stores.unhashedBytes)} of equal size
        </Button>
      )}
      <span className="text-12 text-ink-2" role="status">
        {step ? [step.title, step.detail].filter(Boolean).join(': ') : ''}
      </span>
      <span className="flex-1" />
      <Button icon={FolderPlus} onClick={onAdd}>
        Add a folder…
      </Button>
    </div>
  )
}

function Waiting() {
  return (
    <div className="grid gap-3 px-gut py-5" aria-label="Looking through the stores">
      {[320, 420, 380].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}
