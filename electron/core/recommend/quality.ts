import type { Decision } from '../../contract/decision'
import type { CatalogueModel, ModelScore } from '../../contract/model'
import type { Need } from '../../contract/need'

/** Which published ranking speaks for a task; the rest go by the overall score. */
const rankingOf: Partial<Record<Need['task'], ModelScore['task']>> = {
  ...{ coding: 'coding', agents: 'agents', chat: 'chat', 'choose-model': 'chat', 'rag-api': 'chat', edge: 'chat', 'fine-tuning': 'chat' },
}

/**
 * How good a model's answers are for a task, 0..100: three fifths its overall quality, two fifths its place in the
 * published ranking of the task (first 100, last 0), where there is one. Our own weighing; scores and sources are data in
 * resources/knowledge/models.json.
 */
export function qualityFor(model: CatalogueModel, task: Need['task']): number {
  const place = placeOf(model, task)
  return place === null ? model.quality : 0.6 * model.quality + 40 * (1 - place.rank / place.of)
}

function placeOf(model: CatalogueModel, task: Need['task']): { rank: number; of: number } | null {
  const found = model.scores?.find(each => each.task === rankingOf[task])
  return found?.rank !== undefined && found.of !== undefined ? { rank: found.rank, of: found.of } : null
}

/** Points for a language: a model that is not trained for it answers in it badly or in another. */
export const languageCost = (model: CatalogueModel, language: string | undefined): number => (speaks(model, language) === 'no' ? 14 : 0)

export type Speaks = 'yes' | 'many' | 'no' | 'unknown' | 'unasked'

/** Whether a model was trained for a language: `many` for many that are not listed, `unknown` where nobody says, `unasked` where it does not matter. */
export function speaks({ languages }: Pick<CatalogueModel, 'languages'>, language: string | undefined): Speaks {
  if (language === undefined) return 'unasked'
  if (languages === undefined) return 'unknown'
  if (languages.includes(language)) return 'yes'
  return languages.includes('many') ? 'many' : 'no'
}

/** What a person sees of a model's quality: the figure, what it rests on, and what the quantisation took. */
export function qualityOf(model: CatalogueModel | null, task: Need['task'], loss: number): NonNullable<Decision['quality']> {
  if (!model)
    return {
      points: null,
      loss,
      licence: null,
      evidence: [{ kind: 'formula', text: 'Guessed from its size: it is not in the catalogue.', source: null }],
    }
  const ranking = rankingOf[task]
  const scores = (model.scores ?? []).filter(each => each.task === 'overall' || each.task === ranking)
  const evidence = scores.map(each => ({
    kind: 'published' as const,
    text:
      each.score === undefined
        ? `Place ${each.rank ?? 0} of ${each.of ?? 0} in ${taskWords[each.task]}, read ${each.date}.`
        : `Overall score ${each.score}, read ${each.date}.`,
    source: each.source,
  }))
  const own = { kind: 'rule' as const, text: `No published figure for it: ${model.qualitySource}.`, source: null }
  return {
    points: Math.round(qualityFor(model, task) - loss),
    loss,
    licence: model.licence,
    evidence: evidence.length > 0 ? evidence : [own],
  }
}

const taskWords: Readonly<Record<ModelScore['task'], string>> = {
  overall: 'all',
  coding: 'coding',
  agents: 'agent tasks',
  chat: 'chat and writing',
}
