import { execa } from 'execa'
import getPort from 'get-port'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installPython } from '../../../electron/core/install/install-python'
import { runTool } from '../../../electron/core/lib/run-tool'
import { provideFolder } from './provide-folder'
import { must } from './rows'
import { untilItAnswers, type Server } from './servers'
import type { Means } from './subjects'

/** The newest whose parts were all on the index that this was tried with. */
const version = '1.106.2'
const key = 'sk-of-the-suite'

/**
 * LiteLLM in front of mlx-lm, as a person may have it running: the app knows it by its address alone. Both are ended together.
 * Settings: https://docs.litellm.ai/docs/proxy/configs.
 */
export async function serveLitellm(means: Means): Promise<Server> {
  const program = await install(means)
  const upstream = await serveMlx(means)
  const folder = join(means.cache, 'litellm-served')
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'config.yaml')
  const model = { model: 'openai/default_model', api_base: `${upstream.address}/v1`, api_key: 'none' }
  const settings = {
    model_list: [{ model_name: 'smollm2', litellm_params: model }],
    general_settings: { master_key: key },
    // One refusal of its upstream would have it answer everybody with 429 for a while.
    router_settings: { disable_cooldowns: true, num_retries: 0 },
  }
  // JSON is YAML.
  await writeFile(config, JSON.stringify(settings))
  const port = await getPort({ host: '127.0.0.1' })
  const env = { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_TELEMETRY: 'False', NO_PROXY: '127.0.0.1' }
  const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False']
  const child = execa(program, args, { env, reject: false, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
  must(child.pid !== undefined, 'LiteLLM could not be started')
  const end = async () => {
    child.kill('SIGTERM')
    await child
    await upstream.end()
  }
  try {
    await untilItAnswers(`http://127.0.0.1:${port}/health/liveliness`, 180_000)
  } catch (error) {
    await end()
    throw error
  }
  return { environment: {}, attach: { address: `http://127.0.0.1:${port}`, key, model: 'smollm2' }, pid: child.pid, end }
}

async function install({ cache, say }: Means): Promise<string> {
  const folder = join(cache, `litellm-${version}`)
  const program = join(folder, 'venv', 'bin', 'litellm')
  if (existsSync(join(folder, 'done'))) return program
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  say(`LiteLLM ${version} is installed`)
  const requirements = [`litellm[proxy]==${version}`]
  const plan = { kind: 'python-venv', requirements, launcher: null, program: 'litellm', python: '3.11', pythonMost: '3.13' } as const
  await installPython({ runTool, plan, folder, platform: 'linux' }, { signal: new AbortController().signal, onProgress: () => undefined })
  await writeFile(join(folder, 'done'), '')
  return program
}

/** mlx-lm as the app installed it, serving the folder to whoever asks here. */
async function serveMlx(means: Means): Promise<{ address: string; end(): Promise<void> }> {
  const builds = join(means.cache, 'home', 'builds')
  const build = (await readdir(builds).catch(() => [])).find(each => each.startsWith('mlx@'))
  must(build !== undefined, 'its upstream, mlx-lm, is not installed: run mlx first')
  const port = await getPort({ host: '127.0.0.1' })
  const cache = join(means.cache, 'litellm-served', 'hub')
  await mkdir(cache, { recursive: true })
  const args = ['server', '--model', await provideFolder(means), '--host', '127.0.0.1', '--port', String(port)]
  const env = { HF_HUB_OFFLINE: '1', HF_HUB_CACHE: cache }
  const child = execa(join(builds, build, 'venv', 'bin', 'mlx_lm'), args, {
    env,
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  })
  await untilItAnswers(`http://127.0.0.1:${port}/health`, 120_000)
  return {
    address: `http://127.0.0.1:${port}`,
    async end() {
      child.kill('SIGTERM')
      await child
    },
  }
}
