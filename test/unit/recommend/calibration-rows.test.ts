import { join } from 'node:path'
import { expect, test } from 'vitest'
import { calibrationFrom, type OwnRun } from '../../../electron/core/recommend/calibration'
import { place } from '../../../electron/core/recommend/placement'
import { decodeRate } from '../../../electron/core/recommend/speed-model'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { caseOf, type Case } from '../../bench/predict/predict'
import { readRows } from '../../bench/predict/rows'
import { quantile } from '../../bench/predict/score'

const [runtime] = runtimes.filter(each => each.id === 'llama.cpp')
if (!runtime) throw new Error('the registry lacks the engine')
const engine = runtime.facts.memory

/** Published runs of one device with several files and the same settings, as own runs would be kept; real figures, none made up. */
const cases = readRows(join(process.cwd(), 'resources', 'knowledge', 'published-perf.csv'))
  .filter(
    row => row.tier === 'A' && row.gpus === 1 && row.concurrency === 1 && /4167|XiongjieDai/.test(row.source) && !/8192/.test(row.depth),
  )
  .map(caseOf)
const groups = Object.values(Object.groupBy(cases, each => `${each.deviceKey} ${each.row.device} ${each.row.source}`)).filter(
  (group): group is Case[] => group !== undefined && group.length >= 3,
)

/** What the app would say of a file on that machine, with its own settings of today. */
function saidOf({ input, backend }: Case): number {
  if (!input) return 0
  const { machine, model } = input
  const asked = { machine, model, backend, engine, contextTokens: 4096, slots: 1, kvQuantisation: 'f16' as const }
  return decodeRate({ machine, model, backend, placement: place(asked), speedFactor: 1, depthTokens: 64 }).tokensPerSecond ?? 0
}

const errorOf = (said: number, { row }: Case) => Math.abs(said / row.decode - 1) * 100

/**
 * 12.3 % off without a run, 9.0 % with: the engines of 2023 and 2024 are not the ones that the app reckons with, so part of what
 * is off differs from file to file. Runs of one build here are proved by test/live/calibration.live.test.ts.
 */
test('own runs of two files or more correct another one on the same device, even those of engines of two years ago', () => {
  const errors = groups.flatMap(group =>
    group.flatMap(wanted => {
      const { input, backend } = wanted
      if (!input) return []
      const runs = group.flatMap((each): OwnRun[] =>
        each === wanted || !each.input ? [] : [{ runtime, size: each.input.model, tokensPerSecond: each.row.decode, contextTokens: 4096 }],
      )
      const bytes = input.model.weightsBytes
      const factor = calibrationFrom(runs, { machine: input.machine, runtime, backend, bytes }) ?? 1
      const said = saidOf(wanted)
      return [{ before: errorOf(said, wanted), after: errorOf(said * factor, wanted) }]
    }),
  )
  const sorted = (of: 'before' | 'after') => errors.map(each => each[of]).sort((a, b) => a - b)
  expect(errors.length).toBeGreaterThan(30)
  expect(quantile(sorted('after'), 0.5)).toBeLessThan(9.5)
  expect(quantile(sorted('after'), 0.5)).toBeLessThan(quantile(sorted('before'), 0.5) * 0.75)
})
