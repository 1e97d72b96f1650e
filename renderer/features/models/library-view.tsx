import FileInput from 'lucide-react/icons/file-input'
import { useMemo, useState } from 'react'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { Input } from '../../ui/field'
import { Skeleton } from '../../ui/skeleton'
import { useCommands, type Command } from '../shared/commands'
import { useJobs } from '../shared/jobs.store'
import { useModels } from '../shared/models.store'
import { libraryName } from '../shared/model-words'
import { useTitle } from '../shared/title.store'
import { CatalogueTable } from './catalogue-table'
import { filteredRows, modelRows, type Shown } from './catalogue-rows'
import { ImportDialog } from './import-dialog'
import { LibraryTable } from './library-table'
import { MoveFolderDialog } from './move-folder-dialog'
import { SourcesLine } from './sources-line'

const choices = [
  { value: 'all', label: 'all' },
  { value: 'fits', label: 'fits here', hint: 'at least one of its files fits this machine whole' },
  { value: 'here', label: 'on this machine' },
] as const

/** What is on this machine, and what of the catalogue could be, each with a verdict for this machine. */
export function LibraryView() {
  const models = useModels(store => store.models)
  const jobs = useJobs(store => store.jobs)
  const [search, setSearch] = useState('')
  const [shown, setShown] = useState<Shown>('all')
  const [importing, setImporting] = useState(false)
  const [moving, setMoving] = useState(false)
  useTitle(
    'Models',
    models
      ? `${models.library.length} on this machine, ${models.offered.filter(({ model }) => !model.engineTest).length} in the catalogue`
      : null,
  )
  useImportCommand(() => setImporting(true))
  const rows = useMemo(() => modelRows(models?.offered ?? [], jobs ?? []), [models, jobs])
  const found = useMemo(() => filteredRows(rows, shown, search), [rows, shown, search])
  if (!models) return <Waiting />
  const words = search.trim().toLowerCase()
  const library = models.library.filter(each => `${libraryName(each)} ${each.id}`.toLowerCase().includes(words))
  return (
    <>
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-gut py-1.5">
        <Input
          type="search"
          aria-label="Search models"
          placeholder="Search models"
          value={search}
          className="w-56"
          onChange={event => setSearch(event.target.value)}
        />
        <ChooseOne legend="Show" options={choices} value={shown} onChange={setShown} />
        <span className="flex-1" />
        <Button icon={FileInput} onClick={() => setImporting(true)}>
          Import a model…
        </Button>
      </div>
      <SourcesLine models={models} onMove={() => setMoving(true)} />
      <div>
        <h2 className="px-gut pt-4 pb-2">On this machine</h2>
        {library.length === 0 ? (
          <p className="px-gut pb-2 text-ink-2">
            {words === '' ? 'No model is here yet. Download one below, search the hub, or import a file.' : 'None matches.'}
          </p>
        ) : (
          <LibraryTable library={library} />
        )}
      </div>
      <div className="pb-6">
        <h2 className="px-gut pt-5 pb-2">Catalogue</h2>
        {found.length === 0 ? <p className="px-gut text-ink-2">None matches.</p> : <CatalogueTable rows={found} />}
      </div>
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
      {moving && <MoveFolderDialog models={models} onClose={() => setMoving(false)} />}
    </>
  )
}

function useImportCommand(open: () => void) {
  const [run] = useState(() => open)
  const commands = useMemo(
    (): Command[] => [
      {
        id: 'models.import',
        title: 'Import a model',
        group: 'Models',
        icon: FileInput,
        keywords: ['add', 'local', 'gguf', 'safetensors'],
        run,
      },
    ],
    [run],
  )
  useCommands('models', commands)
}

function Waiting() {
  return (
    <div className="grid gap-3 px-gut py-5" aria-label="Loading the models">
      {[320, 420, 380].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}
