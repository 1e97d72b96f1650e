/** Formats of tool calls by the model's own class name (https://docs.vllm.ai/en/latest/features/tool_calling.html). */
const toolParsers: readonly (readonly [RegExp, string])[] = [
  [/^GptOss/, 'openai'],
  [/^Qwen3(?:_5|Next|Moe)?.*Coder/, 'qwen3_coder'],
  [/^Qwen[23]/, 'hermes'],
  [/^Mistral|^Mixtral/, 'mistral'],
  [/^Gemma4/, 'gemma4'],
  [/^Granite/, 'granite'],
  [/^Glm4/, 'glm45'],
  [/^DeepseekV3/, 'deepseek_v3'],
  [/^Phi4/, 'phi4_mini_json'],
]

/** Null for models whose format is not known from their architecture, such as the many kinds of Llama. */
export const toolParserOf = (architecture: string | null): string | null =>
  architecture === null ? null : (toolParsers.find(([pattern]) => pattern.test(architecture))?.[1] ?? null)
