import type { Figure } from '../../contract/install'
import type { Trial } from '../stack/stack.types'

export type Comparison = { figures: Figure[]; holds: boolean; why: string[] }

/** A drop of more than a tenth is worth a warning; less is noise of one measurement. */
const slowerFrom = 0.9
const fasterFrom = 1.1
/** The first token of a small model takes milliseconds: its noise is larger. */
const ttftWorse = 2
const ttftNoiseMs = 50
const memoryWorse = 1.25
const memoryNoiseMiB = 64

type Verdict = Figure['verdict']
type Numbers = { before: number | null; after: number | null }

/**
 * Whether the new build is as good as the old one on this machine: all known answers right (the least logit margin of the engine
 * test is above 4, so that no honest rounding changes one), no tenth slower, not much more memory, nothing off the GPU.
 */
export function compareBuilds(before: Trial | null, after: Trial | null): Comparison {
  if (!after) return { figures: [], holds: false, why: ['The new build could not be tried: it does not load the engine test.'] }
  const figures = [
    after.standIn ? likeOf(before?.standIn?.answers ?? null, after.standIn.answers) : goldenOf(before, after),
    decodeOf(before, after),
    ttftOf(before, after),
    memoryOf(before, after),
    placementOf(before, after),
    startOf(before, after),
  ]
  const worse = figures.filter(each => each.verdict === 'worse' && each.what !== 'start')
  const unknown = before ? [] : ['The build before it could not be tried: there is nothing to compare with.']
  const instead = after.standIn ? [`Both were asked on ${after.standIn.title}, since the engine test is not loaded by this runtime.`] : []
  return { figures, holds: worse.length === 0 && isAnswered(after), why: [...worse.map(sentenceOf), ...unknown, ...instead] }
}

/** Whether only figures became worse that another busy program would make worse too: worth a second look. */
export const mayBeNoise = ({ figures }: Comparison): boolean => {
  const worse = figures.filter(each => each.verdict === 'worse').map(each => each.what)
  return worse.length > 0 && worse.every(what => what === 'decode' || what === 'ttft' || what === 'start')
}

/** The better figures of two looks at one build. */
export const betterOf = (one: Trial, other: Trial): Trial => ({
  startMs: Math.min(one.startMs, other.startMs),
  proof: {
    ...one.proof,
    ttftMs: extreme(Math.min, one.proof.ttftMs, other.proof.ttftMs),
    decodeTokensPerSecond: extreme(Math.max, one.proof.decodeTokensPerSecond, other.proof.decodeTokensPerSecond),
  },
})

const extreme = (choose: (one: number, other: number) => number, one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : choose(one, other)

/** Of a model in place of the engine test no answers are known: that it answered is what can be asked of one alone. */
const isAnswered = (trial: Trial) => (trial.standIn ? trial.standIn.answers.some(each => each.trim() !== '') : isAllRight(trial))

const isAllRight = ({ proof: { golden } }: Trial) => golden !== null && golden.right === golden.asked

function goldenOf(before: Trial | null, after: Trial): Figure {
  const [old, now] = [before?.proof.golden ?? null, after.proof.golden]
  const verdict: Verdict = !isAllRight(after) ? 'worse' : old && old.right < old.asked ? 'better' : 'same'
  const words = (golden: typeof now) => (golden === null ? 'not asked to the end' : `${golden.right} of ${golden.asked}`)
  return {
    ...{ what: 'golden', title: 'Known answers', unit: null, before: old?.right ?? null, after: now?.right ?? null, verdict },
    ...{ beforeText: before ? words(old) : 'not tried', afterText: words(now) },
  }
}

/** Two builds may round differently, and then part company somewhere in a long answer; its beginning stays where both compute rightly. */
const wordsAlike = 5
const shareAlike = 0.75

const beginningOf = (answer: string) => answer.trim().split(/\s+/).slice(0, wordsAlike).join(' ')

function likeOf(before: readonly string[] | null, after: readonly string[]): Figure {
  const alike = before?.filter((answer, index) => beginningOf(answer) === beginningOf(after[index] ?? '')).length ?? null
  const asked = before?.length ?? 0
  const verdict: Verdict = alike === null || asked === 0 ? 'unknown' : alike >= asked * shareAlike ? 'same' : 'worse'
  return {
    ...{ what: 'golden', title: 'Answers that begin alike', unit: null, before: before ? asked : null, after: alike, verdict },
    ...{
      beforeText: before ? `${asked} asked` : 'not tried',
      afterText: alike === null ? `${after.length} asked` : `${alike} of ${asked}`,
    },
  }
}

function decodeOf(before: Trial | null, after: Trial): Figure {
  const numbers = { before: before?.proof.decodeTokensPerSecond ?? null, after: after.proof.decodeTokensPerSecond }
  return figure({ what: 'decode', title: 'Decode speed', unit: 'tok/s' }, numbers, ratio => {
    if (ratio < slowerFrom) return 'worse'
    return ratio > fasterFrom ? 'better' : 'same'
  })
}

function ttftOf(before: Trial | null, after: Trial): Figure {
  const numbers = { before: before?.proof.ttftMs ?? null, after: after.proof.ttftMs }
  return figure({ what: 'ttft', title: 'TTFT', unit: 'ms' }, numbers, moreIsWorse(numbers, { times: ttftWorse, noise: ttftNoiseMs }))
}

function memoryOf(before: Trial | null, after: Trial): Figure {
  const numbers = { before: before?.proof.memoryMiB ?? null, after: after.proof.memoryMiB }
  return figure(
    { what: 'memory', title: 'Memory', unit: 'MiB' },
    numbers,
    moreIsWorse(numbers, { times: memoryWorse, noise: memoryNoiseMiB }),
  )
}

function startOf(before: Trial | null, after: Trial): Figure {
  const numbers = { before: before?.startMs ?? null, after: after.startMs }
  return figure({ what: 'start', title: 'Time to ready', unit: 'ms' }, numbers, moreIsWorse(numbers, { times: 2, noise: 2_000 }))
}

const moreIsWorse =
  ({ before, after }: Numbers, limits: { times: number; noise: number }) =>
  (ratio: number): Verdict => {
    const difference = (after ?? 0) - (before ?? 0)
    if (ratio > limits.times && difference > limits.noise) return 'worse'
    return ratio < 1 / limits.times && -difference > limits.noise ? 'better' : 'same'
  }

function figure(base: Pick<Figure, 'what' | 'title' | 'unit'>, { before, after }: Numbers, judge: (ratio: number) => Verdict): Figure {
  const verdict = before === null || after === null || before <= 0 ? 'unknown' : judge(after / before)
  return { ...base, before, after, verdict, beforeText: textOf(before, base.unit), afterText: textOf(after, base.unit) }
}

const textOf = (value: number | null, unit: string | null) =>
  value === null ? 'not measured' : `${value < 100 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit ?? ''}`.trim()

function placementOf(before: Trial | null, after: Trial): Figure {
  const [old, now] = [before?.proof.placement ?? null, after.proof.placement]
  const numbers = { before: old?.gpuLayers ?? null, after: now.gpuLayers }
  const texts = { beforeText: old?.text ?? 'not tried', afterText: now.text }
  const base = { what: 'placement' as const, title: 'Placement', unit: 'layers on the GPU', ...numbers, ...texts }
  if (numbers.before === null || numbers.after === null) return { ...base, verdict: 'unknown' }
  if (numbers.after === numbers.before) return { ...base, verdict: 'same' }
  return { ...base, verdict: numbers.after < numbers.before ? 'worse' : 'better' }
}

function sentenceOf({ what, beforeText, afterText, title }: Figure): string {
  if (what === 'golden' && title.startsWith('Known')) return `Only ${afterText} known questions were answered as they must be.`
  if (what === 'golden') return `Only ${afterText} answers begin as those of the build before.`
  return `${title} became worse: ${beforeText} before, ${afterText} now.`
}
