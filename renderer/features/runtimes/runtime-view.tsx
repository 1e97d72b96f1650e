import ChevronLeft from 'lucide-react/icons/chevron-left'
import Stethoscope from 'lucide-react/icons/stethoscope'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { Button } from '../../ui/button'
import { EmptyState } from '../../ui/empty-state'
import { Icon } from '../../ui/icon'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { useJobs } from '../shared/jobs.store'
import { useTitle } from '../shared/title.store'
import { BuildsTable } from './builds-table'
import { ConformanceCard } from './conformance-card'
import { DoctorDialog } from './doctor-dialog'
import { InstallDialog } from './install-dialog'
import { OffersTable } from './offers-table'
import { RuntimeAction } from './runtime-action'
import { RuntimeJobs } from './runtime-jobs'
import { detailOf, useRuntimesPlace } from './runtimes-place.store'
import { installable, updateOffer, verdictWords } from './runtime-words'
import { SettingsForm } from './settings-form'
import { UpdateDialog } from './update-dialog'
import { UpdateHistory } from './update-history'
import { forgetWish, useWish } from './wish.store'

/** One runtime in full: verdict, builds, ways to install, settings with the exact command, what works, what was updated. */
export function RuntimeView({ id }: { id: string }) {
  const snapshot = useRuntimesPlace(store => store.snapshot)
  const runtime = detailOf(snapshot, id)
  useTitle('Runtimes', runtime?.title ?? null)
  if (!snapshot) return <Waiting />
  if (!runtime) {
    return <EmptyState action={<Link href="/runtimes">All runtimes</Link>}>There is no runtime named “{id}”.</EmptyState>
  }
  return <Detail key={id} runtime={runtime} />
}

const tiers: Readonly<Record<RuntimeDetail['tier'], string>> = {
  'first-class': 'Installed, started, proved, updated and removed here',
  second: 'Started or attached here; installed with help',
  attach: 'Attached while it runs',
}

function Detail({ runtime }: { runtime: RuntimeDetail }) {
  const jobs = useJobs(store => store.jobs)
  const verdict = verdictWords(runtime.verdict)
  return (
    <div className="pb-8">
      <Head runtime={runtime} />
      <Wished runtime={runtime} />
      <dl className="grid grid-cols-[112px_1fr] gap-x-3 gap-y-1.5 px-gut pt-4">
        <Fact name="On this machine">
          <StateWord tone={verdict.tone}>{verdict.word}</StateWord> <span className="text-ink-2">{verdict.about}</span>
        </Fact>
        <Fact name="In this app">{tiers[runtime.tier]}</Fact>
        {runtime.pins.length > 0 && <Fact name="To repeat it">{runtime.pins.join(', ')}</Fact>}
        {runtime.securityFloor && (
          <Fact name="Safe from">
            {runtime.securityFloor.version} <span className="text-ink-2">{runtime.securityFloor.why}</span>
          </Fact>
        )}
      </dl>
      <RuntimeJobs runtime={runtime} jobs={jobs ?? []} />
      <Section title="Builds">
        <BuildsTable runtime={runtime} />
      </Section>
      {runtime.offers.length > 0 && (
        <Section title="Can be installed">
          <OffersTable runtime={runtime} />
        </Section>
      )}
      {runtime.settings.length > 0 && (
        <Section title="Settings">
          <SettingsForm key={runtime.id} runtime={runtime} />
        </Section>
      )}
      <Section title="What it can do">
        <ConformanceCard runtime={runtime} />
      </Section>
      {runtime.updates.length > 0 && (
        <Section title="Updates">
          <UpdateHistory updates={runtime.updates} />
        </Section>
      )}
    </div>
  )
}

function Head({ runtime }: { runtime: RuntimeDetail }) {
  const [examining, setExamining] = useState(false)
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-gut py-1.5">
      <Link href="/runtimes" className="inline-flex items-center gap-1 text-ink-2 no-underline hover:text-ink">
        <Icon of={ChevronLeft} />
        All runtimes
      </Link>
      <h2 className="text-16">{runtime.title}</h2>
      <p className="min-w-48 flex-1 text-ink-2">
        {runtime.purpose}{' '}
        <a href={runtime.homepage} target="_blank" rel="noreferrer">
          Its site
        </a>
      </p>
      <Button size="low" icon={Stethoscope} onClick={() => setExamining(true)}>
        Doctor
      </Button>
      <RuntimeAction runtime={runtime} tone="go" />
      {examining && <DoctorDialog runtime={runtime} onClose={() => setExamining(false)} />}
    </div>
  )
}

/** What a command of the palette asked for: its dialog, or why there is none. */
function Wished({ runtime }: { runtime: RuntimeDetail }) {
  const what = useWish(store => (store.wish?.runtime === runtime.id ? store.wish.what : null))
  const offer = installable(runtime) ?? runtime.offers[0]
  const update = updateOffer(runtime)
  if (what === 'doctor') return <DoctorDialog runtime={runtime} onClose={forgetWish} />
  if (what === 'install' && offer) return <InstallDialog runtime={runtime} first={offer} onClose={forgetWish} />
  if (what === 'update' && update) return <UpdateDialog runtime={runtime} target={update.id} onClose={forgetWish} />
  if (what === null) return null
  return (
    <p role="status" className="flex flex-wrap items-center gap-3 border-b border-line px-gut py-2">
      {what === 'update'
        ? `No newer build of ${runtime.title} is offered for this machine.`
        : `Nothing of ${runtime.title} can be installed here.`}
      <Button size="low" tone="quiet" onClick={forgetWish}>
        All right
      </Button>
    </p>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="px-gut pt-6 pb-2">{title}</h2>
      {children}
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

function Waiting() {
  return (
    <div className="grid gap-3 px-gut py-5" aria-label="Loading the runtime" role="status">
      <p className="text-ink-2">Builds are looked for on this machine…</p>
      {[280, 420, 380, 400].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}
