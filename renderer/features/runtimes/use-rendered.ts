import { useEffect, useState } from 'react'
import type { FailureReport } from '../../../electron/contract/failure'
import type { Rendered } from '../../../electron/contract/install'
import type { SettingValues } from '../../../electron/contract/runtime'
import { client } from '../../client/client'
import { reportOfError, wasAborted } from '../../client/failure'

/** A pause in typing after which the command is asked for. */
const settlesMs = 150

export interface RenderedAnswer {
  /** The last answer; kept while the next is on its way. */
  rendered: Rendered | null
  failure: FailureReport | null
}

/** The exact command of a start with these values: for the model that would be chosen, or the engine test. */
export function useRendered(runtime: string, values: SettingValues): RenderedAnswer {
  const [answer, setAnswer] = useState<RenderedAnswer>({ rendered: null, failure: null })
  const key = JSON.stringify(values)
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    async function ask() {
      const settings = JSON.parse(key) as SettingValues
      try {
        const request = await client.instances.choose({ model: null, runtime, contextTokens: null }, { signal })
        setAnswer({ rendered: await client.runtimes.render({ ...request, settings }, { signal }), failure: null })
      } catch (error) {
        if (!wasAborted(error)) setAnswer({ rendered: null, failure: reportOfError(error) })
      }
    }
    const timer = setTimeout(() => void ask(), settlesMs)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [runtime, key])
  return answer
}
