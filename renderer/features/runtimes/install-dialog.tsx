import { useEffect, useState } from 'react'
import type { FailureReport } from '../../../electron/contract/failure'
import type { OfferDetail } from '../../../electron/contract/install'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { Dialog } from '../../ui/dialog'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { act } from '../shared/notice.store'
import { PlanView } from './plan-view'

interface Props {
  runtime: RuntimeDetail
  /** The offer that is chosen when it opens. */
  first: OfferDetail
  onClose: () => void
}

/** Shows the plan of an install, with a choice where there are several ways, and begins it as a job. */
export function InstallDialog({ runtime, first, onClose }: Props) {
  const [chosen, setChosen] = useState(first.id)
  const { offer, failure } = useFreshPlan(chosen)
  const shown = offer ?? runtime.offers.find(each => each.id === chosen) ?? first
  const byMaker = shown.fetchKind === 'vendor'

  async function install() {
    onClose()
    await act(`${shown.title} could not be installed`, () =>
      client.runtimes.install({ offer: shown.id, agreed: shown.plan.needsAgreement }),
    )
  }

  return (
    <Dialog
      open
      wide
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={byMaker ? `How ${runtime.title} is installed` : `Install ${runtime.title}`}
      about={
        byMaker
          ? 'Only its maker gives it out. Once it is there, it is found by itself.'
          : 'It gets a folder of its own; nothing that is here is replaced.'
      }
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button tone="go" disabled={shown.why !== null || !shown.plan.fits} onClick={() => void install()}>
            {byMaker ? 'Wait for it' : shown.plan.needsAgreement ? 'Run these commands' : 'Install'}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {runtime.offers.length > 1 && (
          <ChooseOne
            legend="Way to install"
            options={runtime.offers.map(each => ({ value: each.id, label: each.title, hint: each.why ?? each.source }))}
            value={chosen}
            onChange={setChosen}
          />
        )}
        {shown.why !== null && <StateWord tone="warn">{shown.why}</StateWord>}
        {failure && <StateWord tone="bad">{failure.message}</StateWord>}
        {offer || failure ? <PlanView plan={shown.plan} /> : <Waiting />}
      </div>
    </Dialog>
  )
}

/** The plan as it is now: disk and sizes may have changed since the list was made. */
function useFreshPlan(id: string): { offer: OfferDetail | null; failure: FailureReport | null } {
  const [answer, setAnswer] = useState<{ id: string; offer: OfferDetail | null; failure: FailureReport | null } | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    client.runtimes.plan({ offer: id }, { signal: controller.signal }).then(
      offer => setAnswer({ id, offer, failure: null }),
      (error: unknown) => {
        if (!wasAborted(error)) setAnswer({ id, offer: null, failure: reportOfError(error) })
      },
    )
    return () => controller.abort()
  }, [id])
  return answer?.id === id ? answer : { offer: null, failure: null }
}

function Waiting() {
  return (
    <div className="grid gap-2" aria-label="Making the plan">
      {[320, 240, 280].map(width => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  )
}
