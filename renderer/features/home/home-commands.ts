import Play from 'lucide-react/icons/play'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { useCommands, type Command } from '../shared/commands'
import { engineTitle, modelTitle } from './decision-words'
import { useRecommend } from './recommend.store'
import { startAndShow } from './start-decision'
import { startabilityOf } from './start-request'

const offered = 4

/** Offers starting what the last answer recommended, best first, from anywhere in the window. */
export function useHomeCommands(): void {
  const recommendation = useRecommend(store => store.recommendation)
  const [, navigate] = useLocation()
  const commands = useMemo(
    () =>
      (recommendation?.decisions ?? [])
        .filter(decision => startabilityOf(decision).kind === 'start')
        .slice(0, offered)
        .map((decision): Command => ({
          id: `start.${decision.rank}`,
          title: `Start ${engineTitle(decision)} + ${modelTitle(decision)}`,
          group: 'Start',
          icon: Play,
          keywords: ['run', 'load', decision.runtimeTitle, decision.engineTest ? 'engine test' : 'model'],
          run: () => void startAndShow(decision, {}, navigate),
        })),
    [recommendation, navigate],
  )
  useCommands('home', commands)
}
