import { buildsHere, type BuildChoice } from './builds'
import { calibrationFor } from './calibration'
import { choose } from './choose'
import { sourceInReach } from './missing'
import type { Option, Pool } from './options'
import { buildFacts, planFacts, type Candidate, type Ranking } from './rank'
import type { RecommendInput } from './recommend.types'
import { scoreEngine } from './score'

/**
 * What stands beside the best answers: for each engine that is here, what it can do with the models that are here; where
 * that is nothing real, what it can do with a model in reach; and at the last the engine test. An engine that the person
 * named counts although it has to be installed first.
 */
export function candidatesHere(input: RecommendInput, { options, all }: Pool, ranking: Ranking): Candidate[] {
  const startable = ranking.candidates.filter(each => each.runtime.launch !== undefined)
  const real = options.filter(option => !option.engineTest)
  const library = real.filter(option => option.library !== null)
  const now = among(input, startable, { all, from: library })
  const reach = among(input, startable, {
    all,
    from: real.filter(option => option.library === null && sourceInReach(option, input.reachable)),
  })
  const better = reach.filter(each => !now.some(one => one.runtime === each.runtime && one.choice.utility >= each.choice.utility))
  const test = now.length > 0 || isStartable(ranking.candidates) ? [] : testCandidates(input, { options, all }, startable)
  return [...now, ...better, ...test]
}

const isStartable = (candidates: readonly Candidate[]) =>
  candidates.some(each => each.runtime.launch && each.build.build !== null && each.choice.option.library !== null)

/** The smallest engine test on each engine that is here. Ranked as the engines are. */
function testCandidates(
  input: RecommendInput,
  { options, all }: Pick<Pool, 'options' | 'all'>,
  startable: readonly Candidate[],
): Candidate[] {
  const tests = options.filter(option => option.engineTest && option.library !== null)
  const bySize = [...tests].sort((a, b) => b.size.weightsBytes - a.size.weightsBytes)
  const largest = bySize.filter(({ format }, index) => bySize.findIndex(each => each.format === format) === index)
  // The engine test keeps no long context: what it was trained for is enough.
  const short = { ...input, need: { ...input.need, contextTokens: null } }
  return among(short, startable, { all, from: largest }).slice(0, 1)
}

function among(
  input: RecommendInput,
  candidates: readonly Candidate[],
  options: { all: readonly Option[]; from: readonly Option[] },
): Candidate[] {
  if (options.from.length === 0) return []
  return candidates.flatMap(candidate => {
    const here = buildsHere(candidate.runtime, candidate.verdict, input.builds)
    const builds = here.length === 0 && input.need.runtime === candidate.runtime.id ? [candidate.build] : here
    const found = builds.flatMap(build => withBuild(input, candidate, { build, options }) ?? [])
    return found.slice(0, 1)
  })
}

function withBuild(
  input: RecommendInput,
  candidate: Candidate,
  { build, options }: { build: BuildChoice; options: { all: readonly Option[]; from: readonly Option[] } },
): Candidate | null {
  const { runtime, verdict } = candidate
  const calibration = calibrationFor(input, runtime, { options: options.all, backend: build.backend })
  const choice = choose({
    ...{ machine: input.machine, need: input.need, runtime, backend: build.backend, options: options.from, calibration },
    ...{ build: build.build, lacks: verdict.lacks },
  })
  if (!choice) return null
  const facts = { ...candidate.facts, 'engine.backend': build.backend, ...planFacts(choice, choice), ...buildFacts(build) }
  return { ...candidate, build, choice, facts, score: scoreEngine(runtime, input.need, facts) }
}
