import { Failure } from '../../contract/failure'
import { attachPlan, openaiLaunch } from './common-attach'
import { explainBy, retryFix, type FailureRule } from './common-autopsy'
import type { Launch } from './runtime'

/**
 * Lemonade is a service of the system that loads models of its own list; it has no way to be given a file for one start
 * without changing its settings for good. So it is attached to, and never stopped (https://lemonade-server.ai/docs).
 */
export const lemonadeLaunch: Launch = {
  ...openaiLaunch,
  explain: evidence => explainBy(rules, evidence),
  plan(input) {
    if (input.model.path !== '')
      throw new Failure(
        'not-available-here',
        'Lemonade loads models of its own list only. Load one there with `lemonade run`, then attach its address.',
      )
    return attachPlan(input)
  },
}

/** Its answers when a request names a model that it then cannot load. */
const rules: readonly FailureRule[] = [
  {
    proof: /llama-server failed to start|llama-server process has terminated with exit code/,
    explain: () => ({
      cause: 'engine-crashed',
      headline: "Lemonade's engine did not come up",
      explanation:
        'The llama-server that it runs ended while loading. Its own log names the reason; another backend of it (Vulkan, CPU) often loads the same model.',
      permanent: false,
      fixes: [retryFix],
    }),
  },
]
