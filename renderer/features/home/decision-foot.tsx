import { useId } from 'react'
import type { Decision, Recommendation } from '../../../electron/contract/decision'
import { Button } from '../../ui/button'
import { CodeBlock } from '../../ui/code-block'
import { CopyButton } from '../../ui/copy-button'
import { Disclosure } from '../../ui/disclosure'
import { bytes } from '../../ui/format'
import { useMachine } from '../shared/machine.store'
import { useRuntimes } from '../shared/runtimes.store'
import { modelTitle } from './decision-words'
import { isStartedHere } from './engine-choice'
import { tryNeed } from './recommend.store'
import { commandText, startedCommand } from './start-request'
import { whyNotOthers, type WhyNot } from './why-not'

interface Props {
  recommendation: Recommendation
  decision: Decision
}

/** What can be looked into: the exact command, what will be installed, why not the others. */
export function DecisionFoot({ recommendation, decision }: Props) {
  const group = useId()
  const others = whyNotOthers(recommendation, decision)
  const platform = useMachine(store => store.machine?.os.platform)
  const command = commandText(startedCommand(decision), platform)
  return (
    <footer className="decision-foot flex flex-wrap items-start gap-x-5 gap-y-1 border-t border-line px-5 pt-2 pb-3 max-wide:px-4">
      <Disclosure group={group} summary="exact command" open={decision.command.length > 0}>
        <Command decision={decision} text={command} />
      </Disclosure>
      <Disclosure group={group} summary="what will be installed">
        <Installs decision={decision} />
      </Disclosure>
      {others.length > 0 && (
        <Disclosure group={group} summary={others.length === 1 ? 'why not the other one' : `why not the other ${others.length}`}>
          <Others others={others} />
        </Disclosure>
      )}
      {decision.command.length > 0 && (
        <span className="ml-auto">
          <CopyButton text={command} />
        </span>
      )}
    </footer>
  )
}

/** The command as it would be typed, and what of the start it does not say. */
function Command({ decision, text }: { decision: Decision; text: string }) {
  const build = useRuntimes(store => store.runtimes?.flatMap(each => each.builds).find(each => each.id === decision.build))
  const isInside = build?.origin === 'bundled'
  if (decision.command.length === 0)
    return <p className="mt-2 text-ink-2">The built-in engine runs inside a process of the app; there is no command line.</p>
  const note = isInside
    ? 'The built-in engine runs inside a process of the app and takes no command line. The same model with the same settings in a terminal:'
    : namesModel(decision)
      ? null
      : `The line starts the engine alone; once it runs, Start has it load ${modelTitle(decision)}.`
  return (
    <>
      {note !== null && <p className="mt-2 text-ink-2">{note}</p>}
      <CodeBlock label="Exact command" text={text} className="mt-2" />
    </>
  )
}

/** Servers that load models when they are asked for are started without one. */
function namesModel({ command, model, artifact }: Decision): boolean {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return command.some(word => word.toLowerCase().includes(name) || word.includes(artifact) || /\.gguf$/i.test(word))
}

/** Why each other engine is not the one shown, and a look at what it would be for those that the app can start here. */
function Others({ others }: { others: readonly WhyNot[] }) {
  const runtimes = useRuntimes(store => store.runtimes)
  const startable = (id: string) => runtimes?.some(each => each.id === id && isStartedHere(each)) ?? false
  return (
    <dl className="mt-2 grid grid-cols-[160px_minmax(0,1fr)_auto] gap-x-4 gap-y-1 max-narrow:grid-cols-[minmax(0,1fr)_auto]">
      {others.map(each => (
        <div key={each.key} className="col-span-full grid grid-cols-subgrid items-baseline">
          <dt>{each.title}</dt>
          <dd className="text-ink-2 max-narrow:col-span-full max-narrow:row-start-2">{each.why}</dd>
          {startable(each.key) && (
            <dd>
              <Button size="low" aria-label={`Look at ${each.title}`} onClick={() => tryNeed(need => ({ ...need, runtime: each.key }))}>
                Look at it
              </Button>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

function Installs({ decision }: { decision: Decision }) {
  const runtimes = useRuntimes(store => store.runtimes)
  const missing = decision.startable.missing.filter(each => each.kind === 'build' || each.kind === 'model')
  const offers = decision.build === null ? (runtimes?.find(runtime => runtime.id === decision.runtime)?.offers ?? []) : []
  if (missing.length === 0) return <p className="mt-2 text-ink-2">Nothing: the engine and the model are on this machine.</p>
  return (
    <ul className="mt-2 grid gap-1">
      {missing.map(each => (
        <li key={each.kind + each.text}>
          {each.text}
          {each.kind === 'build' && each.bytes === null && offers.length === 0 && (
            <span className="text-ink-2"> Where from and how large is known on the machine itself, once its sources were asked.</span>
          )}
        </li>
      ))}
      {offers.map(offer => (
        <li key={offer.id} className="text-ink-2">
          {offer.title} from {offer.source}
          {offer.bytes !== null && `, ${bytes(offer.bytes)}`}
          {offer.why !== null && ` (not now: ${offer.why})`}
        </li>
      ))}
    </ul>
  )
}
