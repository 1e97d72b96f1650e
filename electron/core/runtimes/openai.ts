import type { RuntimeFacts } from './facts'
import { can } from './facts-judge'
import { ownJudgement } from './facts-source'
import { openaiLaunch } from './common-attach'
import { defineRuntime } from './runtime'

const facts: RuntimeFacts = {
  matrixSource: ownJudgement,
  matrix: {},
  formats: [],
  fulfils: {},
  madeFor: {},
  traits: ['attach-only'],
  concurrency: { kind: 'batched', comfortableUsers: 1 },
  givesUp: ['Roundhouse neither starts nor stops it and cannot see its memory.'],
  memory: { overheadMiB: {}, reservedShare: null },
  speedFactor: {},
}

/** Any server that speaks the OpenAI API, attached by address (https://platform.openai.com/docs/api-reference). */
export const openai = defineRuntime({
  id: 'openai',
  tier: 'attach',
  title: 'Attached server',
  purpose: 'Routes to a server that runs already, here or elsewhere, by its address.',
  homepage: 'https://platform.openai.com/docs/api-reference',
  judge: () => can([], { how: 'remote', notes: ['It is attached by its address; nothing is started for it.'] }),
  facts,
  // There is nothing to start: the command shows what it serves.
  render: request => ['curl', `http://127.0.0.1:${request.port}/v1/models`],
  builds: [],
  launch: openaiLaunch,
})
