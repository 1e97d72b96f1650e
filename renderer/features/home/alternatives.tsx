import Play from 'lucide-react/icons/play'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { Decision, Recommendation } from '../../../electron/contract/decision'
import { Button } from '../../ui/button'
import { bytes, figure } from '../../ui/format'
import { ProvenanceMark } from '../../ui/provenance'
import { contextTitle, engineTitle, modelTitle } from './decision-words'
import { appliedNeed, bestDecision, dispatch, leadDecision, tryNeed } from './recommend.store'
import { startAndShow } from './start-decision'
import { startabilityOf } from './start-request'

interface Props {
  recommendation: Recommendation
  decision: Decision
}

/** Beside the decision: the runner-up, what would change the answer, and what can be started this minute. */
export function Alternatives({ recommendation, decision }: Props) {
  const better = betterThan(recommendation, decision)
  const runnerUp = recommendation.decisions.find(other => other.rank > decision.rank && !other.engineTest)
  const changes = decision.changesIf.slice(0, 2)
  const instant = instantOf(recommendation, decision)
  const within = withinReach(recommendation, decision)
  return (
    <ul className="alternatives grid content-start empty:hidden border-l border-line max-wide:grid-cols-[repeat(auto-fit,minmax(240px,1fr))] max-wide:border-t max-wide:border-l-0 max-narrow:grid-cols-1">
      {better && <Better decision={better} />}
      {within && <WithinReach decision={within} />}
      {runnerUp && runnerUp !== within && <RunnerUp decision={runnerUp} />}
      {changes.map(change => (
        <ChangeMyMind key={change.text} change={change} />
      ))}
      {instant && <Instant decision={instant} primary={!within && startabilityOf(decision).kind === 'cannot'} />}
    </ul>
  )
}

/** Another engine, with each change of the need that leads to it, to be tried one by one. */
function ChangeMyMind({ change }: { change: Decision['changesIf'][number] }) {
  const tryIt = (different: Record<string, unknown>) => tryNeed(need => appliedNeed(need, different))
  const { title, each } = change
  if (title === undefined || each === undefined)
    return (
      <Item label="Change my mind" title={change.text} about={null}>
        <Button size="low" onClick={() => tryIt(change.need)}>
          Try it
        </Button>
      </Item>
    )
  return (
    <li className={cell}>
      <span className="col-span-2 text-12 text-ink-3">Change my mind</span>
      <b className="col-span-2 wrap-anywhere">{title}</b>
      {each.map(({ text, need: different }) => (
        <span key={text} className="col-span-2 mt-1 grid grid-cols-subgrid items-center">
          <span className="text-12 text-ink-2">{text.charAt(0).toLowerCase() + text.slice(1)}</span>
          <Button size="low" aria-label={`Try it: ${text}`} onClick={() => tryIt(different)}>
            Try it
          </Button>
        </span>
      ))}
    </li>
  )
}

/** The best by the rules, while Home leads with something lesser because it cannot be started here. */
export function betterThan(recommendation: Recommendation, shown: Decision): Decision | null {
  const best = bestDecision(recommendation)
  const leads = leadDecision(recommendation)?.rank === shown.rank
  return leads && best && best.rank !== shown.rank ? best : null
}

/** The best that can be started without fetching anything; null when that is the shown one. */
export function instantOf(recommendation: Recommendation, shown: Decision): Decision | null {
  if (shown.startable.now) return null
  const instant = recommendation.decisions.find(other => other.startable.now && other.rank !== shown.rank) ?? null
  return instant && instant === withinReach(recommendation, shown) ? null : instant
}

/** Where the shown one cannot be started: the best real model that can be had from here; null when there is none or no need. */
export function withinReach(recommendation: Recommendation, shown: Decision): Decision | null {
  if (startabilityOf(shown).kind !== 'cannot') return null
  return recommendation.decisions.find(other => !other.engineTest && startabilityOf(other).kind === 'start') ?? null
}

/** What the better one needs, in place of a Start that could only fail. */
function Better({ decision }: { decision: Decision }) {
  const startability = startabilityOf(decision)
  const { oneUser } = decision.speed
  const speed = oneUser ? `, about ${figure(oneUser.mid)} tok/s` : ''
  return (
    <Item
      label="Better, once it can be had"
      title={`${engineTitle(decision)} + ${modelTitle(decision)}`}
      about={`${contextTitle(decision)}${speed}`}
      more={startability.kind === 'start' ? null : startability.why}
    >
      <Button size="low" onClick={() => dispatch({ type: 'shown', rank: decision.rank })}>
        Look at it
      </Button>
    </Item>
  )
}

function WithinReach({ decision }: { decision: Decision }) {
  const [, navigate] = useLocation()
  const fetched = decision.startable.now || decision.downloadBytes === null ? '' : ` · ${bytes(decision.downloadBytes)} to download`
  return (
    <Item
      label="The best within reach from here"
      title={`${engineTitle(decision)} + ${modelTitle(decision)}`}
      about={
        <>
          <Gist decision={decision} />
          {fetched}
        </>
      }
    >
      <Button size="low" icon={Play} tone="go" onClick={() => void startAndShow(decision, {}, navigate)}>
        Start that
      </Button>
    </Item>
  )
}

function RunnerUp({ decision }: { decision: Decision }) {
  return (
    <Item label="Runner-up" title={`${engineTitle(decision)} + ${modelTitle(decision)}`} about={<Gist decision={decision} />}>
      <Button size="low" onClick={() => dispatch({ type: 'shown', rank: decision.rank })}>
        Look at it
      </Button>
    </Item>
  )
}

function Instant({ decision, primary }: { decision: Decision; primary: boolean }) {
  const [, navigate] = useLocation()
  return (
    <Item
      label={decision.engineTest ? 'Can start this minute: the engine test' : 'Can start this minute instead'}
      title={`${engineTitle(decision)} + ${modelTitle(decision)}`}
      about={decision.engineTest ? 'knows its answers by heart; proves that the engine works here' : <Gist decision={decision} />}
    >
      <Button size="low" icon={Play} tone={primary ? 'go' : 'plain'} onClick={() => void startAndShow(decision, {}, navigate)}>
        Start that
      </Button>
    </Item>
  )
}

function Gist({ decision }: { decision: Decision }) {
  const { oneUser, users, basis } = decision.speed
  const rate = users ?? oneUser
  return (
    <>
      {contextTitle(decision)}
      {rate && (
        <>
          , <ProvenanceMark of={basis === 'measured' ? 'measured' : 'estimated'} />
          about {figure(rate.mid)} tok/s{users && ' together'}
        </>
      )}
      {decision.givesUp[0] !== undefined && ` · ${decision.givesUp[0]}`}
    </>
  )
}

interface ItemProps {
  label: string
  title: string
  about: ReactNode
  /** What has to be read in full. */
  more?: string | null
  children: ReactNode
}

const cell =
  'grid grid-cols-[minmax(0,1fr)_auto] content-start gap-x-3 border-line px-4 py-3 not-first:border-t max-wide:not-first:border-t-0 max-wide:not-first:border-l max-narrow:not-first:border-t max-narrow:not-first:border-l-0'

function Item({ label, title, about, more = null, children }: ItemProps) {
  return (
    <li className={cell}>
      <span className="col-span-2 text-12 text-ink-3">{label}</span>
      <span className="min-w-0">
        <b className="block wrap-anywhere">{title}</b>
        {about !== null && <span className="block text-12 text-ink-2">{about}</span>}
      </span>
      <span className="self-center">{children}</span>
      {more !== null && <span className="col-span-2 mt-1 text-12 wrap-anywhere text-ink-2">{more}</span>}
    </li>
  )
}
