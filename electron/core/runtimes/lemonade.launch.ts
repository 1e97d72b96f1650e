import { Failure } from '../../contract/failure'
import { attachPlan, openaiLaunch } from './common-attach'
import type { Launch } from './runtime'

/**
 * Lemonade is a service of the system that loads models of its own list; it has no way to be given a file for one start
 * without changing its settings for good. So it is attached to, and never stopped (https://lemonade-server.ai/docs).
 */
export const lemonadeLaunch: Launch = {
  ...openaiLaunch,
  plan(input) {
    if (input.model.path !== '')
      throw new Failure(
        'not-available-here',
        'Lemonade loads models of its own list only. Load one there with `lemonade run`, then attach its address.',
      )
    return attachPlan(input)
  },
}
