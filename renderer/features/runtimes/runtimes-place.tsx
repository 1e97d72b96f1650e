import RefreshCw from 'lucide-react/icons/refresh-cw'
import { useState } from 'react'
import { Route, Switch } from 'wouter'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { FailureCard } from '../../ui/failure-card'
import { Input } from '../../ui/field'
import { Skeleton } from '../../ui/skeleton'
import { useJobs } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { useTitle } from '../shared/title.store'
import { Matrix } from './matrix'
import { RuntimeView } from './runtime-view'
import { RuntimesTable } from './runtimes-table'
import { useRecommended } from './use-recommended'
import { useFollowRuntimes, useRuntimesPlace } from './runtimes-place.store'

/** Runtimes: every engine the app knows, and each one in full under its own address. */
export function RuntimesPlace() {
  useFollowRuntimes()
  return (
    <Switch>
      <Route path="/runtimes/:id">{({ id }) => <RuntimeView id={id} />}</Route>
      <Route>
        <RuntimesList />
      </Route>
    </Switch>
  )
}

const choices = [
  { value: 'all', label: 'all' },
  { value: 'runs', label: 'run here' },
  { value: 'installed', label: 'installed' },
] as const
type Shown = (typeof choices)[number]['value']

function RuntimesList() {
  const { snapshot, failure } = useRuntimesPlace()
  const jobs = useJobs(store => store.jobs)
  const recommended = useRecommended()
  const [search, setSearch] = useState('')
  const [shown, setShown] = useState<Shown>('all')
  const all = snapshot?.runtimes ?? []
  const installed = all.filter(each => each.builds.length > 0).length
  const running = all.filter(each => each.verdict.can).length
  useTitle('Runtimes', snapshot ? `${installed} installed, ${running} of ${all.length} run on this machine` : null)
  if (!snapshot) return failure ? <Refused message={failure.message} /> : <Waiting />
  const words = search.trim().toLowerCase()
  const found = all
    .filter(each => shown === 'all' || (shown === 'runs' ? each.verdict.can : each.builds.length > 0))
    .filter(each => `${each.title} ${each.purpose} ${each.id}`.toLowerCase().includes(words))
  return (
    <>
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-gut py-1.5">
        <Input
          type="search"
          aria-label="Search runtimes"
          placeholder="Search runtimes"
          value={search}
          className="w-56"
          onChange={event => setSearch(event.target.value)}
        />
        <ChooseOne legend="Show" options={choices} value={shown} onChange={setShown} />
        <span className="flex-1 text-right text-12 text-ink-3" role="status">
          {snapshot.looking ? 'Looking for builds…' : ''}
        </span>
        <Button icon={RefreshCw} onClick={() => void act('Builds could not be looked for', () => client.runtimes.refresh())}>
          Look again
        </Button>
      </div>
      {found.length === 0 ? (
        <p className="px-gut py-5 text-ink-2">None matches. Every runtime is under “all”.</p>
      ) : (
        <RuntimesTable runtimes={found} jobs={jobs ?? []} recommended={recommended} />
      )}
      <Matrix snapshot={snapshot} />
    </>
  )
}

function Refused({ message }: { message: string }) {
  return (
    <div className="p-gut">
      <FailureCard headline="The runtimes could not be listed" explanation={message} />
    </div>
  )
}

function Waiting() {
  return (
    <div className="grid gap-3 px-gut py-5" aria-label="Loading the runtimes" role="status">
      <p className="text-ink-2">Builds are looked for on this machine…</p>
      {[420, 380, 400, 360, 390].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}
