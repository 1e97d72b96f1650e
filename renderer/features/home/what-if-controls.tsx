import { useId, type ReactNode } from 'react'
import { contextLength } from '../../ui/format'
import { useMachine } from '../shared/machine.store'
import { contextStep, contextSteps } from './need-words'
import { useRecommend } from './recommend.store'
import { cardGroups } from './what-if-cards'
import { choose, edited, useWhatIf } from './what-if.store'

const memorySteps = [8, 16, 32, 64, 96, 128, 192, 256, 512] as const

/** Card, number of cards, memory, users, context, quantisation. */
export function WhatIfControls() {
  return (
    <div className="grid grid-cols-3 gap-x-8 gap-y-3 max-wide:grid-cols-2 max-narrow:grid-cols-1">
      <CardChoice />
      <CountSlider />
      <MemorySlider />
      <UsersSlider />
      <ContextSlider />
      <QuantisationChoice />
    </div>
  )
}

function Labelled({ name, value, children }: { name: string; value: string; children: (id: string) => ReactNode }) {
  const id = useId()
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-2">
      <label htmlFor={id} className="text-12 text-ink-2">
        {name}
      </label>
      <output htmlFor={id} className="text-12 font-semibold">
        {value}
      </output>
      <div className="col-span-2">{children(id)}</div>
    </div>
  )
}

interface SliderProps {
  name: string
  value: string
  at: number
  from: number
  to: number
  onMove: (at: number) => void
}

function Slider({ name, value, at, from, to, onMove }: SliderProps) {
  return (
    <Labelled name={name} value={value}>
      {id => (
        <input
          id={id}
          type="range"
          className="range w-full"
          min={from}
          max={to}
          value={at}
          aria-valuetext={value}
          onChange={event => onMove(Number(event.target.value))}
        />
      )}
    </Labelled>
  )
}

const selectLook = 'h-7 w-full rounded-1 border border-edge bg-surface px-1.5 disabled:border-frame disabled:text-ink-3'

function CardChoice() {
  const cards = useWhatIf(store => store.shopping?.cards)
  const machine = useWhatIf(store => store.choice.machine)
  const none = cards?.length === 0
  return (
    <Labelled name="Graphics card" value={none ? 'a Mac takes none' : ''}>
      {id => (
        <select
          id={id}
          className={selectLook}
          disabled={!cards || none}
          value={machine.gpu ?? ''}
          onChange={event => choose({ machine: edited(machine, { gpu: event.target.value === '' ? undefined : event.target.value }) })}
        >
          <option value="">as it is</option>
          <option value="none">no card</option>
          {cardGroups(cards ?? []).map(group => (
            <optgroup key={group.name} label={group.name}>
              {group.cards.map(card => (
                <option key={card.name} value={card.name}>
                  {card.name.includes(`${card.vramGiB} GB`) ? card.name : `${card.name} · ${card.vramGiB} GB`}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      )}
    </Labelled>
  )
}

function CountSlider() {
  const machine = useWhatIf(store => store.choice.machine)
  const gpus = useMachine(store => store.machine?.gpus)
  const there = gpus?.filter(gpu => gpu.usable && gpu.memoryKind === 'dedicated').length ?? 0
  const usable = machine.gpu === 'none' ? false : machine.gpu !== undefined || there > 0
  const count = machine.count ?? (machine.gpu === undefined ? Math.max(1, there) : 1)
  if (!usable) return <Slider name="How many cards" value="no card" at={1} from={1} to={4} onMove={() => undefined} />
  return (
    <Slider
      name="How many cards"
      value={String(count)}
      at={count}
      from={1}
      to={8}
      onMove={at => choose({ machine: edited(machine, { count: at }) })}
    />
  )
}

function MemorySlider() {
  const machine = useWhatIf(store => store.choice.machine)
  const memory = useMachine(store => store.machine?.memory)
  const totalMiB = memory?.limitMiB ?? memory?.totalMiB ?? 16_384
  const there = nearest(totalMiB / 1024)
  const at = machine.memoryGiB === undefined ? there : memorySteps.findIndex(step => step === machine.memoryGiB)
  const move = (to: number) => choose({ machine: edited(machine, { memoryGiB: to === there ? undefined : memorySteps[to] }) })
  const value = machine.memoryGiB === undefined ? 'as it is' : `${machine.memoryGiB} GB`
  return <Slider name="Memory" value={value} at={at} from={0} to={memorySteps.length - 1} onMove={move} />
}

const nearest = (gib: number): number =>
  memorySteps.reduce<number>((best, step, index) => (Math.abs(step - gib) < Math.abs((memorySteps[best] ?? 0) - gib) ? index : best), 0)

const userSteps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128] as const

function UsersSlider() {
  const users = useWhatIf(store => store.choice.users)
  const need = useRecommend(store => store.need?.users ?? 1)
  const shown = users ?? need
  const at = userSteps.findLastIndex(step => step <= shown)
  const value = users === null ? `${need}, as it is` : String(users)
  return (
    <Slider
      name="Users at once"
      value={value}
      at={at}
      from={0}
      to={userSteps.length - 1}
      onMove={to => choose({ users: userSteps[to] ?? null })}
    />
  )
}

function ContextSlider() {
  const tokens = useWhatIf(store => store.choice.contextTokens)
  const chosen = useRecommend(store => store.need?.contextTokens ?? store.recommendation?.decisions[0]?.contextTokens ?? 8192)
  const at = Math.min(contextSteps.to + 1, contextStep(tokens ?? chosen))
  const value = tokens === null ? `${contextLength(chosen)}, as it is` : contextLength(tokens)
  return (
    <Slider
      name="Context of each"
      value={value}
      at={at}
      from={contextSteps.from}
      to={contextSteps.to + 1}
      onMove={to => choose({ contextTokens: 2 ** to })}
    />
  )
}

const quantisations = ['Q4_K_M', 'UD-Q4_K_XL', 'Q6_K', 'Q8_0', 'BF16', 'FP8', 'AWQ', 'MXFP4', 'MLX-4bit', 'MLX-8bit'] as const

function QuantisationChoice() {
  const artifact = useWhatIf(store => store.choice.artifact)
  return (
    <Labelled name="Quantisation" value="">
      {id => (
        <select
          id={id}
          className={selectLook}
          value={artifact ?? ''}
          onChange={event => choose({ artifact: event.target.value === '' ? null : event.target.value })}
        >
          <option value="">the best that fits</option>
          {quantisations.map(each => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </Labelled>
  )
}
