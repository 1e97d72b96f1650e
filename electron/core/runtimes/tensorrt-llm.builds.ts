import type { Machine } from '../../contract/machine'
import type { BuildKind, InstallPlan } from './runtime'
import { tensorrtImage } from './tensorrt-llm.launch'

/** Version of PyPI's stable package, and the tag of the image (https://catalog.ngc.nvidia.com/orgs/nvidia/teams/tensorrt-llm/containers/release). */
const version = '1.2.1'

export const tensorrtLlmBuilds: readonly BuildKind[] = [
  {
    kind: 'container',
    title: 'TensorRT-LLM container',
    find: {
      commands: ['docker', 'podman'],
      places: {},
      // The tags of its image that are here; nothing when there is none.
      versionArguments: ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', tensorrtImage],
    },
    parseVersion: output => /^nvcr\.io\/nvidia\/tensorrt-llm\/release:([\w.-]+)$/m.exec(output)?.[1] ?? null,
    installs: installPlans,
  },
]

function installPlans({ os }: Machine): InstallPlan[] {
  return [
    {
      id: 'ngc-release',
      title: `TensorRT-LLM ${version}, the container of its maker`,
      variant: 'ngc',
      backends: ['cuda'],
      fetch: {
        kind: 'container',
        image: tensorrtImage,
        tag: version,
        note: 'Tens of gigabytes; it needs the NVIDIA Container Toolkit and a driver as new as the image wants.',
      },
      why: os.platform === 'linux' ? null : 'The container runs on Linux only.',
    },
  ]
}
