import { llamaCpp } from './llama-cpp'
import { ollama } from './ollama'
import { openai } from './openai'
import type { Runtime } from './runtime'

/** Every runtime Roundhouse knows. Adding one is one file, one fixture and one line here. */
export const runtimes: readonly Runtime[] = [llamaCpp, ollama, openai]
