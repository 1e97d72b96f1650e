/** Features that a client may ask for; the ids of the conformance suite's checks. */
export const apiFeatures = [
  'chat',
  'stream-usage',
  'completions',
  'stop-sequences',
  'max-tokens',
  'seed',
  'json-schema',
  'tools',
  'logprobs',
  'embeddings',
  'vision',
  'list-models',
] as const
export type ApiFeature = (typeof apiFeatures)[number]

/** `native`: it does it. `gateway`: our gateway adds it. `refused`: it cannot, and `why` says it. `ignored`: taken and without effect. */
export type Support = {
  support: 'native' | 'gateway' | 'refused' | 'ignored'
  why?: string
  /** What it needs beside the runtime, `a model whose template has tools`; without it it refuses or does nothing. */
  needs?: string
}
export type ApiFacts = {
  features: Readonly<Partial<Record<ApiFeature, Support>>>
  /** Where a kind of build differs from the others of its runtime: kind -> feature. */
  builds?: Readonly<Record<string, Readonly<Partial<Record<ApiFeature, Support>>>>>
  source: string
}
