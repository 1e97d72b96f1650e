import type { MachineEdit, Outcome, Shopping } from '../contract/what-if'
import type { Machine } from '../contract/machine'
import type { Need } from '../contract/need'
import type { RecommendInput } from './recommend/recommend.types'
import { firstDecision, outcomeOf } from './recommend/simulate'
import { cards, editMachine, isMac, type Card } from './what-if'

/** Steps that are worth a look: one card for each usual size of memory, 12, 16, 24, 32 and 96 GB, and one of another maker. */
const usualCards = [
  ...[
    'GeForce RTX 3060 12 GB',
    'GeForce RTX 5060 Ti 16 GB',
    'GeForce RTX 3090',
    'GeForce RTX 5090',
    'RTX PRO 6000 Blackwell',
    'Radeon RX 7900 XTX',
  ],
]
const usualMemories = [32, 64, 128, 256]

/** What other cards, a second one or more memory would bring for a need; only steps that bring something. */
export const shoppingFor = (known: RecommendInput, need: Need): Shopping => listOf(known, [...stepsFor(known, need)].flat())

/**
 * The same without keeping anybody waiting: each step is a decision of its own, and `pause` lets what came meanwhile go first, as the
 * question of a slider.
 */
export async function shoppingInTurns(known: RecommendInput, need: Need, pause: () => Promise<unknown>): Promise<Shopping> {
  const steps: Step[] = []
  for (const step of stepsFor(known, need)) {
    steps.push(...step)
    await pause()
  }
  return listOf(known, steps)
}

/** One decision a turn. */
function* stepsFor(known: RecommendInput, need: Need): Generator<Step[]> {
  const { machine } = known
  const now = firstDecision({ input: { ...known, need } })
  const before = now && outcomeOf(now)
  yield []
  for (const { source, title, edit } of editsFor(machine)) {
    const then = firstDecision({ input: { ...known, need, machine: editMachine(machine, edit) } })
    const after = then && outcomeOf(then)
    const gain = after && gainOf(before, after)
    yield after && gain !== null ? [{ title, machine: edit, gain, after, source }] : []
  }
}

function listOf({ machine }: Pick<RecommendInput, 'machine'>, steps: readonly Step[]): Shopping {
  const worthIt = steps.filter((step, index) => !steps.slice(0, index).some(smaller => bringsNoLess(smaller, step)))
  return {
    cards: isMac(machine)
      ? []
      : cards.map(({ name, vendor, vramGb, bandwidthGBps, source }) => ({ name, vendor, vramGiB: vramGb, bandwidthGBps, source })),
    steps: worthIt,
    notes: notesFor(machine),
  }
}

type Step = Shopping['steps'][number]

/** A smaller card that brings as much makes the larger one a waste for this need. */
function bringsNoLess(smaller: Step, step: Step): boolean {
  const [less, more] = [smaller, step].map(({ machine }) => cards.find(card => card.name === machine.gpu)?.vramGb ?? null)
  if (less == null || more == null || less >= more) return false
  return gainOf(smaller.after, step.after) === null
}

type Edit = { title: string; edit: MachineEdit; source: string | null }

function editsFor(machine: Machine): Edit[] {
  const totalGiB = (machine.memory.totalMiB ?? 0) / 1024
  const memories = usualMemories
    .filter(gib => gib > totalGiB * 1.3)
    .slice(0, isMac(machine) ? 3 : 1)
    .map(memoryGiB => ({ title: `${memoryGiB} GB of memory${otherMachine(machine)}`, edit: { memoryGiB }, source: null }))
  if (isMac(machine)) return memories
  const dedicated = machine.gpus.filter(gpu => gpu.usable && !gpu.integrated && gpu.memoryKind === 'dedicated')
  const [first] = dedicated
  const second: Edit[] =
    first && dedicated.length < 8 ? [{ title: `one more ${first.name}`, edit: { count: dedicated.length + 1 }, source: null }] : []
  const largest = Math.max(0, ...dedicated.map(gpu => (gpu.vramMiB ?? 0) / 1024))
  const better = usualCards
    .flatMap(name => cards.filter(card => card.name === name))
    .filter(card => card.vramGb > largest * 1.05)
    .map(card => ({ title: titleOf(card), edit: { gpu: card.name }, source: card.source }))
  return [...memories, ...second, ...better]
}

const titleOf = ({ name, vramGb }: Card) => (name.endsWith(` ${vramGb} GB`) ? name : `${name}, ${vramGb} GB`)

/** Memory of the LPDDR kind is soldered to the board, a Mac's too: more of it comes with another machine. */
function otherMachine(machine: Machine): string {
  if (isMac(machine)) return ' (another Mac)'
  return isSoldered(machine) ? ' (another machine: this memory is soldered)' : ''
}

const isSoldered = ({ memory }: Machine) => memory.type?.startsWith('LPDDR') === true

/** What a list of parts leaves open for this machine: where cards go, and what they cost. */
function notesFor(machine: Machine): string[] {
  const prices = 'No prices: they change by the week, and no source of them is asked.'
  if (isMac(machine)) return [prices]
  const laptop = machine.gpus.some(({ name }) => /\b(mobile|laptop|max-q)\b/i.test(name))
  const shared = machine.gpus.some(gpu => gpu.usable && gpu.memoryKind === 'unified' && gpu.vendor === 'nvidia')
  if (laptop) return ['This is a laptop: a card would be in another machine or in a case of its own.', prices]
  if (shared) return ['This machine is one board: a card would be in another machine.', prices]
  return ['Whether a card fits the case, the slots and the power supply is not known here.', prices]
}

/** In words what is better; null when nothing noticeable is. */
function gainOf(before: Outcome | null, after: Outcome): string | null {
  if (!before) return `${after.modelTitle} ${after.artifact} could be run at all`
  const quality = (after.qualityPoints ?? 0) - (before.qualityPoints ?? 0)
  const faster = speedRatio(before, after)
  if (quality < -1 || (quality < 2 && faster < 1.15)) return null
  const better = quality >= 2 ? [`${after.modelTitle} ${after.artifact}, ${quality} points better`] : []
  return [...better, ...speedWords(faster)].join(', ')
}

function speedRatio(before: Outcome, after: Outcome): number {
  const [one, other] = [before.users ?? before.oneUser, after.users ?? after.oneUser]
  return one !== null && other !== null && one > 0 ? other / one : 1
}

const speedWords = (faster: number): string[] => [
  ...(faster >= 1.15 ? [`${faster.toFixed(1)} times as fast`] : []),
  ...(faster < 0.85 ? [`at ${Math.round(faster * 100)} % of the speed`] : []),
]
