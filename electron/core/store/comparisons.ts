import type { Comparison, ComparisonSummary, Generation, Pane, Turn } from '../../contract/compare'
import { comparisonFrom, generationColumns, generationFrom, generationValues, panesFrom, turnFrom } from './comparison-rows'
import type { Store } from './store.types'
import { transaction } from './transaction'

export type ComparisonRecords = {
  /** Newest first. */
  list(): ComparisonSummary[]
  /** Null when there is none or it is damaged beyond reading. */
  get(id: string): Comparison | null
  create(comparison: Omit<Comparison, 'turns'>): void
  rename(id: string, title: string, at: string): void
  setPanes(id: string, panes: readonly Pane[], at: string): void
  remove(id: string): void
  /** Appends a turn with its generations. */
  addTurn(comparisonId: string, turn: Turn): void
  /** Writes what has changed of a generation: state, text, figures. */
  updateGeneration(generation: Generation): void
  /** Puts `generation` in the place of the one that its pane has in this turn, or at the end. */
  replaceGeneration(turnId: string, generation: Generation): void
}

/**
 * Comparisons in the database. Whatever was still being generated when the last host ended becomes `interrupted` here and keeps the text
 * that had been written.
 */
export function createComparisonRecords({ database }: Pick<Store, 'database'>): ComparisonRecords {
  const statements = prepare(database)
  statements.interrupt.run()

  function insertGeneration(turnId: string, generation: Generation, position: number) {
    statements.insertGeneration.run(...generationValues(generation), turnId, position)
  }

  function turnsOf(id: string): Turn[] {
    return statements.turns.all(id).flatMap(row => {
      const turn = turnFrom(row)
      if (!turn) return []
      const generations = statements.generations.all(turn.id).flatMap(each => generationFrom(each) ?? [])
      return [{ ...turn, generations }]
    })
  }

  return {
    list: () =>
      statements.list.all().map(row => ({
        id: String(row['id']),
        title: String(row['title']),
        updatedAt: String(row['updated_at']),
        turns: Number(row['turns']),
        panes: panesFrom(row['panes']).length,
      })),
    get(id) {
      const row = statements.one.get(id)
      const comparison = row ? comparisonFrom(row) : null
      return comparison && { ...comparison, turns: turnsOf(id) }
    },
    create({ id, title, createdAt, updatedAt, panes }) {
      statements.create.run(id, title, JSON.stringify(panes), createdAt, updatedAt)
    },
    rename: (id, title, at) => void statements.rename.run(title, at, id),
    setPanes: (id, panes, at) => void statements.setPanes.run(JSON.stringify(panes), at, id),
    remove: id => void statements.remove.run(id),
    addTurn(comparisonId, turn) {
      transaction(database, () => {
        const position = Number(statements.nextTurn.get(comparisonId)?.['next'] ?? 0)
        statements.addTurn.run(turn.id, comparisonId, position, turn.prompt, turn.mode, turn.createdAt)
        turn.generations.forEach((generation, index) => insertGeneration(turn.id, generation, index))
        statements.touch.run(turn.createdAt, comparisonId)
      })
    },
    updateGeneration(generation) {
      const [id, ...values] = generationValues(generation)
      statements.updateGeneration.run(...values, id)
    },
    replaceGeneration(turnId, generation) {
      transaction(database, () => {
        const old = statements.placeOfPane.get(turnId, generation.paneId)
        const position = Number(old?.['position'] ?? statements.nextGeneration.get(turnId)?.['next'] ?? 0)
        statements.dropPane.run(turnId, generation.paneId)
        insertGeneration(turnId, generation, position)
      })
    },
  }
}

function prepare(database: Store['database']) {
  const sql = (text: string) => database.prepare(text)
  const [idColumn, ...otherColumns] = generationColumns
  return {
    interrupt: sql(
      `UPDATE generations SET state = 'interrupted', error = 'Roundhouse ended while this answer was being written.'
       WHERE state IN ('waiting', 'streaming')`,
    ),
    list: sql(
      `SELECT id, title, panes, updated_at, (SELECT count(*) FROM turns WHERE comparison_id = comparisons.id) AS turns
       FROM comparisons ORDER BY updated_at DESC, rowid DESC`,
    ),
    one: sql('SELECT * FROM comparisons WHERE id = ?'),
    turns: sql('SELECT * FROM turns WHERE comparison_id = ? ORDER BY position'),
    generations: sql('SELECT * FROM generations WHERE turn_id = ? ORDER BY position'),
    create: sql('INSERT INTO comparisons (id, title, panes, created_at, updated_at) VALUES (?, ?, ?, ?, ?)'),
    rename: sql('UPDATE comparisons SET title = ?, updated_at = ? WHERE id = ?'),
    setPanes: sql('UPDATE comparisons SET panes = ?, updated_at = ? WHERE id = ?'),
    touch: sql('UPDATE comparisons SET updated_at = ? WHERE id = ?'),
    remove: sql('DELETE FROM comparisons WHERE id = ?'),
    nextTurn: sql('SELECT coalesce(max(position) + 1, 0) AS next FROM turns WHERE comparison_id = ?'),
    nextGeneration: sql('SELECT coalesce(max(position) + 1, 0) AS next FROM generations WHERE turn_id = ?'),
    placeOfPane: sql('SELECT position FROM generations WHERE turn_id = ? AND pane_id = ?'),
    dropPane: sql('DELETE FROM generations WHERE turn_id = ? AND pane_id = ?'),
    addTurn: sql('INSERT INTO turns (id, comparison_id, position, prompt, mode, created_at) VALUES (?, ?, ?, ?, ?, ?)'),
    insertGeneration: sql(
      `INSERT INTO generations (${generationColumns.join(', ')}, turn_id, position) VALUES (${generationColumns.map(() => '?').join(', ')}, ?, ?)`,
    ),
    updateGeneration: sql(`UPDATE generations SET ${otherColumns.map(column => `${column} = ?`).join(', ')} WHERE ${idColumn} = ?`),
  }
}
