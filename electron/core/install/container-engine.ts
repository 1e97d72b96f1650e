import { basename } from 'node:path'
import type { Machine } from '../../contract/machine'
import { findOnPath } from './find-on-path'

type Environment = Readonly<Record<string, string | undefined>>

/** Path of the container engine that is here, Docker before Podman; null when there is none. */
export async function engineOf(environment: Environment): Promise<string | null> {
  return (await findOnPath('docker', environment)) ?? (await findOnPath('podman', environment))
}

/**
 * Arguments of `run` that hand the GPUs of this machine to a container. NVIDIA: `--gpus all` of Docker, the CDI name with
 * Podman (https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/cdi-support.html). AMD: the kernel's devices
 * (https://rocm.docs.amd.com/projects/install-on-linux/en/latest/how-to/docker.html). Intel: the render nodes.
 */
export function containerGpuArguments(engine: string, gpus: readonly Pick<Machine['gpus'][number], 'vendor' | 'usable'>[]): string[] {
  const vendors = new Set(gpus.filter(gpu => gpu.usable).map(gpu => gpu.vendor))
  if (vendors.has('nvidia')) return basename(engine).startsWith('podman') ? ['--device', 'nvidia.com/gpu=all'] : ['--gpus', 'all']
  const render = ['--group-add', 'video', '--group-add', 'render', '--ipc', 'host']
  if (vendors.has('amd')) return ['--device', '/dev/kfd', '--device', '/dev/dri', '--security-opt', 'seccomp=unconfined', ...render]
  return vendors.has('intel') ? ['--device', '/dev/dri', ...render] : []
}
