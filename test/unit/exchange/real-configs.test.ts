import { describe, expect, test } from 'vitest'
import { readLlamaSwap } from '../../../electron/core/exchange/read-llama-swap'
import { unwrapCommand } from '../../../electron/core/exchange/unwrap-command'
import { writeYaml } from '../../../electron/core/exchange/yaml'
import { runtimes } from '../../../electron/core/runtimes/registry'

/** Commands as people have them in public, retyped with other names; `source` says where each way of writing was seen. */
const seen: readonly { source: string; yaml: string; expected: object }[] = [
  {
    source: 'README.md of mostlygeek/llama-swap: vLLM in a container, with a folder of models and cards named',
    yaml: `models:
  coder:
    name: Coder on two cards
    cmdStop: docker stop coder-vllm
    cmd: |
      docker run --init --rm --name coder-vllm
        --runtime=nvidia --gpus '"device=2,3"' --shm-size=16g
        -v /mnt/cache:/root/.cache -v /mnt/more/models:/models -p \${PORT}:8000
        vllm/vllm-openai:v0.10.0
        --model "/models/someone/Coder-30B-AWQ" --served-model-name "coder"
        --enable-expert-parallel --swap-space 16 --max-num-seqs 512 --max-model-len 65536
        --gpu-memory-utilization 0.9 --tensor-parallel-size 2 --trust-remote-code`,
    expected: {
      ...{ runtime: 'vllm', file: '/mnt/more/models/someone/Coder-30B-AWQ', repository: null, description: 'Coder on two cards' },
      request: {
        ...{ contextTokens: 65_536, slots: 64 },
        flags: [...['--enable-expert-parallel', '--swap-space', '16', '--gpu-memory-utilization', '0.9', '--tensor-parallel-size', '2']],
      },
      notes: [
        'It runs in a container of vllm/vllm-openai:v0.10.0; here it starts from a build of this machine.',
        'This option of its container is left out: --runtime nvidia',
        'This option of its container is left out: --gpus "device=2,3"',
        'This option of its container is left out: --shm-size 16g',
        expect.stringMatching(/^--trust-remote-code is left out: /),
        '512 requests at once become 64, the most that can be chosen here.',
        '"cmdStop" is not taken over: docker stop coder-vllm',
      ],
    },
  },
  {
    source: 'the install script of mostlygeek/llama-swap: the image of llama-server with a repository of the hub',
    yaml: `models:
  small:
    cmd: docker run --rm -p \${PORT}:8080 --name small ghcr.io/ggml-org/llama.cpp:server -hf maker/Small-GGUF:Q4_K_M`,
    expected: { runtime: 'llama.cpp', repository: 'maker/Small-GGUF:Q4_K_M', file: null },
  },
  {
    source: 'issue 281 of mostlygeek/llama-swap: macros with keys, filters, models that are not listed, underscores in flags',
    yaml: `macros:
  "llama": >
    /home/someone/builds/llama.cpp/bin/llama-server --port \${PORT} --api-key needed -sm none -mg 1 -t 10 --swa-full
models:
  "Large":
    unlisted: true
    filters: {strip_params: "temperature, top_p"}
    ttl: 300
    cmd: |
      \${llama}
      --model /mnt/models/Large-UD-Q4_K_XL.gguf
      --jinja -ngl 99 --temp 1.1 --top_p 0.95 --ctx-size 128000`,
    expected: {
      ...{ runtime: 'llama.cpp', file: '/mnt/models/Large-UD-Q4_K_XL.gguf', idleSeconds: 300 },
      request: { contextTokens: 128_000, threads: 10, gpuLayers: 99 },
      notes: ['"unlisted" is not taken over: true', '"filters" is not taken over: {"strip_params":"temperature, top_p"}'],
    },
  },
  {
    source: 'docs of mostlygeek/llama-swap on ComfyUI: a container of no runtime of ours stays a command',
    yaml: `models:
  pictures:
    checkEndpoint: /
    cmdStop: docker stop pictures
    cmd: docker run --rm --name pictures --runtime=nvidia -p \${PORT}:8188 -v /data:/root/ComfyUI/models someone/comfyui:latest`,
    expected: {
      runtime: null,
      request: null,
      notes: [expect.stringContaining('no runtime'), '"cmdStop" is not taken over: docker stop pictures'],
    },
  },
  {
    source: 'README of sgl-project/sglang and model cards: the module of Python, within its container and without',
    yaml: `models:
  a: {cmd: "python3 -m sglang.launch_server --model-path maker/Large --port \${PORT} --tp-size 8 --mem-fraction-static 0.8 --context-length 262144 --reasoning-parser qwen3"}
  b: {cmd: "docker run --gpus all --ipc=host -e HF_TOKEN=hf_x -p \${PORT}:30000 lmsysorg/sglang:latest python3 -m sglang.launch_server --model-path maker/Large --host 0.0.0.0 --port 30000"}`,
    expected: {
      ...{ runtime: 'sglang', repository: 'maker/Large' },
      request: { contextTokens: 262_144, flags: ['--tp-size', '8', '--mem-fraction-static', '0.8', '--reasoning-parser', 'qwen3'] },
    },
  },
  {
    source: 'READMEs that serve with mlx-lm (mlx_lm.server, and python -m mlx_lm server)',
    yaml: `models:
  a: {cmd: "/opt/homebrew/bin/mlx_lm.server --model mlx-community/Small-4bit --port \${PORT} --host 127.0.0.1 --draft-model mlx-community/Tiny-4bit"}
  b: {cmd: "uv run --with mlx-lm python -m mlx_lm server --model mlx-community/Small-4bit --port \${PORT}"}`,
    expected: { runtime: 'mlx', repository: 'mlx-community/Small-4bit', request: { flags: ['--draft-model', 'mlx-community/Tiny-4bit'] } },
  },
]

describe('configurations as they are found', () => {
  test.each(seen)('$source', ({ yaml, expected }) => {
    const [model] = readLlamaSwap(yaml.replaceAll('\\${', '${'), runtimes).models
    expect(model).toMatchObject(expected)
  })

  test.each([
    ['vllm serve maker/Model --max_model_len=32k --kv-cache-dtype fp8 --port 1', 'vllm', { contextTokens: 32_000, kvQuantisation: 'q8_0' }],
    ['CUDA_VISIBLE_DEVICES=1 vllm serve --model /m/folder --max-num-seqs 8', 'vllm', { slots: 8 }],
    ['python -m vllm.entrypoints.openai.api_server --model maker/Model', 'vllm', {}],
    ['bash -lc "source /x/bin/activate && exec vllm serve maker/Model --max-model-len 8192"', 'vllm', { contextTokens: 8192 }],
    ['numactl --cpunodebind=0 vllm serve maker/Model', 'vllm', {}],
    ['sglang serve --model-path maker/Model --max-running-requests 4', 'sglang', { slots: 4 }],
    [
      'lmdeploy serve api_server maker/Model --session-len 16384 --quant-policy 8',
      'lmdeploy',
      { contextTokens: 16_384, kvQuantisation: 'q8_0' },
    ],
    ['docker run --rm openmmlab/lmdeploy:latest lmdeploy serve api_server maker/Model', 'lmdeploy', {}],
    [
      'koboldcpp-linux-x64 --model /m/x.gguf --contextsize 8192 --gpulayers 20 --quantkv 2',
      'koboldcpp',
      { gpuLayers: 20, kvQuantisation: 'q4_0' },
    ],
    ['python3 /opt/koboldcpp/koboldcpp.py /m/x.gguf --threads 6', 'koboldcpp', { threads: 6 }],
    ['ollama serve', 'ollama', {}],
    ['env OLLAMA_FLASH_ATTENTION=1 ollama serve', 'ollama', { settings: { flashAttention: true } }],
    ['ollama run qwen3:8b', 'ollama', {}],
    ['nice -n 5 taskset -c 0-7 llama-server -m /m/x.gguf -c 4096', 'llama.cpp', { contextTokens: 4096 }],
    ['C:\\\\llama\\\\llama-server.exe -m D:/m/x.gguf', 'llama.cpp', {}],
  ])('%s', (cmd, runtime, request) => {
    const [model] = readLlamaSwap(writeYaml({ models: { m: { cmd } } }), runtimes).models
    expect(model).toMatchObject({ runtime, request })
    expect(JSON.stringify(model?.request?.flags)).not.toMatch(/--port|--host/)
  })

  test('variables are settings where the runtime has them, and are named where not; secrets are not told', () => {
    const yaml = writeYaml({
      models: { m: { cmd: 'ollama serve', env: ['OLLAMA_DEBUG=1', 'OLLAMA_GPU_OVERHEAD=5', 'HF_TOKEN=hf_secret', 'OTHER=x'] } },
    })
    const [model] = readLlamaSwap(yaml, runtimes).models
    expect(model?.request?.settings).toMatchObject({ debug: true, gpuOverhead: 5 })
    expect(model?.notes).toContain('This variable is not taken over: OTHER=x')
    expect(model?.notes).toContain('This variable is not taken over: HF_TOKEN=…')
    expect(JSON.stringify(model)).not.toContain('hf_secret')
  })

  test('what is read can be written and read again, and means the same', () => {
    for (const { yaml } of seen) {
      const first = readLlamaSwap(yaml.replaceAll('\\${', '${'), runtimes)
      const models = Object.fromEntries(
        first.models.map(each => [
          each.name,
          { cmd: each.command.map(word => `'${word}'`).join(' '), aliases: each.aliases, ttl: each.idleSeconds ?? 0 },
        ]),
      )
      const again = readLlamaSwap(writeYaml({ models }), runtimes)
      expect(again.models.map(({ runtime, file, repository, request }) => ({ runtime, file, repository, request }))).toEqual(
        first.models.map(({ runtime, file, repository, request }) => ({ runtime, file, repository, request })),
      )
    }
  })

  test.each([
    ['docker run'],
    ['docker run --rm'],
    ['env'],
    ['sh -c'],
    ['nice'],
    ['A=1'],
    ['python -m'],
    ['vllm serve'],
    ['docker run -e'],
    ['bash -c ""'],
  ])('half a command does no harm: %s', command => {
    expect(() => unwrapCommand(command.split(' '))).not.toThrow()
    expect(readLlamaSwap(writeYaml({ models: { m: { cmd: command } } }), runtimes).models).toHaveLength(1)
  })
})
