import type { Decision } from '../../contract/decision'
import type { Need } from '../../contract/need'
import { optionsOf } from './options'
import { rank } from './rank'
import type { RecommendInput } from './recommend.types'
import { listed } from './texts'

type Change = Decision['changesIf'][number]

type Variant = { text: string; need: Partial<Need> }

/** Needs that differ in one thing from the one given, each with how a person would say it. */
function variantsOf(need: Need): Variant[] {
  const first = (priority: Need['priorities'][number]) => [priority, ...need.priorities.filter(each => each !== priority)]
  return [
    need.users === 1 ? { text: 'With 8 people at once', need: { users: 8 } } : { text: 'For one user alone', need: { users: 1 } },
    ...(need.users < 30 ? [{ text: 'With 30 people at once', need: { users: 30 } }] : []),
    ...(need.experience === 'first-time'
      ? []
      : [{ text: 'If this is your first local model', need: { experience: 'first-time' as const } }]),
    ...(need.priorities[0] === 'maintenance'
      ? []
      : [{ text: 'If little upkeep matters most', need: { priorities: first('maintenance') } }]),
    ...(need.priorities[0] === 'throughput' ? [] : [{ text: 'If speed matters most', need: { priorities: first('throughput') } }]),
    ...(need.must.includes('swap-models')
      ? []
      : [{ text: 'If you change models all the time', need: { must: [...need.must, 'swap-models' as const] } }]),
    ...(need.must.includes('exact-quant')
      ? []
      : [{ text: 'If it has to be one exact quantisation', need: { must: [...need.must, 'exact-quant' as const] } }]),
  ]
}

/** Which single changes of the need would put another engine first: found by deciding again, at most four engines. */
export function whatIf(input: RecommendInput, best: string): Change[] {
  if (input.need.runtime !== undefined) return []
  const pool = optionsOf(input)
  const byRuntime = new Map<string, { title: string; variants: Variant[] }>()
  for (const variant of variantsOf(input.need)) {
    const [first] = rank({ ...input, need: { ...input.need, ...variant.need } }, pool).candidates
    if (!first || first.runtime.id === best) continue
    const known = byRuntime.get(first.runtime.id)
    if (known) known.variants.push(variant)
    else byRuntime.set(first.runtime.id, { title: first.runtime.title, variants: [variant] })
  }
  return [...byRuntime].slice(0, 4).flatMap(([runtime, { title, variants }]) => {
    const [first] = variants
    return first
      ? [{ text: `${joined(variants.map(each => each.text))}: ${title}.`, runtime, need: first.need, title, each: variants }]
      : []
  })
}

const joined = (texts: readonly string[]) =>
  listed(texts.map((text, index) => (index === 0 ? text : text.charAt(0).toLowerCase() + text.slice(1)))).replace(' and ', ' or ')
