import { create } from 'zustand'
import type { Prediction } from '../../../electron/contract/predictions'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'
import { actUndoably } from '../shared/undo.store'

interface Predictions {
  /** Null until the host has answered. */
  rows: readonly Prediction[] | null
  failure: string | null
}

export const usePredictions = create<Predictions>(() => ({ rows: null, failure: null }))

const keep = (rows: readonly Prediction[]) => usePredictions.setState({ rows, failure: null })

/** Every call answers with all rows, so that the table never guesses. */
async function show(asked: Promise<readonly Prediction[]>): Promise<void> {
  try {
    keep(await asked)
  } catch (error) {
    if (!wasAborted(error)) usePredictions.setState({ failure: reportOfError(error).message })
  }
}

export const load = () => show(client.recommend.predictions())
export const calibrate = (id: number, use: boolean) => show(client.recommend.calibrate({ id, use }))
/** Deletes a run; it can be had back under the bar. */
export const forget = (id: number, name: string) =>
  actUndoably(`The run of ${name} could not be deleted`, {
    text: `Deleted the run of ${name}.`,
    action: async () => keep(await client.recommend.forgetRun({ id })),
    undo: async () => keep(await client.recommend.restoreRun({ id })),
  })
