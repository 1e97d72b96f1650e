import type { Decision } from '../../contract/decision'
import type { Dimension } from '../runtimes/facts'
import type { Runtime } from '../runtimes/runtime'

export type Evidence = Decision['reasons'][number]['evidence'][number]

/** The cell of the matrix that a rule rests on, with who judged it. */
export function matrixEvidence(runtime: Runtime, dimension: string): Evidence[] {
  const cell = runtime.facts.matrix[dimension as Dimension]
  if (!cell || cell.tier === null) return []
  return [{ kind: 'matrix', text: `${dimension}: ${cell.tier}. ${cell.says}`, source: runtime.facts.matrixSource }]
}

/** A sentence and what it rests on. */
export type Said = { text: string; evidence: readonly Evidence[] }

/** Evidence by sentence, as the contract carries it beside the plain texts. */
export const groundsOf = (said: readonly Said[]): Record<string, Evidence[]> =>
  Object.fromEntries(said.map(({ text, evidence }) => [text, [...evidence]]))

/** What an engine costs whatever the machine: from its documentation. */
export const ofEngine = (runtime: Runtime): Said[] =>
  runtime.facts.givesUp.map(text => ({
    text,
    evidence: [{ kind: 'rule', text: `Our words for how ${runtime.title} works, after its documentation.`, source: runtime.homepage }],
  }))

/** What an engine needs on this machine. */
export const ofMachine = (runtime: Runtime, notes: readonly string[]): Said[] =>
  notes.map(text => ({
    text,
    evidence: [{ kind: 'machine', text: `What was found here against what ${runtime.title} needs.`, source: runtime.homepage }],
  }))
