import type { Recommendation } from '../../../electron/contract/decision'

/** Everything the first decision and the answer as a whole say. */
export function saidBy({ decisions, notes }: Recommendation): string {
  const [first] = decisions
  const said = first ? [first.headline, ...first.reasons.map(reason => reason.text), ...first.warnings, ...first.givesUp] : []
  return [...said, ...notes].join('\n')
}
