import { create } from 'zustand'
import type { Prediction } from '../../../electron/contract/predictions'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'

interface Predictions {
  /** Null until the host has answered. */
  rows: readonly Prediction[] | null
  failure: string | null
}

export const usePredictions = create<Predictions>(() => ({ rows: null, failure: null }))

/** Every call answers with all rows, so that the table never guesses. */
async function show(asked: Promise<readonly Prediction[]>): Promise<void> {
  try {
    usePredictions.setState({ rows: await asked, failure: null })
  } catch (error) {
    if (!wasAborted(error)) usePredictions.setState({ failure: reportOfError(error).message })
  }
}

export const load = () => show(client.recommend.predictions())
export const calibrate = (id: number, use: boolean) => show(client.recommend.calibrate({ id, use }))
export const forget = (id: number) => show(client.recommend.forgetRun({ id }))
