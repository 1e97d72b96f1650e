"""GGUF: write a Q8_0 file, and read one back into the PyTorch model (to check what is shipped)."""
import gguf
import numpy as np
import torch

from canary_llama import HEAD_DIM, NORM_EPS, ROPE_BASE, TinyLlama
from canary_tokens import CHAT_TEMPLATE, END_OF_TEXT, IM_END, SPECIAL

CONTEXT = 2048
Q8_0 = gguf.GGMLQuantizationType.Q8_0
TOP_NAMES = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}
LAYER_NAMES = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "q_proj": "attn_q", "k_proj": "attn_k",
    "v_proj": "attn_v", "o_proj": "attn_output", "gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down",
}


def gguf_name(name):
    parts = name.split(".")
    return TOP_NAMES.get(name) or f"blk.{parts[2]}.{LAYER_NAMES[parts[-2]]}.weight"


def interleave(weight, heads):
    """Rotary pairs: Hugging Face keeps two halves per head, GGUF's llama neighbouring rows."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def deinterleave(weight, heads):
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def heads_of(name, shape):
    if "q_proj" in name:
        return shape.heads
    return shape.kv_heads if "k_proj" in name else 0


def write_header(writer, shape, title):
    writer.add_name(title)
    writer.add_description("Engine test with a few known answers, not a chat model")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(HEAD_DIM)
    writer.add_value_length(HEAD_DIM)
    writer.add_rope_dimension_count(HEAD_DIM)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(NORM_EPS)
    writer.add_vocab_size(shape.vocab)


def write_tokenizer(writer, vocabulary, merges):
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary)
    kinds = [gguf.TokenType.CONTROL if i < len(SPECIAL) else gguf.TokenType.NORMAL for i in range(len(vocabulary))]
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(END_OF_TEXT)
    writer.add_eos_token_id(IM_END)
    writer.add_eot_token_id(IM_END)
    writer.add_pad_token_id(END_OF_TEXT)
    writer.add_unk_token_id(END_OF_TEXT)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def write_gguf(path, model, title, vocabulary, merges):
    """Matrices as Q8_0, norms as F32; no output.weight, because the embedding is tied."""
    writer = gguf.GGUFWriter(path, "llama")
    write_header(writer, model.shape, title)
    write_tokenizer(writer, vocabulary, merges)
    for name, tensor in model.state_dict().items():
        values = tensor.numpy().astype(np.float32)
        if heads_of(name, model.shape):
            values = interleave(values, heads_of(name, model.shape))
        if values.ndim == 1:
            writer.add_tensor(gguf_name(name), values)
        else:
            writer.add_tensor(gguf_name(name), gguf.quants.quantize(np.ascontiguousarray(values), Q8_0), raw_dtype=Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_gguf(path, shape):
    """The model with the numbers that a runtime gets out of the file."""
    tensors = {t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in gguf.GGUFReader(path).tensors}
    model = TinyLlama(shape)
    state = {}
    for name, tensor in model.state_dict().items():
        values = np.asarray(tensors.pop(gguf_name(name)), dtype=np.float32)
        if heads_of(name, shape):
            values = deinterleave(values, heads_of(name, shape))
        state[name] = torch.from_numpy(values.copy()).reshape(tensor.shape)
    assert not tensors, f"unexpected tensors: {sorted(tensors)}"
    model.load_state_dict(state)
    return model.eval()
