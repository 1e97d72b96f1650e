import { useEffect, useState } from 'react'
import type { FailureReport } from '../../../electron/contract/failure'
import type { UpdatePlan } from '../../../electron/contract/install'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { Switch } from '../../ui/switch'
import { act } from '../shared/notice.store'
import { PlanView } from './plan-view'

interface Props {
  runtime: RuntimeDetail
  /** An offer, or a build that is here. */
  target: string
  onClose: () => void
}

/** An update before it is done: installed beside, both tried, compared, and switched only if the new one holds. */
export function UpdateDialog({ runtime, target, onClose }: Props) {
  const [plan, setPlan] = useState<UpdatePlan | null>(null)
  const [failure, setFailure] = useState<FailureReport | null>(null)
  const [insist, setInsist] = useState(false)
  useEffect(() => {
    const controller = new AbortController()
    client.runtimes.updatePlan({ runtime: runtime.id, target }, { signal: controller.signal }).then(setPlan, (error: unknown) => {
      if (!wasAborted(error)) setFailure(reportOfError(error))
    })
    return () => controller.abort()
  }, [runtime.id, target])
  function update() {
    onClose()
    void act(`${runtime.title} could not be updated`, () => client.runtimes.update({ runtime: runtime.id, target, insist }))
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={plan ? `Update ${plan.from.title} to ${plan.to.title}?` : `Update ${runtime.title}`}
      about="The old build stays, and one click brings it back with its settings."
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button tone="go" disabled={!plan || plan.install?.fits === false} onClick={update}>
            Update
          </Button>
        </>
      }
    >
      {failure && <StateWord tone="bad">{failure.message}</StateWord>}
      {!plan && !failure && <Skeleton width={320} />}
      {plan && (
        <div className="grid gap-4">
          <ol className="grid list-decimal gap-1 pl-5">
            {plan.steps.map(step => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {plan.install && <PlanView plan={plan.install} />}
          <Switch checked={insist} onChange={setInsist}>
            Switch even if the new build does worse
          </Switch>
        </div>
      )}
    </Dialog>
  )
}
