import { useLocation } from 'wouter'
import type { Autopsy, Instance } from '../../../electron/contract/instance'
import { Button } from '../../ui/button'
import { FailureCard } from '../../ui/failure-card'
import { act } from './notice.store'
import { runFix } from './run-fix'

/** Why an instance failed; null while there is nothing to explain. */
export function autopsyOf(instance: Instance): Autopsy | null {
  return instance.state.kind === 'failed' || instance.state.kind === 'backoff' ? instance.state.autopsy : null
}

/** A failed start or run explained: cause, the lines that prove it, up to three fixes as buttons, a report to copy. */
export function AutopsyCard({ instance, autopsy, level }: { instance: Instance; autopsy: Autopsy; level?: 2 | 3 }) {
  const [, navigate] = useLocation()
  const fixes = autopsy.fixes.slice(0, 3)
  async function apply(index: number) {
    const fix = fixes[index]
    if (!fix) return
    const path = await act(`${fix.title} did not work`, () => runFix(fix.action, instance))
    if (path !== null) navigate(path)
  }
  return (
    <FailureCard
      headline={autopsy.headline}
      explanation={autopsy.explanation}
      lines={autopsy.lines}
      report={report(instance, autopsy)}
      {...(level ? { level } : {})}
    >
      {fixes.map((fix, index) => (
        <span key={fix.title} className="grid gap-0.5">
          <Button tone={index === 0 ? 'go' : 'plain'} onClick={() => void apply(index)}>
            {fix.title}
          </Button>
          {fix.detail !== null && <span className="max-w-60 text-12 text-ink-2">{fix.detail}</span>}
        </span>
      ))}
    </FailureCard>
  )
}

function report(instance: Instance, autopsy: Autopsy): string {
  return [
    `cause ${autopsy.cause}, exit code ${autopsy.exitCode ?? 'none'}, signal ${autopsy.signal ?? 'none'}, at ${autopsy.at}`,
    `${instance.id}: ${instance.buildTitle} (${instance.build}), ${instance.model}`,
    instance.command.join(' '),
  ].join('\n')
}
