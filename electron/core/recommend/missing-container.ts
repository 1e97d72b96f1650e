import type { Decision } from '../../contract/decision'
import type { Machine } from '../../contract/machine'
import { usableGpus } from '../runtimes/facts-judge'
import type { BuildChoice } from './builds'

type Missing = Decision['startable']['missing'][number]
type Containers = Pick<Machine, 'gpus' | 'containerEngine' | 'containerGpu'>

const toolkit = 'the NVIDIA Container Toolkit'

/**
 * What a build in a container needs of the machine and Roundhouse does not install: an engine that runs it and, for CUDA, what
 * hands the GPU over (docs.nvidia.com/datacenter/cloud-native/container-toolkit). Empty for every other build. AMD's and Intel's
 * devices are given to a container by their paths, which needs nothing more (rocm.docs.amd.com/projects/install-on-linux).
 */
export function missingContainer({ container = false, backend, title }: BuildChoice, machine: Containers): Missing[] {
  if (!container) return []
  const name = title ?? 'It'
  const cuda = backend === 'cuda' && usableGpus(machine, 'nvidia').length > 0
  if (machine.containerEngine === null) {
    const also = cuda && machine.containerGpu?.can !== true ? `, with ${toolkit} so that it is given the GPU` : ''
    return [blocked(`${name} runs in a container, and neither Docker nor Podman is here: install one of them first${also}.`)]
  }
  if (!cuda || machine.containerGpu?.can !== false) return []
  return [
    blocked(`${name} would not be given the GPU: ${machine.containerEngine} has ${machine.containerGpu.how}. Install ${toolkit} first.`),
  ]
}

const blocked = (text: string): Missing => ({ kind: 'build', text, bytes: null, blocked: true })
