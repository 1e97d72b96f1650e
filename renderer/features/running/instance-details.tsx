import { useState } from 'react'
import type { Instance } from '../../../electron/contract/instance'
import { Button } from '../../ui/button'
import { CodeBlock } from '../../ui/code-block'
import { timeOfDay } from '../../ui/format'
import { InstanceFigures } from './instance-figures'
import { LiveCharts } from './live-charts'
import { LogView } from './log-view'
import { RestartDialog } from './restart-dialog'

/** The chosen instance: what it is, what was measured, its log. */
export function InstanceDetails({ instance }: { instance: Instance }) {
  const [restarting, setRestarting] = useState(false)
  const { proof } = instance
  const verified = proof?.placement.verified ? `, verified ${timeOfDay(proof.at)}` : ''
  const about = `${instance.buildTitle}${proof ? ` · ${proof.placement.text}${verified}` : ''}`
  return (
    <section aria-labelledby="h-instance" className="flex min-h-0 min-w-0 flex-col">
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-gut py-1">
        <h2 id="h-instance">{instance.id}</h2>
        <span className="min-w-0 flex-1 truncate text-12 text-ink-2" title={`${about} · route ${instance.route}`}>
          {about}
          {' · route '}
          <code>{instance.route}</code>
        </span>
        {instance.request !== null && (
          <Button size="low" onClick={() => setRestarting(true)}>
            Restart…
          </Button>
        )}
      </div>
      {proof && <InstanceFigures instance={instance} />}
      {instance.state.kind === 'ready' && <LiveCharts instance={instance.id} />}
      <LogView instance={instance.id} />
      {restarting && <RestartDialog instance={instance} onClose={() => setRestarting(false)} />}
    </section>
  )
}

/** Why nothing was measured of it. */
function unproved({ adopted, state }: Instance): string {
  if (adopted) return 'Nothing was measured: it was attached, and is not asked anything that it was not sent.'
  return state.kind === 'ready' ? 'It is being measured.' : 'Nothing was measured: it has not been ready yet.'
}

/** Beside the log: what could be known about it, its settings, and the exact command. */
export function InstanceFacts({ instance }: { instance: Instance }) {
  const { proof, notices, address } = instance
  return (
    <div className="grid gap-4 px-5 py-4">
      {instance.engineTest && (
        <p className="text-ink-2">Engine test: it knows its answers by heart and proves that this engine really computes here.</p>
      )}
      {notices.length > 0 && (
        <section aria-labelledby="h-notices">
          <h3 id="h-notices">Worth knowing</h3>
          <ul className="mt-1 grid gap-1 text-ink-2">
            {notices.map(({ at, text }) => (
              <li key={`${at} ${text}`} className="wrap-anywhere">
                <span className="text-ink-3">{timeOfDay(at)}</span> {text}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="h-proof">
        <h3 id="h-proof">Proof</h3>
        {proof ? <ProofList proof={proof} /> : <p className="mt-1 text-ink-2">{unproved(instance)}</p>}
      </section>
      <section aria-labelledby="h-address">
        <h3 id="h-address">Address</h3>
        <p className="mt-1 wrap-anywhere text-ink-2">
          {address === null ? 'none now' : <code>{address}</code>}
          {instance.adopted && ', attached: it is never stopped from here'}
        </p>
      </section>
      {instance.command.length > 0 && (
        <section aria-labelledby="h-command" className="min-w-0">
          <h3 id="h-command" className="mb-1">
            Command
          </h3>
          <CodeBlock label="Exact command" text={instance.command.map(quoted).join(' ')} wrap="words" copy />
        </section>
      )}
    </div>
  )
}

function ProofList({ proof }: { proof: NonNullable<Instance['proof']> }) {
  const { placement, golden, draft, why } = proof
  return (
    <ul className="mt-1 grid gap-1 text-ink-2">
      <li>
        <span className="text-ink">{placement.text}</span>, {placement.verified ? 'verified' : 'not verified'}: {placement.how}
      </li>
      <li>Memory from: {proof.memoryHow}</li>
      {golden && (
        <li>
          {golden.right} of {golden.asked} known answers right
          {golden.wrong.length > 0 && `; wrong: ${golden.wrong.join(', ')}`}
        </li>
      )}
      {draft && (
        <li>
          {draft.accepted} of {draft.guessed} tokens that the draft model guessed were right
        </li>
      )}
      {why.map(each => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  )
}

/** An argument as a shell would take it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
}
