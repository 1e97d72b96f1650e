import type { Machine } from '../../contract/machine'
import type { RuntimeVerdict } from '../../contract/runtime'
import type { RenderRequest, Runtime } from '../runtimes/runtime'
import type { Choice } from './choose'
import { gpuDevices, type Device } from './devices'
import type { Placement } from './placement'
import { coresOf } from './cores'
import { threadsOf } from './threads'

/** Shown in commands; a start chooses a free port. */
const shownPort = 8080

/** The exact command a person could type for a choice, by the adapter's own renderer. */
export function commandFor(machine: Machine, runtime: Runtime, run: { choice: Choice; draft?: RenderRequest['draft'] }): string[] {
  const { choice, draft } = run
  const { option, placement } = choice
  const hub = option.entry?.sources.find(source => source.kind === 'hub')
  const split = placement.tensorParallel > 1 ? [] : splitOver(gpuDevices(machine, choice.backend), placement)
  const whole = placement.gpuLayers === placement.layers
  const command = [
    ...(new Set(split).size > 1 ? inOrderOfDriver(machine, choice) : onlyOn(machine, choice)),
    ...runtime.render({
      model: { id: hub?.kind === 'hub' ? hub.repo : option.model, artifact: option.artifact, path: option.library?.path ?? null },
      route: option.model,
      contextTokens: choice.contextTokens,
      slots: choice.slots,
      threads: placement.gpuLayers < placement.layers ? threadsIn(machine) : null,
      // One more than the layers stands for the output matrix: all of it on the GPU.
      gpuLayers: placement.gpuLayers === 0 ? 0 : whole ? placement.layers + 1 : placement.gpuLayers,
      kvQuantisation: placement.kvQuantisation,
      port: shownPort,
      backend: choice.backend,
      tensorParallel: placement.tensorParallel,
      tensorSplit: new Set(split).size > 1 ? split : null,
      memoryShare: placement.memoryShare,
      ...(draft ? { draft } : {}),
      ...projectorIn(choice),
    }),
  ]
  return machine.os.platform === 'win32' ? onWindows(command, runtime.judge(machine)) : command
}

function projectorIn({ option, seeing, leftOut }: Choice): Pick<RenderRequest, 'projector'> {
  if (leftOut) return { projector: false }
  const path = option.library?.projector?.path
  return seeing && path != null ? { projector: path } : {}
}

/**
 * Windows has no `env`: variables are set by its command interpreter for what follows
 * (https://learn.microsoft.com/windows-server/administration/windows-commands/set_1). What has no Windows build is started
 * inside WSL2 (https://learn.microsoft.com/windows/wsl/basic-commands).
 */
function onWindows(command: readonly string[], verdict: RuntimeVerdict): string[] {
  if (verdict.can && verdict.how === 'wsl2') return ['wsl', '--', ...command]
  if (command[0] !== 'env') return [...command]
  const start = command.findIndex((word, index) => index > 0 && !word.includes('='))
  const set = command.slice(1, start).map(each => `set ${each}`)
  return ['cmd', '/c', [...set, command.slice(start).join(' ')].join('&& ')]
}

/** Layers of each GPU in the order the driver lists them; 0 leaves one out. */
const splitOver = (gpus: readonly Device[], { shares }: Placement) =>
  gpus.map(gpu => shares.find(share => share.device.id === gpu.id)?.layers ?? 0)

/** By backend: the variable that names the cards a process may see, and what makes their numbers those of the driver. */
const visibility: Readonly<Record<string, readonly string[]>> = {
  cuda: ['CUDA_DEVICE_ORDER=PCI_BUS_ID', 'CUDA_VISIBLE_DEVICES'],
  rocm: ['HIP_VISIBLE_DEVICES'],
  cann: ['ASCEND_RT_VISIBLE_DEVICES'],
}

/** Shares by card go by the driver's numbers; CUDA's own order puts the fastest first, which differs where cards do. */
function inOrderOfDriver(machine: Machine, { backend }: Choice): string[] {
  const names = new Set(gpuDevices(machine, backend).map(each => each.name))
  const [order, ...more] = visibility[backend] ?? []
  return names.size > 1 && order !== undefined && more.length > 0 ? ['env', order] : []
}

/**
 * Engines that reserve take the first cards unless told otherwise: where those are not the ones reckoned with, they are
 * named (https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#cuda-environment-variables).
 */
function onlyOn(machine: Machine, { backend, placement }: Choice): string[] {
  const words = visibility[backend]
  if (placement.memoryShare === null || !words) return []
  const cards = gpuDevices(machine, backend)
  const used = placement.shares.map(share => cards.findIndex(card => card.id === share.device.id)).sort((a, b) => a - b)
  if (used.every((card, index) => card === index)) return []
  const vendor = machine.gpus.find(gpu => gpu.id === placement.shares[0]?.device.id)?.vendor
  const listed = machine.gpus.filter(gpu => gpu.vendor === vendor)
  const numbers = placement.shares.map(share => listed.findIndex(gpu => gpu.id === share.device.id)).sort((a, b) => a - b)
  return ['env', ...words.slice(0, -1), `${words.at(-1) ?? ''}=${numbers.join(',')}`]
}

const threadsIn = (machine: Machine) => threadsOf(machine) ?? coresOf(machine)
