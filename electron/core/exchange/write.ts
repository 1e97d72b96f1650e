import { basename } from 'node:path'
import type { Exported } from '../../contract/exchange'
import type { Instance } from '../../contract/instance'
import type { LaunchInput, LaunchPlan, RenderRequest, Runtime } from '../runtimes/runtime'
import { shellLine } from './shell-words'
import { writeYaml } from './yaml'

/** What runs, with the exact plan of its start. */
export type ExportedInstance = { instance: Instance; runtime: Runtime; input: LaunchInput; plan: LaunchPlan }

/** The instances as a llama-swap configuration (config-schema.json of mostlygeek/llama-swap). Secrets of ours are left out. */
export function writeLlamaSwap(running: readonly ExportedInstance[]): Exported {
  const notes: string[] = []
  const models: Record<string, unknown> = {}
  for (const each of running) {
    const { instance, plan } = each
    const command = commandOf(each)
    if (command === null) {
      notes.push(
        `${instance.route} is left out: ${instance.adopted ? 'it is attached, and' : 'it is a service of its own, and'} has no command of its own.`,
      )
      continue
    }
    notes.push(...command.notes)
    models[instance.route] = {
      cmd: shellLine(command.argv),
      ...(command.env.length > 0 ? { env: command.env } : {}),
      proxy: 'http://127.0.0.1:${PORT}',
      checkEndpoint: plan.readyPath,
      ...(plan.upstreamModel === instance.route ? {} : { useModelName: plan.upstreamModel }),
      name: instance.modelTitle,
      description: instance.buildTitle,
    }
  }
  return { text: writeYaml({ healthCheckTimeout: 600, startPort: 5800, models }), notes }
}

type Command = { argv: string[]; env: string[]; notes: string[] }

function commandOf({ instance, runtime, input, plan }: ExportedInstance): Command | null {
  const port = String(input.port)
  const withPort = (text: string) => text.replaceAll(new RegExp(`(?<!\\d)${port}(?!\\d)`, 'g'), '${PORT}')
  if (plan.process.kind === 'spawn') {
    const { file, args, env } = plan.process
    const own = Object.entries(env).filter(([, value]) => input.key === '' || !value.includes(input.key))
    return { argv: [file, ...args].map(withPort), env: own.map(([name, value]) => `${name}=${withPort(value)}`), notes: [] }
  }
  if (plan.process.kind !== 'engine') return null
  const notes = [
    `${instance.route} runs in the engine of this app, which is no program of its own: the command is that of ${basename(runtime.render(renderOf(input))[0] ?? '')}.`,
  ]
  return { argv: runtime.render(renderOf(input)).map(withPort), env: [], notes }
}

const renderOf = ({
  model,
  route,
  request,
  contextTokens,
  slots,
  threads,
  gpuLayers,
  kvQuantisation,
  port,
}: LaunchInput): RenderRequest => ({
  model: { id: model.id, artifact: request.model.split(':').at(-1) ?? '', path: model.path },
  ...{ route, contextTokens, slots, threads, gpuLayers, kvQuantisation, port, tensorParallel: 1 },
})

/**
 * The routes of the gateway as a LiteLLM proxy configuration (https://docs.litellm.ai/docs/proxy/configs). The key is named by an
 * environment variable and never written.
 */
export function writeLitellm(instances: readonly Instance[], gatewayAddress: string): Exported {
  const routes = [...new Map(instances.map(each => [each.route, each])).values()]
  const model_list = routes.map(({ route, contextTokens }) => ({
    model_name: route,
    litellm_params: { model: `openai/${route}`, api_base: gatewayAddress, api_key: 'os.environ/ROUNDHOUSE_KEY' },
    ...(contextTokens === null || contextTokens <= 0 ? {} : { model_info: { max_input_tokens: contextTokens } }),
  }))
  return {
    text: writeYaml({ model_list, litellm_settings: { drop_params: true } }),
    notes: ['Set ROUNDHOUSE_KEY to the key that Settings shows before you start LiteLLM.'],
  }
}
