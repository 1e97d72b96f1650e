import { create } from 'zustand'
import type { FailureReport } from '../../../electron/contract/failure'
import type { HubModel, HubQuery } from '../../../electron/contract/hub'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'

export interface HubSearch {
  query: HubQuery
  /** Null before the first answer. */
  models: HubModel[] | null
  leftOut: number
  cursor: string | null
  isAsking: boolean
  failure: FailureReport | null
}

const firstQuery: HubQuery = { text: '', format: 'gguf', sort: 'downloads', mostParameters: null, fits: false, cursor: null }
export const emptyHub: HubSearch = { query: firstQuery, models: null, leftOut: 0, cursor: null, isAsking: false, failure: null }

/** The last search; it stays while a repository is looked at. */
export const useHub = create<HubSearch>(() => emptyHub)

let asked = 0

/** Asks anew with a changed query; an answer that a later question overtook is dropped. */
export async function searchHub(change: Partial<HubQuery>): Promise<void> {
  const query = { ...useHub.getState().query, ...change, cursor: null }
  useHub.setState({ query, isAsking: true, failure: null })
  await ask(query, [])
}

/** The next page, below what is there. */
export async function moreOfHub(): Promise<void> {
  const { query, cursor, models, isAsking } = useHub.getState()
  if (cursor === null || isAsking) return
  useHub.setState({ isAsking: true, failure: null })
  await ask({ ...query, cursor }, models ?? [])
}

async function ask(query: HubQuery, before: readonly HubModel[]): Promise<void> {
  const mine = ++asked
  try {
    const page = await client.models.hub.search(query)
    if (mine !== asked) return
    const known = new Set(before.map(({ id }) => id))
    const models = [...before, ...page.models.filter(({ id }) => !known.has(id))]
    const leftOut = page.leftOut + (before.length > 0 ? useHub.getState().leftOut : 0)
    useHub.setState({ models, leftOut, cursor: page.cursor, isAsking: false })
  } catch (error) {
    if (mine === asked) useHub.setState({ isAsking: false, failure: reportOfError(error) })
  }
}
