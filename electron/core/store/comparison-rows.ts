import type { SQLOutputValue } from 'node:sqlite'
import * as z from 'zod'
import {
  comparisonSchema,
  generationSchema,
  paneSchema,
  turnSchema,
  type Comparison,
  type Generation,
  type Pane,
  type Turn,
} from '../../contract/compare'

/* SQLite keeps no checksums, so a damaged file may hold a row whose text is damaged: it is left out, and never stops the others. */

type Row = Record<string, SQLOutputValue>

/** Columns of `generations` in the order of `generationValues`, the key first. */
export const generationColumns = [
  'id',
  'pane_id',
  'route',
  'instance_id',
  'runtime_title',
  'model_title',
  'state',
  'text',
  'reasoning',
  'ttft_ms',
  'tokens_per_second',
  'prompt_tokens',
  'output_tokens',
  'total_ms',
  'finish',
  'error',
  'started_at',
] as const

/** A generation as values for `generationColumns`. */
export function generationValues(generation: Generation): [string, ...(string | number | null)[]] {
  const { stats } = generation
  return [
    generation.id,
    generation.paneId,
    generation.route,
    generation.instanceId,
    generation.runtimeTitle,
    generation.modelTitle,
    generation.state,
    generation.text,
    generation.reasoning,
    stats.ttftMs,
    stats.tokensPerSecond,
    stats.promptTokens,
    stats.outputTokens,
    stats.totalMs,
    stats.finish,
    generation.error,
    generation.startedAt,
  ]
}

/** A row of `generations`; null when it is damaged. */
export function generationFrom(row: Row): Generation | null {
  const read = generationSchema.safeParse({
    id: row['id'],
    paneId: row['pane_id'],
    route: row['route'],
    instanceId: row['instance_id'],
    runtimeTitle: row['runtime_title'],
    modelTitle: row['model_title'],
    state: row['state'],
    text: row['text'],
    reasoning: row['reasoning'],
    stats: {
      ttftMs: row['ttft_ms'],
      tokensPerSecond: row['tokens_per_second'],
      promptTokens: row['prompt_tokens'],
      outputTokens: row['output_tokens'],
      totalMs: row['total_ms'],
      finish: row['finish'],
    },
    error: row['error'],
    startedAt: row['started_at'],
  })
  return read.data ?? null
}

/** A row of `turns`, without its generations; null when it is damaged. */
export function turnFrom(row: Row): Omit<Turn, 'generations'> | null {
  const fields = { id: row['id'], prompt: row['prompt'], createdAt: row['created_at'], mode: row['mode'] }
  return turnSchema.omit({ generations: true }).safeParse(fields).data ?? null
}

/** A row of `comparisons`, without its turns; null when it is damaged. */
export function comparisonFrom(row: Row): Omit<Comparison, 'turns'> | null {
  const fields = {
    id: row['id'],
    title: row['title'],
    createdAt: row['created_at'],
    updatedAt: row['updated_at'],
    panes: panesFrom(row['panes']),
  }
  return comparisonSchema.omit({ turns: true }).safeParse(fields).data ?? null
}

/** The panes as they were stored; none when that is damaged. */
export function panesFrom(stored: SQLOutputValue | undefined): Pane[] {
  try {
    return z.array(paneSchema).safeParse(JSON.parse(String(stored))).data ?? []
  } catch {
    return []
  }
}
