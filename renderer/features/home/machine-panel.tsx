import Pencil from 'lucide-react/icons/pencil'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import SquareTerminal from 'lucide-react/icons/square-terminal'
import TriangleAlert from 'lucide-react/icons/triangle-alert'
import { useState, type ReactNode } from 'react'
import type { Gpu, Machine } from '../../../electron/contract/machine'
import { client } from '../../client/client'
import { capacity, memory } from '../../ui/format'
import { Hint } from '../../ui/hint'
import { Icon, type IconDrawing } from '../../ui/icon'
import { IconButton } from '../../ui/icon-button'
import { Meter } from '../../ui/meter'
import { Skeleton } from '../../ui/skeleton'
import { useMachine } from '../shared/machine.store'
import { shortName } from '../shared/names'
import { act } from '../shared/notice.store'
import { CorrectDialog } from './correct-dialog'
import { CpuIcon, GpuIcon } from './device-icons'
import { alikeGpus, cpuFacts, gpuFacts, originWords, systemFacts, systemTitle, type Fact } from './machine-facts'
import { isNotSaidAbove, MachineNote, NotUsed } from './machine-notes'

/** What was detected, with free memory live; unknown values say why, and any value can be corrected. */
export function MachinePanel() {
  const machine = useMachine(store => store.machine)
  const [correcting, setCorrecting] = useState(false)
  const [detecting, setDetecting] = useState(false)
  async function detect() {
    setDetecting(true)
    await act('The machine could not be detected', () => client.machine.detect())
    setDetecting(false)
  }
  return (
    <section aria-labelledby="h-machine" className="pr-6 max-wide:pr-4 max-narrow:pr-0">
      <div className="mb-3 flex h-5 items-center gap-1">
        <h2 id="h-machine" className="flex-1">
          This machine
        </h2>
        <IconButton size="low" icon={Pencil} label="Correct a value" disabled={!machine} onClick={() => setCorrecting(true)} />
        <IconButton size="low" icon={RefreshCw} label="Detect again" disabled={!machine || detecting} onClick={() => void detect()} />
      </div>
      {machine ? <Rows machine={machine} onCorrect={() => setCorrecting(true)} /> : <Waiting />}
      {machine && <CorrectDialog machine={machine} open={correcting} onOpenChange={setCorrecting} />}
    </section>
  )
}

function Rows({ machine, onCorrect }: { machine: Machine; onCorrect: () => void }) {
  const { totalMiB, limitMiB, availableMiB } = machine.memory
  return (
    <dl className="grid grid-cols-[16px_minmax(0,1fr)] gap-3">
      {alikeGpus(machine).map(gpus => (
        <Row key={gpus[0].id} icon={GpuIcon} name={gpus.length > 1 ? `${gpus.length} GPUs` : 'GPU'}>
          <Gpus machine={machine} gpus={gpus} />
        </Row>
      ))}
      <Row icon={CpuIcon} name="CPU and memory">
        <FactLine title={machine.cpu.model === null ? 'Unknown processor' : shortName(machine.cpu.model)} facts={cpuFacts(machine)} />
        <Free totalMiB={limitMiB ?? totalMiB} freeMiB={availableMiB} />
      </Row>
      <Row icon={SquareTerminal} name="System">
        <FactLine title={systemTitle(machine)} facts={systemFacts(machine)} />
      </Row>
      {machine.warnings.filter(isNotSaidAbove).map(warning => (
        <Row key={warning.code + warning.text} icon={TriangleAlert} name="Note" warn>
          <MachineNote warning={warning} onCorrect={onCorrect} />
        </Row>
      ))}
    </dl>
  )
}

/** One GPU, or several that are alike in all that is said of them: then only what is free is told of each. */
function Gpus({ machine, gpus }: { machine: Machine; gpus: readonly [Gpu, ...Gpu[]] }) {
  const [gpu] = gpus
  const title = `${gpus.length > 1 ? `${gpus.length} × ` : ''}${shortName(gpu.name)}`
  return (
    <>
      <FactLine title={title} facts={gpuFacts(machine, gpu)} />
      {!gpu.usable && <NotUsed gpu={gpu} />}
      {gpu.usable && gpu.memoryKind === 'dedicated' && (
        <div className={gpus.length > 1 ? 'grid grid-cols-2 gap-x-4 max-wide:grid-cols-1' : ''}>
          {gpus.map(each => (
            <Free key={each.id} totalMiB={each.vramMiB} freeMiB={each.vramFreeMiB} />
          ))}
        </div>
      )}
    </>
  )
}

function Row({ icon, name, warn = false, children }: { icon: IconDrawing; name: string; warn?: boolean; children: ReactNode }) {
  return (
    <>
      <dt className={warn ? 'text-warn' : 'text-ink-3'}>
        <Icon of={icon} className="mt-0.5" />
        <span className="sr-only">{name}</span>
      </dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

function FactLine({ title, facts }: { title: string; facts: readonly Fact[] }) {
  return (
    <>
      <b>{title}</b>{' '}
      {facts.map((fact, index) => (
        <span key={fact.path} className="text-ink-2">
          {index > 0 && ' · '}
          <Value fact={fact} />
        </span>
      ))}
    </>
  )
}

function Value({ fact }: { fact: Fact }) {
  const said = fact.why ?? originWords(fact.origin)
  const words = fact.text ?? `${fact.name} unknown`
  const theirs = fact.origin?.kind === 'person'
  if (said === null) return words
  return (
    <Hint
      className={fact.text === null ? 'underline decoration-dotted' : ''}
      text={`${fact.name.charAt(0).toUpperCase()}${fact.name.slice(1)}. ${said}`}
    >
      {words}
      {theirs && ' (yours)'}
    </Hint>
  )
}

function Free({ totalMiB, freeMiB }: { totalMiB: number | null; freeMiB: number | null }) {
  if (totalMiB === null || freeMiB === null) return null
  const usedMiB = Math.max(0, totalMiB - freeMiB)
  return (
    <span className="mt-1 flex items-center gap-3 text-12">
      <Meter
        className="max-w-[200px] flex-1"
        fraction={usedMiB / totalMiB}
        label={`${memory(usedMiB)} of ${capacity(totalMiB)} used now`}
      />
      <span className="whitespace-nowrap">{memory(Math.min(freeMiB, totalMiB))} free</span>
    </span>
  )
}

function Waiting() {
  return (
    <div role="status" aria-label="Detecting the machine" className="grid gap-3">
      {[280, 320, 210].map(width => (
        <div key={width} className="flex h-5 items-center gap-3">
          <Skeleton width={16} height={16} />
          <Skeleton width={width} />
        </div>
      ))}
    </div>
  )
}
