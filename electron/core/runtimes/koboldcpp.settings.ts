import type { Setting } from '../../contract/runtime'
import { oneOf, settingsOf, toggle, whole, words } from './setting-values'
import { noMetrics } from './prometheus'
import type { MetricsMap } from './runtime'

const source = 'https://github.com/LostRuins/koboldcpp/wiki'

/** What a person may set about KoboldCpp beyond context, threads, layers, KV type and port. */
export const koboldcppSettings: readonly Setting[] = [
  ...settingsOf({ group: 'memory', source }, [
    {
      ...{ id: 'slidingWindow', title: 'Small cache for sliding windows', flag: '--useswa', value: toggle(false) },
      help: 'Less KV memory for sliding-window models; prompts cannot be shifted then.',
    },
    {
      ...{ id: 'cpuMoeLayers', title: 'Layers whose experts stay on the CPU', flag: '--moecpu', value: whole(0, 999, { unit: 'layers' }) },
      help: 'Lets a big mixture-of-experts model run beside a small GPU.',
    },
    {
      ...{ id: 'autofitPadding', title: 'Memory left free on the GPU', flag: '--autofitpadding', value: whole(0, 65_536, { unit: 'MiB' }) },
      help: 'Kept free when it works out by itself how many layers fit.',
    },
  ]),
  ...settingsOf({ group: 'speed', source }, [
    {
      ...{ id: 'flashAttention', title: 'Flash attention', flag: '--flashattention', value: toggle(true, '--noflashattention') },
      help: 'Less memory for long contexts; a quantised KV cache needs it.',
    },
    {
      ...{
        id: 'batch',
        title: 'Batch',
        flag: '--blasbatchsize',
        value: oneOf(['16', '32', '64', '128', '256', '512', '1024', '2048', '4096']),
      },
      help: 'Prompt tokens that are read in one step.',
    },
    {
      ...{ id: 'draftModel', title: 'Draft model', flag: '--draftmodel', value: words() },
      help: 'Path of a small GGUF of the same family that guesses ahead.',
    },
    {
      ...{ id: 'draftTokens', title: 'Tokens guessed ahead', flag: '--draftamount', value: whole(1, 64, { unit: 'tokens', default: 8 }) },
      help: 'More help on text that is easy to guess and cost on text that is not.',
    },
  ]),
  ...settingsOf({ group: 'serving', source }, [
    {
      ...{ id: 'jinja', title: "The model's own chat template", flag: '--jinja', value: toggle(false) },
      help: 'Off, it guesses one of its adapters from the name of the model.',
    },
    {
      ...{ id: 'jinjaTools', title: 'Tools by the template', flag: '--jinja_tools', value: toggle(false) },
      help: 'Uses the template of the model for tools too.',
    },
    {
      ...{
        id: 'answerTokens',
        title: 'Longest answer when none is asked for',
        flag: '--defaultgenamt',
        value: whole(64, 8192, { unit: 'tokens', default: 896 }),
      },
      help: 'For requests without a limit of their own.',
    },
  ]),
  ...settingsOf({ group: 'models', source }, [
    {
      ...{ id: 'projector', title: 'Picture projector', flag: '--mmproj', value: words() },
      help: 'Path of the file that lets a model see pictures.',
    },
    {
      ...{ id: 'embeddingsModel', title: 'Embedding model', flag: '--embeddingsmodel', value: words() },
      help: 'Path of a second GGUF that answers embedding requests.',
    },
  ]),
]

/** `idle` is 0 while it generates, `queue` counts who waits (koboldcpp.py of LostRuins/koboldcpp). */
export const koboldcppMetrics: MetricsMap = {
  path: '/api/extra/perf',
  parse(body) {
    const field = (name: string) => {
      const text = new RegExp(`"${name}"\\s*:\\s*(\\d+)`).exec(body)?.[1]
      return text === undefined ? null : Number(text)
    }
    const idle = field('idle')
    return { ...noMetrics, running: idle === null ? null : idle === 0 ? 1 : 0, waiting: field('queue') }
  },
  absent: {
    kvUse: 'It tells only times and the queue.',
    generatedTokens: 'It tells the tokens of the last answer only.',
  },
  source,
}
