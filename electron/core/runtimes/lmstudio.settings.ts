import type { Setting } from '../../contract/runtime'
import { decimal, oneOf, settingsOf, toggle, whole, words } from './setting-values'

/** Options of `lms load`; the ones that its pages lack are in its source (https://github.com/lmstudio-ai/lms, src/subcommands/load.ts). */
const source = 'https://lmstudio.ai/docs/cli/load'

/** What a person may set about a model that LM Studio loads. */
export const lmstudioSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{ id: 'gpu', title: 'Share of the layers on the GPU', flag: '--gpu', value: decimal(0, 1) },
      help: '0 is the CPU only, 1 is everything; LM Studio chooses when it is not set.',
    },
    {
      ...{ id: 'ttl', title: 'Unload when idle', flag: '--ttl', value: whole(1, 2_592_000, { unit: 's' }) },
      help: 'Gives the memory back after so many idle seconds; without it the model stays.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'speculativeMtp', title: 'Guess ahead with the model itself', flag: '--speculative-draft-mtp', value: toggle(false) },
      help: 'For models that were trained to predict several tokens at once.',
    },
    {
      ...{ id: 'speculativeDraft', title: 'Guess ahead with a draft model', flag: '--speculative-draft-simple', value: toggle(false) },
      help: 'Takes the draft model that is named below.',
    },
    {
      ...{ id: 'draftModel', title: 'Draft model', flag: '--speculative-draft-model', value: words() },
      help: 'Key of a small model in LM Studio that guesses ahead.',
    },
  ]),
  ...settingsOf({ group: 'logging', source: 'https://lmstudio.ai/docs/cli/log-stream' }, [
    {
      ...{ id: 'logSource', title: 'Which log is shown', flag: '--source', value: oneOf(['server', 'runtime'], 'server') },
      help: 'The requests to its server, or the words of the engine. The log of models shows prompts and is not offered.',
    },
  ]),
]
