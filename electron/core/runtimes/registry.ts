import { dockerModelRunner } from './docker-model-runner'
import { koboldcpp } from './koboldcpp'
import { lemonade } from './lemonade'
import { llamaCpp } from './llama-cpp'
import { lmdeploy } from './lmdeploy'
import { lmstudio } from './lmstudio'
import { localai } from './localai'
import { mlx } from './mlx'
import { ollama } from './ollama'
import { omlx } from './omlx'
import { openai } from './openai'
import type { Runtime } from './runtime'
import { sglang } from './sglang'
import { tensorrtLlm } from './tensorrt-llm'
import { tgi } from './tgi'
import { vllm } from './vllm'
import { vllmMlx } from './vllm-mlx'

/** Every runtime Roundhouse knows. Adding one is one file, one fixture and one line here. */
export const runtimes: readonly Runtime[] = [
  ...[llamaCpp, ollama, vllm, mlx, lmstudio, sglang, vllmMlx, omlx],
  ...[tensorrtLlm, lmdeploy, tgi, koboldcpp, localai, lemonade, dockerModelRunner, openai],
]
