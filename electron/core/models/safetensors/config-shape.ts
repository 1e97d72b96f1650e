import * as z from 'zod'
import { shapeSchema, type ModelShape } from '../../../contract/model'

const positive = z.int().min(0)

/** The fields of config.json that decide shape; multimodal models keep them in `text_config`. */
const fieldsSchema = z.looseObject({
  num_hidden_layers: positive,
  hidden_size: positive,
  num_attention_heads: positive,
  num_key_value_heads: positive.nullish(),
  head_dim: positive.nullish(),
  global_head_dim: positive.nullish(),
  num_global_key_value_heads: positive.nullish(),
  num_kv_shared_layers: positive.nullish(),
  vocab_size: positive.nullish(),
  max_position_embeddings: positive.nullish(),
  sliding_window: positive.nullish(),
  layer_types: z.array(z.string()).nullish(),
  full_attention_interval: positive.nullish(),
  kv_lora_rank: positive.nullish(),
  qk_rope_head_dim: positive.nullish(),
  num_experts: positive.nullish(),
  num_local_experts: positive.nullish(),
  n_routed_experts: positive.nullish(),
  num_experts_per_tok: positive.nullish(),
  linear_num_value_heads: positive.nullish(),
  linear_num_key_heads: positive.nullish(),
  linear_key_head_dim: positive.nullish(),
  linear_value_head_dim: positive.nullish(),
  linear_conv_kernel_dim: positive.nullish(),
})
type Fields = z.infer<typeof fieldsSchema>

/** The model's shape; null when config.json does not tell enough. */
export function shapeOfConfig(config: Readonly<Record<string, unknown>>): ModelShape | null {
  const parsed = fieldsSchema.safeParse(config.text_config ?? config)
  if (!parsed.success || parsed.data.num_hidden_layers > 4_096) return null
  const fields = parsed.data
  const kinds = layerKinds(fields)
  const count = (kind: string) => kinds.filter(value => value === kind).length
  const shape = shapeSchema.safeParse({
    layers: fields.num_hidden_layers,
    fullAttentionLayers: count('full_attention'),
    slidingLayers: count('sliding_attention'),
    slidingWindow: count('sliding_attention') > 0 ? (fields.sliding_window ?? null) : null,
    hidden: fields.hidden_size,
    heads: fields.num_attention_heads,
    ...headSizes(fields),
    keyDim: null,
    valueDim: null,
    mla: mlaOf(fields),
    recurrentStateBytes: linearStateBytes(fields),
    vocabulary: fields.vocab_size ?? 0,
    contextMax: fields.max_position_embeddings ?? 0,
    experts: expertsOf(fields),
    expertsUsed: fields.num_experts_per_tok || null,
  })
  return shape.success ? shape.data : null
}

const mlaOf = ({ kv_lora_rank: kvLoraRank, qk_rope_head_dim: ropeDim }: Fields): ModelShape['mla'] =>
  kvLoraRank && ropeDim ? { kvLoraRank, ropeDim } : null

const expertsOf = (fields: Fields): number | null => (fields.num_experts ?? fields.num_local_experts ?? fields.n_routed_experts) || null

function layerKinds(fields: Fields): readonly string[] {
  const own = fields.num_hidden_layers - (fields.num_kv_shared_layers ?? 0)
  const interval = fields.full_attention_interval ?? (fields.linear_num_value_heads ? 4 : 1)
  const kinds =
    fields.layer_types ??
    Array.from({ length: fields.num_hidden_layers }, (_, index) => ((index + 1) % interval === 0 ? 'full_attention' : 'linear_attention'))
  return kinds.slice(0, Math.max(0, own))
}

function headSizes(fields: Fields): Pick<ModelShape, 'kvHeads' | 'headDim' | 'sliding'> {
  const kvHeads = fields.num_key_value_heads ?? fields.num_attention_heads
  const headDim = fields.head_dim ?? Math.floor(fields.hidden_size / Math.max(1, fields.num_attention_heads))
  if (!fields.global_head_dim) return { kvHeads, headDim }
  return { kvHeads: fields.num_global_key_value_heads ?? kvHeads, headDim: fields.global_head_dim, sliding: { kvHeads, headDim } }
}

/** State of one linear-attention layer as 32-bit floats: value heads x key size x value size, and the convolution's window. */
function linearStateBytes(fields: Fields): number {
  const valueHeads = fields.linear_num_value_heads ?? 0
  const keyDim = fields.linear_key_head_dim ?? 0
  const valueDim = fields.linear_value_head_dim ?? 0
  const convolution = Math.max(0, (fields.linear_conv_kernel_dim ?? 1) - 1)
  return 4 * (valueHeads * keyDim * valueDim + convolution * (2 * (fields.linear_num_key_heads ?? 0) * keyDim + valueHeads * valueDim))
}
