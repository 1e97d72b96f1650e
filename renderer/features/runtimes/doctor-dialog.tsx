import { useEffect, useState } from 'react'
import type { FailureReport } from '../../../electron/contract/failure'
import type { DoctorLook, DoctorReport } from '../../../electron/contract/install'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { Dialog } from '../../ui/dialog'
import { Skeleton } from '../../ui/skeleton'
import { StateWord, type Tone } from '../../ui/state-word'

const tones: Readonly<Record<DoctorLook['outcome'], Tone>> = {
  found: 'ok',
  missing: 'info',
  failed: 'bad',
  'not-this-program': 'warn',
  'no-answer': 'info',
  'timed-out': 'warn',
}

/** Where a runtime was looked for, what was there, and what to do next. */
export function DoctorDialog({ runtime, onClose }: { runtime: RuntimeDetail; onClose: () => void }) {
  const [report, setReport] = useState<DoctorReport | null>(null)
  const [failure, setFailure] = useState<FailureReport | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    client.runtimes.doctor({ runtime: runtime.id, record: false }, { signal: controller.signal }).then(setReport, (error: unknown) => {
      if (!wasAborted(error)) setFailure(reportOfError(error))
    })
    return () => controller.abort()
  }, [runtime.id])
  return (
    <Dialog
      open
      wide
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={`${runtime.title}: what was looked for`}
      about={report ? `${report.builds.length} ${report.builds.length === 1 ? 'build was' : 'builds were'} found.` : 'Looking now.'}
      foot={
        <>
          {report && <CopyButton text={JSON.stringify(report, null, 2)} label="Copy report" tone="plain" size="normal" />}
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {failure && <StateWord tone="bad">{failure.message}</StateWord>}
      {!report && !failure && <Skeleton width={320} />}
      {report && (
        <div className="grid gap-3">
          {report.advice.map(each => (
            <p key={each}>{each}</p>
          ))}
          <ul className="grid gap-1 text-12">
            {report.looks.map((look, index) => (
              <li key={index} className="grid grid-cols-[120px_1fr] gap-x-3">
                <StateWord tone={tones[look.outcome]}>{look.outcome.replaceAll('-', ' ')}</StateWord>
                <span className="min-w-0 wrap-anywhere">
                  <span className="text-ink-2">{look.what}</span> {look.where}
                  {look.detail !== null && <span className="text-ink-3"> {look.detail}</span>}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  )
}
