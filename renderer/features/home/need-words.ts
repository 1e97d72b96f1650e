import type { Need } from '../../../electron/contract/need'
import type { Option } from '../../ui/choice'

type Task = Need['task']
type Experience = Need['experience']
type Priority = Need['priorities'][number]
type Must = Need['must'][number]
type Ability = NonNullable<Need['abilities']>[number]

export const taskOptions: readonly Option<Task>[] = [
  { value: 'chat', label: 'chat' },
  { value: 'coding', label: 'coding' },
  { value: 'rag-api', label: 'RAG / API', hint: 'answers over your own documents, or programs that call an API' },
  { value: 'agents', label: 'agents', hint: 'programs that call tools in many steps' },
  { value: 'batch', label: 'batch', hint: 'many texts, nobody waits' },
  { value: 'choose-model', label: 'pick a model', hint: 'try several and choose' },
  { value: 'long-context', label: 'long context' },
  { value: 'fine-tuning', label: 'fine-tuning' },
  { value: 'edge', label: 'edge', hint: 'a small device' },
]

export const experienceOptions: readonly Option<Experience>[] = [
  { value: 'first-time', label: 'new to this' },
  { value: 'comfortable', label: 'comfortable', hint: 'at home in a terminal' },
  { value: 'operator', label: 'an operator', hint: 'running services for others' },
]

export const priorityOptions: readonly Option<Priority>[] = [
  { value: 'throughput', label: 'speed', hint: 'tokens a second, of all users together' },
  { value: 'latency', label: 'quick first word' },
  { value: 'quality', label: 'quality' },
  { value: 'maintenance', label: 'little upkeep' },
  { value: 'reproducibility', label: 'repeatable', hint: 'the same answer from the same input, tomorrow too' },
  { value: 'lock-in', label: 'no lock-in' },
  { value: 'observability', label: 'metrics' },
]

export const mustOptions: readonly { value: Must; label: string; about: string }[] = [
  { value: 'exact-quant', label: 'choice of exact quantisation', about: 'files of one’s own choosing, to the bit' },
  { value: 'kv-quant', label: 'quantised KV cache', about: 'longer contexts in the same memory' },
  { value: 'multi-gpu', label: 'several GPUs', about: 'one model over more than one card' },
  { value: 'layer-split', label: 'layers on GPU and CPU', about: 'models bigger than the card' },
  { value: 'swap-models', label: 'swap models on demand', about: 'several models, loaded when asked for' },
  { value: 'headless', label: 'headless', about: 'runs without a desktop' },
  { value: 'speculative', label: 'speculative decoding', about: 'a small model drafts for a big one' },
  { value: 'fixed-model', label: 'one fixed model', about: 'always loaded, never evicted' },
]

export const abilityOptions: readonly Option<Ability>[] = [
  { value: 'tools', label: 'use tools', hint: 'it asks programs to do things, as agents need' },
  { value: 'vision', label: 'see pictures' },
  { value: 'reasoning', label: 'think first', hint: 'it reasons before it answers: better and slower' },
]

/** Languages that are offered, ISO 639-1, by their names. */
export const languages: readonly string[] = [
  ...['ar', 'bn', 'zh', 'cs', 'da', 'nl', 'fi', 'fr', 'de', 'el', 'he', 'hi', 'hu', 'id', 'it', 'ja', 'ko', 'no'],
  ...['fa', 'pl', 'pt', 'ro', 'ru', 'es', 'sv', 'th', 'tr', 'uk', 'vi'],
]

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' })
export const languageName = (code: string): string => names.of(code) ?? code

/** `just me, chat`: a need in the few words the bar has room for. */
export function needInWords(need: Need): string {
  const who = need.users === 1 ? 'just me' : `${need.users} at once`
  const task = taskOptions.find(option => option.value === need.task)?.label ?? need.task
  return need.model === null ? `${who}, ${task}` : `${who}, ${task}, ${need.model}`
}

export type Who = 'me' | 'team' | 'app'

/** Who asks, and how many to begin with when it is chosen. */
export const usualUsers: Record<Who, number> = { me: 1, team: 8, app: 32 }

/** The slider of the context: powers of two between 2k and 128k, further when the need asks for more. */
export const contextSteps = { from: 11, to: 17 } as const

/** Position of a context length on the slider, to the nearest step. */
export function contextStep(tokens: number): number {
  return Math.max(contextSteps.from, Math.round(Math.log2(tokens)))
}
