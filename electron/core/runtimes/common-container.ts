import { basename } from 'node:path'
import type { Machine } from '../../contract/machine'
import { causes, retryFix, type FailureRule } from './common-autopsy'
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
        ...[...containerBasics(name), ...containerGpuArguments(file, input.machine), '--ipc', 'host'],
        ...['--publish', `127.0.0.1:${port}:${port}`],
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
 * Arguments of `run` that hand the GPUs of this machine to a container. NVIDIA: `--gpus all` of Docker, the CDI name with Podman
 * (docs.nvidia.com/datacenter/cloud-native/container-toolkit). AMD: the kernel's devices (rocm.docs.amd.com/projects/install-on-linux,
 * docker). Intel: the render nodes (dgpu-docs.intel.com). Never `--privileged`: that would hand it the whole machine.
 */
export function containerGpuArguments(engine: string, machine: Pick<Machine, 'gpus'>): string[] {
  const has = (vendor: 'nvidia' | 'amd' | 'intel') => usableGpus(machine, vendor).length > 0
  if (has('nvidia')) return basename(engine).startsWith('podman') ? ['--device', 'nvidia.com/gpu=all'] : ['--gpus', 'all']
  const render = ['--group-add', 'video', '--group-add', 'render']
  if (has('amd')) return ['--device', '/dev/kfd', '--device', '/dev/dri', ...render, '--security-opt', 'seccomp=unconfined']
  return has('intel') ? ['--device', '/dev/dri', ...render] : []
}

/** What containers of ours have in common: it goes when it ends, gains no rights, and is started from what was pulled, never fetched then. */
export const containerBasics = (name: string) => ['run', '--rm', '--pull', 'never', '--name', name, '--security-opt', 'no-new-privileges']

export const driverTooOld: FailureRule['explain'] = () => ({
  cause: 'driver-too-old',
  headline: 'The driver is too old for this container',
  explanation: 'Each version of the container wants its own least driver. Update the driver, or take an older version of the container.',
  permanent: true,
  fixes: [retryFix],
})

/** Why a container was not started, in the words of Docker and Podman; for adapters before their own rules. */
export const containerRules: readonly FailureRule[] = [
  {
    proof:
      /could not select device driver|unresolvable CDI devices|nvidia-container-cli: initialization error|unknown or invalid runtime name: nvidia/,
    explain: () => ({
      cause: 'no-gpu-in-container',
      headline: 'The container was not given the GPU',
      explanation: 'The container engine lacks the NVIDIA Container Toolkit, or it is not set up.',
      permanent: true,
      fixes: [retryFix],
    }),
  },
  {
    proof: /error gathering device information while adding custom device "([^"]+)"|stat (\/dev\/(?:kfd|dri))\S*: no such file/,
    explain: (_evidence, match) => ({
      cause: 'no-gpu-in-container',
      headline: `${match[1] ?? match[2] ?? 'A device of the GPU'} is not there`,
      explanation:
        'The kernel shows no such device: its driver is not loaded, or this machine is itself a container that was not given it.',
      permanent: true,
      fixes: [retryFix],
    }),
  },
  {
    proof: /unsatisfied condition: cuda[>=]/,
    explain: driverTooOld,
  },
  {
    proof: /Cannot connect to the Docker daemon|Cannot connect to Podman|permission denied while trying to connect to the [Dd]ocker/,
    explain: () => ({
      cause: 'not-set-up',
      headline: 'The container engine does not answer',
      explanation: 'Its program is here, but its service does not run, or you are not in the group that may use it (docker).',
      permanent: false,
      fixes: [retryFix],
    }),
  },
  { proof: /port is already allocated|bind for \S+ failed|rootlessport .*address already in use/i, explain: causes.portTaken },
  {
    proof: /pull access denied|manifest unknown|No such image|image not known|Unable to find image .* locally/,
    explain: ({ input }) => ({
      cause: 'not-installed',
      headline: 'The container image is not here',
      explanation: 'It was removed since it was installed.',
      permanent: true,
      fixes: [{ title: 'Install it again', detail: input.build.title, action: { kind: 'install', build: input.build.id } }],
    }),
  },
]
