/** Where the tiers come from. The five engines of the matrix are judged by others, the rest by us; the window shows which. */
export const matrixSource = 'Editorial judgement of published engine comparisons, 2025-26; "now" as seen in November 2026'
export const ownJudgement = 'Our own judgement from the documentation of November 2026; the published comparisons do not rate this engine'
