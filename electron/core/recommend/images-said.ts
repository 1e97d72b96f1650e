import type { Need } from '../../contract/need'
import type { Choice } from './choose'
import type { Said } from './evidence'
import { wantsImages } from './seeing'

/** What a person has to know of a model that could see and, as it would be started, does not. */
export function imagesSaid(need: Pick<Need, 'abilities'>, { option, leftOut }: Pick<Choice, 'option' | 'leftOut'>): Said[] {
  const blind = wantsImages(need) ? (option.library?.projector?.why ?? null) : null
  if (blind !== null)
    return [{ text: `${blind}. Models fetches it.`, evidence: [{ kind: 'machine', text: 'The folder of the model.', source: null }] }]
  if (!leftOut) return []
  return [
    {
      text: `It answers text only: what reads images takes ${Math.round(leftOut.mib)} MiB more, for which there is no room beside it. Ask for pictures, and it is planned for.`,
      evidence: [{ kind: 'formula', text: leftOut.text, source: null }],
    },
  ]
}
