import { useMemo } from 'react'
import { useLocation } from 'wouter'
import type { Decision } from '../../../electron/contract/decision'
import { Button } from '../../ui/button'
import { bytes } from '../../ui/format'
import { useModels } from '../shared/models.store'
import { engineTitle, modelTitle } from './decision-words'
import { useRecommend } from './recommend.store'
import { startAndShow } from './start-decision'
import { startabilityOf } from './start-request'

/** Beside every engine test: the real model to go on with, or what a network would add. */
export function EngineTestDownload() {
  const [, navigate] = useLocation()
  const recommendation = useRecommend(store => store.recommendation)
  const reachable = useModels(store => store.models?.reachable)
  const real = useMemo(
    () => recommendation?.decisions.find(decision => !decision.engineTest && startabilityOf(decision).kind === 'start') ?? null,
    [recommendation],
  )
  const offline = reachable?.hub === false && reachable.pypi === false
  return (
    <section aria-labelledby="h-real" className="grid justify-items-start gap-2 rounded-2 border border-frame px-5 py-4">
      <h2 id="h-real" className="text-16">
        {real ? `Now a real model: ${modelTitle(real)}` : 'A real model'}
      </h2>
      <p className="text-ink-2">
        What runs now is an engine test: it knows its answers by heart and proves that the engine works here. {real ? size(real) : ''}
        {!real &&
          offline &&
          'No source of models can be reached from this machine now; with a network, the recommended one is one click away.'}
        {!real && !offline && 'The models place lists what fits on this machine.'}
      </p>
      {real ? (
        <Button tone="go" onClick={() => void startAndShow(real, {}, navigate)}>
          {real.startable.now ? 'Start it' : 'Download and start it'}
        </Button>
      ) : (
        <Button onClick={() => navigate('/models')}>To the models</Button>
      )}
    </section>
  )
}

function size(decision: Decision): string {
  if (decision.startable.now) return `${engineTitle(decision)} can load it at once.`
  return decision.downloadBytes === null ? 'Its size is not known yet.' : `${bytes(decision.downloadBytes)} to download.`
}
