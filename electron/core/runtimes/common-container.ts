import { basename } from 'node:path'
import { usableGpus } from './facts-judge'
import type { LaunchInput, LaunchPlan } from './runtime'

/** What differs inside: the program, and the flag after which the address stands that it listens on. */
type Inside = { program: string; hostFlag: string; model: string }

/**
 * A planned start as a container of the same server: the engine's command in the foreground, the model read-only at `/model`,
 * its port reached from this machine alone although it listens on every address inside. Values of its environment are the
 * command's own, so that nobody reads the secret off a command line (docs.docker.com/reference/cli/docker/container/run).
 */
export function inContainer(plan: LaunchPlan, input: LaunchInput, inside: Inside): LaunchPlan {
  const { build, folder, port } = input
  if (build.image === undefined || plan.process.kind !== 'spawn') return plan
  const { args, env, file } = plan.process
  const name = `roundhouse-${basename(folder)}`.toLowerCase().replaceAll(/[^a-z0-9_.-]/g, '-')
  // Its folders are not those of this machine.
  const variables = Object.fromEntries(Object.entries(env).filter(([, value]) => !value.startsWith(folder)))
  const own = args.map((word, index) => (args[index - 1] === inside.hostFlag ? '0.0.0.0' : word === inside.model ? '/model' : word))
  return {
    ...plan,
    process: {
      kind: 'service',
      file,
      steps: [
        {
          title: 'Making room for the container',
          // One of a start that was cut off would hold the name.
          ...{ args: ['rm', '--force', name], timeoutMs: 60_000, accepts: /^/, undo: ['stop', '--time', '10', name] },
        },
      ],
      watch: [
        ...['run', '--rm', '--name', name, ...gpuArguments(file, input), '--ipc', 'host', '--publish', `127.0.0.1:${port}:${port}`],
        ...['--volume', `${inside.model}:/model:ro`, ...Object.keys(variables).flatMap(each => ['--env', each])],
        ...['--entrypoint', inside.program, build.image, ...own],
      ],
      env: variables,
      cwd: folder,
    },
    stop: { graceMs: Math.max(20_000, plan.stop.graceMs), secondSignal: false },
  }
}

/**
 * NVIDIA: `--gpus all` of Docker, the CDI name with Podman (docs.nvidia.com/datacenter/cloud-native/container-toolkit). AMD: the
 * kernel's devices (rocm.docs.amd.com/projects/install-on-linux, docker).
 */
function gpuArguments(engine: string, { machine }: Pick<LaunchInput, 'machine'>): string[] {
  if (usableGpus(machine, 'nvidia').length > 0)
    return basename(engine).startsWith('podman') ? ['--device', 'nvidia.com/gpu=all'] : ['--gpus', 'all']
  if (usableGpus(machine, 'amd').length === 0) return []
  return [
    ...['--device', '/dev/kfd', '--device', '/dev/dri', '--group-add', 'video', '--group-add', 'render'],
    ...['--security-opt', 'seccomp=unconfined'],
  ]
}
