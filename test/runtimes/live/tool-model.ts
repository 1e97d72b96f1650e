import { must } from './rows'

/** ChatML with tools in the way that many models write their calls; our own words. */
const template = String.raw`{%- if tools %}
{{- '<|im_start|>system\n' }}
{%- if messages[0].role == 'system' %}
{{- messages[0].content + '\n\n' }}
{%- endif %}
{{- 'Functions you may call:\n<tools>' }}
{%- for tool in tools %}
{{- '\n' }}
{{- tool | tojson }}
{%- endfor %}
{{- '\n</tools>\nWrite a call as\n<tool_call>\n{"name": NAME, "arguments": OBJECT}\n</tool_call><|im_end|>\n' }}
{%- elif messages[0].role == 'system' %}
{{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'tool' %}
{{- '<|im_start|>user\n<tool_response>\n' + message.content + '\n</tool_response><|im_end|>\n' }}
{%- elif message.role != 'system' or not loop.first %}
{{- '<|im_start|>' + message.role }}
{%- if message.content %}
{{- '\n' + message.content }}
{%- endif %}
{%- if message.tool_calls %}
{%- for call in message.tool_calls %}
{{- '\n<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments | tojson }}
{{- '}\n</tool_call>' }}
{%- endfor %}
{%- endif %}
{{- '<|im_end|>\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\n' }}
{%- endif %}`

const key = 'tokenizer.chat_template'
/** Tensors begin at a multiple of it (docs/gguf.md of ggml-org/ggml). */
const alignment = 32

/**
 * The same GGUF with a template that has tools, since no model with one can be had here. The header grows by a multiple of the
 * alignment, so that all tensors keep their place in the data: a comment of the template fills up.
 */
export function withTools(file: Buffer): Buffer {
  // Length of the key (u64), the key, type of the value (u32, 8 is a text), length of the text (u64), the text.
  const at = file.indexOf(key)
  const value = at + key.length
  must(at > 0 && file.readUInt32LE(value) === 8, 'the file has no template as a text')
  const start = value + 12
  const length = Number(file.readBigUInt64LE(value + 4))
  const bare = Buffer.from(template)
  const fill = (alignment - ((((bare.length + 4 - length) % alignment) + alignment) % alignment)) % alignment
  const text = Buffer.concat([bare, Buffer.from(`{#${' '.repeat(fill)}#}`)])
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([file.subarray(0, value + 4), size, text, file.subarray(start + length)])
}
