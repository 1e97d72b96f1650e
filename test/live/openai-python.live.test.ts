import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool } from '../../electron/core/lib/run-tool'
import { startUpstream, type Script, type TestUpstream } from '../fixtures/upstream'
import { key, ready, startGateway, type TestGateway } from '../integration/gateway/setup'

/** The official Python package, unchanged, from the package index; its newest release when this was written. */
const requirement = 'openai==3.54.0'
const program = `
import json, sys, openai
client = openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0)
messages = [{"role": "user", "content": "hello"}]
said = {"version": openai.__version__}
said["models"] = [model.id for model in client.models.list()]
said["model"] = client.models.retrieve("org/name").id
said["whole"] = client.chat.completions.create(model="org/name", messages=messages).choices[0].message.content
text, usage = "", None
for chunk in client.chat.completions.create(model="org/name", messages=messages, stream=True, stream_options={"include_usage": True}):
    text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    usage = chunk.usage or usage
said["streamed"], said["tokens"] = text, usage.completion_tokens
def error_of(ask):
    try:
        ask()
    except openai.APIError as error:
        return [type(error).__name__, error.code]
def chat(model, **more):
    return client.chat.completions.create(model=model, messages=messages, **more)
said["unknown"] = error_of(lambda: chat("no/such"))
said["slow"] = error_of(lambda: chat("slow/model"))
said["badKey"] = error_of(lambda: openai.OpenAI(base_url=sys.argv[1], api_key="rh-wrong", max_retries=0).models.list())
said["bad"] = error_of(lambda: client.chat.completions.create(model="org/name", messages=[]))
said["broken"] = error_of(lambda: [chunk for chunk in chat("broken/model", stream=True)])
print(json.dumps(said))
`

let folder: string
let upstream: TestUpstream
let broken: TestUpstream
let started: TestGateway
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-python-'))
  const script: Script = { tokens: ['Hello', ', ', 'you 🎉'], usage: { prompt: 9, output: 3 } }
  upstream = await startUpstream(script)
  broken = await startUpstream({ tokens: ['a', 'b', 'c', 'd'], cutAfter: 2, within: true })
  started = await startGateway({
    'org/name': ready(upstream.address),
    'broken/model': ready(broken.address),
    'slow/model': { kind: 'not-ready', retryAfterSeconds: 1 },
  })
})
afterAll(async () => {
  await started.close()
  await upstream.close()
  await broken.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the official Python package works against the gateway unchanged', { timeout: 300_000 }, async () => {
  const venv = await runTool('python3', ['-m', 'venv', join(folder, 'venv')], { timeoutMs: 120_000 })
  expect(venv).toMatchObject({ outcome: 'read' })
  const python = join(folder, 'venv', 'bin', 'python')
  const install = await runTool(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement], {
    timeoutMs: 180_000,
  })
  expect(install).toMatchObject({ outcome: 'read' })
  writeFileSync(join(folder, 'ask.py'), program)
  const run = await runTool(python, [join(folder, 'ask.py'), `${started.origin}/v1`, key], {
    timeoutMs: 60_000,
    env: { PYTHONIOENCODING: 'utf-8' },
  })
  expect(run).toMatchObject({ outcome: 'read', stderr: '' })
  expect(JSON.parse(run.stdout)).toEqual({
    version: requirement.split('==')[1],
    models: ['org/name', 'broken/model', 'slow/model'],
    model: 'org/name',
    whole: 'Hello, you 🎉',
    streamed: 'Hello, you 🎉',
    tokens: 3,
    unknown: ['NotFoundError', 'model_not_found'],
    slow: ['InternalServerError', 'not_ready'],
    badKey: ['AuthenticationError', 'invalid_api_key'],
    bad: ['BadRequestError', 'invalid_value'],
    broken: ['APIError', 'upstream_broke'],
  })
})
