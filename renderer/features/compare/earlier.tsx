import History from 'lucide-react/icons/history'
import Pencil from 'lucide-react/icons/pencil'
import Trash2 from 'lucide-react/icons/trash-2'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { ComparisonSummary } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { classes } from '../../ui/classes'
import { Input } from '../../ui/field'
import { IconButton } from '../../ui/icon-button'
import { Popover } from '../../ui/popover'
import { act } from '../shared/notice.store'
import { loadComparisons, renameComparison, useComparisons } from './comparisons.store'
import { RemoveDialog } from './remove-dialog'

interface Props {
  /** The one that is shown. */
  current: string
}

/** The earlier comparisons: open one again, name it, remove it. */
export function Earlier({ current }: Props) {
  const { list, failure } = useComparisons()
  const [, navigate] = useLocation()
  const [open, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const [removing, setRemoving] = useState<ComparisonSummary | null>(null)
  const found = (list ?? []).filter(each => titleOf(each).toLowerCase().includes(search.trim().toLowerCase()))
  return (
    <>
      <Popover
        label="Earlier comparisons"
        open={open}
        onOpenChange={next => {
          setOpen(next)
          if (next) void loadComparisons()
        }}
        className="w-[min(440px,calc(100vw-32px))]"
        trigger={
          <Button tone="quiet" size="low" icon={History}>
            Earlier{list && list.length > 0 ? ` (${list.length})` : ''}
          </Button>
        }
      >
        {(list?.length ?? 0) > 8 && (
          <div className="border-b border-line p-2">
            <Input
              type="search"
              aria-label="Search earlier comparisons"
              placeholder="Search"
              value={search}
              onChange={event => setSearch(event.target.value)}
              className="w-full"
            />
          </div>
        )}
        {failure && <p className="p-4 text-ink-2">{failure.message}</p>}
        {list?.length === 0 && <p className="p-4 text-ink-2">Nothing was compared yet. What you send is kept here.</p>}
        <ul className="min-h-0 overflow-auto p-1">
          {found.map(each => (
            <Row
              key={each.id}
              comparison={each}
              active={each.id === current}
              onOpen={() => {
                setOpen(false)
                navigate(`/compare/${each.id}`)
              }}
              onRemove={() => {
                setOpen(false)
                setRemoving(each)
              }}
            />
          ))}
        </ul>
      </Popover>
      <RemoveDialog comparison={removing} current={current} onClose={() => setRemoving(null)} />
    </>
  )
}

function titleOf(comparison: ComparisonSummary): string {
  return comparison.title === '' ? 'Untitled' : comparison.title
}

interface RowProps {
  comparison: ComparisonSummary
  active: boolean
  onOpen: () => void
  onRemove: () => void
}

function Row({ comparison, active, onOpen, onRemove }: RowProps) {
  const [name, setName] = useState<string | null>(null)
  const title = titleOf(comparison)
  async function rename() {
    const wanted = name?.trim() ?? ''
    setName(null)
    if (wanted !== '' && wanted !== comparison.title) await act('It could not be renamed', () => renameComparison(comparison.id, wanted))
  }
  if (name !== null) {
    return (
      <li className="flex items-center gap-2 p-1">
        <form
          className="flex min-w-0 flex-1 gap-2"
          onSubmit={event => {
            event.preventDefault()
            void rename()
          }}
        >
          <Input
            autoFocus
            aria-label={`Name of ${title}`}
            value={name}
            maxLength={200}
            className="min-w-0 flex-1"
            onChange={event => setName(event.target.value)}
            onKeyDown={event => {
              if (event.key !== 'Escape') return
              event.stopPropagation()
              setName(null)
            }}
          />
          <Button type="submit">Rename</Button>
        </form>
      </li>
    )
  }
  return (
    <li className={classes('flex items-center gap-1 rounded-1 pr-1', active ? 'bg-select' : 'hover:bg-hover')}>
      <button
        type="button"
        onClick={onOpen}
        {...(active ? { 'aria-current': 'true' as const } : {})}
        className="min-w-0 flex-1 px-2 py-1 text-left"
      >
        <span className="block truncate">{title}</span>
        <span className="block text-11 text-ink-3">
          {when(comparison.updatedAt)}, {comparison.turns === 1 ? '1 prompt' : `${comparison.turns} prompts`},{' '}
          {comparison.panes === 1 ? '1 pane' : `${comparison.panes} panes`}
        </span>
      </button>
      <IconButton icon={Pencil} label={`Rename ${title}`} size="low" onClick={() => setName(title)} />
      <IconButton icon={Trash2} label={`Remove ${title}`} size="low" onClick={onRemove} />
    </li>
  )
}

/** `21 Nov, 11:31`. */
function when(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return 'at an unknown time'
  return date.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
}
