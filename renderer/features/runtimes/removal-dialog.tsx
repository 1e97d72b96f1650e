import { useEffect, useState } from 'react'
import type { FailureReport } from '../../../electron/contract/failure'
import type { Removal } from '../../../electron/contract/install'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { bytes, whole } from '../../ui/format'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { act } from '../shared/notice.store'

/** What removing a build would free and what stays, measured now, before it is done. */
export function RemovalDialog({ build, onClose }: { build: string; onClose: () => void }) {
  const [removal, setRemoval] = useState<Removal | null>(null)
  const [failure, setFailure] = useState<FailureReport | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    client.runtimes.removal({ build }, { signal: controller.signal }).then(setRemoval, (error: unknown) => {
      if (!wasAborted(error)) setFailure(reportOfError(error))
    })
    return () => controller.abort()
  }, [build])
  const name = removal?.title ?? build
  function remove() {
    onClose()
    void act(`${name} could not be removed`, () => client.runtimes.remove({ build }))
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={`Remove ${name}?`}
      about={removal ? `It frees ${bytes(removal.bytes)} in ${whole(removal.files)} files.` : 'Its folder is being measured.'}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button disabled={!removal?.removable} onClick={remove}>
            Remove
          </Button>
        </>
      }
    >
      {failure && <StateWord tone="bad">{failure.message}</StateWord>}
      {!removal && !failure && <Skeleton width={280} />}
      {removal && (
        <div className="grid gap-2">
          {removal.why !== null && <StateWord tone="warn">{removal.why}</StateWord>}
          {removal.folder !== null && <code className="wrap-anywhere text-ink-2">{removal.folder}</code>}
          {removal.stays.map(each => (
            <p key={each}>{each}</p>
          ))}
          <p className="text-ink-2">
            {removal.next === null ? 'No build of this runtime is left after it.' : `Starts then take ${removal.next}.`}
          </p>
        </div>
      )}
    </Dialog>
  )
}
