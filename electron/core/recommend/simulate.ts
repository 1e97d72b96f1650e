import type { Decision } from '../../contract/decision'
import type { Outcome, WhatIf } from '../../contract/what-if'
import { decide } from './decide'
import { optionsOf } from './options'
import { rank } from './rank'
import type { RecommendInput } from './recommend.types'
import { tieBetween } from './score'
import { gb, tokens } from './texts'

/** `artifact`: insist on one quantisation. */
export type Situation = { input: RecommendInput; artifact?: string | null }

/** The first decision alone, without runners-up: fast enough to follow a slider. Null when nothing can be run. */
export function firstDecision({ input, artifact }: Situation): Decision | null {
  const pool = optionsOf(input)
  const wanted = artifact == null ? pool : { ...pool, options: pool.options.filter(each => each.artifact === artifact) }
  const { candidates, contenders } = rank(input, wanted)
  const [first, second] = candidates
  if (!first) return null
  const tie = second ? tieBetween(first, second) : 'none'
  return { ...decide({ input, contenders, options: pool.all, tie }, first), rank: 1 }
}

/** What another situation would change, and why: two decisions laid side by side. `decide` stands for `firstDecision`. */
export function simulate(before: Situation, after: Situation, decide: typeof firstDecision): WhatIf {
  const [one, other] = [decide(before), decide(after)]
  return { before: one && outcomeOf(one), after: other && outcomeOf(other), trace: traceOf(one, other, after.input) }
}

export function outcomeOf(decision: Decision): Outcome {
  const { devices, gpuLayers, layers } = decision.memory
  const sum = (of: (device: (typeof devices)[number]) => number) => Math.round(devices.reduce((total, each) => total + of(each), 0))
  const { runtime, runtimeTitle, modelTitle, artifact, contextTokens, slots, headline } = decision
  return {
    ...{ runtime, runtimeTitle, modelTitle, artifact, contextTokens, slots, headline, gpuLayers, layers },
    qualityPoints: decision.quality?.points ?? null,
    oneUser: decision.speed.oneUser?.mid ?? null,
    users: decision.speed.users?.mid ?? null,
    ttftMs: decision.speed.ttftMs?.mid ?? null,
    usedMiB: sum(device => device.totalMiB - device.freeMiB),
    totalMiB: sum(device => device.totalMiB),
    because: decision.reasons[0]?.text ?? '',
  }
}

type Trace = WhatIf['trace']

function traceOf(before: Decision | null, after: Decision | null, input: RecommendInput): Trace {
  if (!after)
    return [entry('nothing fits', 'Nothing that is known fits then.', [formula('Weights, cache and buffers against the memory.')])]
  if (!before) return [entry('fits', `${after.headline} fits then; without the change nothing does.`, after.reasons[0]?.evidence ?? [])]
  const changes = [...engineTrace(before, after), ...modelTrace(before, after), ...planTrace(before, after), ...speedTrace(before, after)]
  const reasons = reasonTrace(before, after)
  if (changes.length + reasons.length > 0) return [...changes, ...reasons]
  const spare = Math.max(0, ...after.memory.devices.map(each => each.freeMiB))
  const who = input.need.users === 1 ? 'one user' : `${input.need.users} users`
  return [entry('nothing', `Nothing changes for ${who}: ${gb(spare)} stay free.`, [formula('Both situations were decided anew.')])]
}

const entry = (what: string, text: string, evidence: Trace[number]['evidence']): Trace[number] => ({ what, text, evidence: [...evidence] })
const formula = (text: string): Trace[number]['evidence'][number] => ({ kind: 'formula', text, source: null })

/** What speaks for the other engine and did not speak for the one before. */
const freshReasons = (before: Decision, after: Decision) =>
  after.reasons.filter(({ rule, text }) => !before.reasons.some(each => each.rule === rule && each.text === text))

function engineTrace(before: Decision, after: Decision): Trace {
  if (before.runtime === after.runtime) return []
  const why = freshReasons(before, after)[0] ?? after.reasons[0]
  return [entry('engine', `${after.runtimeTitle} in place of ${before.runtimeTitle}: ${why?.text ?? ''}`, why?.evidence ?? [])]
}

function modelTrace(before: Decision, after: Decision): Trace {
  const [one, other] = [before.quality?.points ?? null, after.quality?.points ?? null]
  const points =
    one === null || other === null || one === other ? '' : `: ${other} in place of ${one} of 100 points of quality for the task`
  const name = (decision: Decision) => `${decision.modelTitle} ${decision.artifact}`
  if (before.model === after.model && before.artifact === after.artifact) return []
  const what = before.model === after.model ? 'quantisation' : 'model'
  return [entry(what, `${name(after)} in place of ${name(before)}${points}.`, after.quality?.evidence ?? [])]
}

function planTrace(before: Decision, after: Decision): Trace {
  const shape = formula('Weights, cache and buffers against the memory of each device.')
  const cells = (decision: Decision) =>
    `${tokens(decision.contextTokens)} of context${decision.slots > 1 ? ` for each of ${decision.slots}` : ''}`
  const onGpu = ({ memory }: Decision) => (memory.gpuLayers === 0 ? 'no layer' : `${memory.gpuLayers} of ${memory.layers} layers`)
  const share = ({ memory }: Decision) => memory.gpuLayers / memory.layers
  return [
    ...(cells(before) === cells(after) ? [] : [entry('context', `${cells(after)} in place of ${cells(before)}.`, [shape])]),
    ...(share(before) === share(after) ? [] : [entry('placement', `${onGpu(after)} on the GPU in place of ${onGpu(before)}.`, [shape])]),
  ]
}

/** As the figures beside it are written: no decimal from 20 on. */
const rate = (tokensPerSecond: number) => tokensPerSecond.toFixed(tokensPerSecond >= 20 ? 0 : 1)

/** Differences below a twentieth are within any estimate. */
const noticeable = 0.05

function speedTrace(before: Decision, after: Decision): Trace {
  const rows = [
    { name: 'for one user', one: before.speed.oneUser?.mid, other: after.speed.oneUser?.mid },
    { name: 'for all users together', one: before.speed.users?.mid, other: after.speed.users?.mid },
  ]
  return rows.flatMap(({ name, one, other }) => {
    if (one === undefined || other === undefined || Math.abs(other / one - 1) < noticeable) return []
    const workings = after.speed.workings.map(text => formula(text))
    return [entry('speed', `About ${rate(other)} in place of ${rate(one)} tok/s ${name}.`, workings)]
  })
}

/** Reasons that are new; the engine's first one was said already. */
function reasonTrace(before: Decision, after: Decision): Trace {
  const fresh = freshReasons(before, after)
  const [from, to] = before.runtime === after.runtime ? [0, 3] : [1, 3]
  return fresh.slice(from, to).map(({ text, evidence }) => entry('rule', text, evidence))
}
