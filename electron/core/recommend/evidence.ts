import type { Decision } from '../../contract/decision'
import type { Dimension } from '../runtimes/facts'
import type { Runtime } from '../runtimes/runtime'

type Evidence = Decision['reasons'][number]['evidence'][number]

/** The cell of the matrix that a rule rests on, with who judged it. */
export function matrixEvidence(runtime: Runtime, dimension: string): Evidence[] {
  const cell = runtime.facts.matrix[dimension as Dimension]
  if (!cell || cell.tier === null) return []
  return [{ kind: 'matrix', text: `${dimension}: ${cell.tier}. ${cell.says}`, source: runtime.facts.matrixSource }]
}
