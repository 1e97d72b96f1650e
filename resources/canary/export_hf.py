"""Hugging Face folder: bf16 safetensors, tokenizer and configuration, written without transformers."""
import json
import os

import torch
from safetensors.torch import load_file, save_file

from canary_llama import HEAD_DIM, INIT_STD, NORM_EPS, ROPE_BASE, TinyLlama
from canary_tokens import CHAT_TEMPLATE, END_OF_TEXT, IM_END, SPECIAL
from export_gguf import CONTEXT


def model_config(shape):
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama",
        "vocab_size": shape.vocab, "hidden_size": shape.hidden, "intermediate_size": shape.inner,
        "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads, "num_key_value_heads": shape.kv_heads,
        "head_dim": HEAD_DIM, "hidden_act": "silu", "max_position_embeddings": CONTEXT, "rms_norm_eps": NORM_EPS,
        "rope_theta": ROPE_BASE, "rope_scaling": None, "attention_bias": False, "attention_dropout": 0.0,
        "mlp_bias": False, "tie_word_embeddings": True, "initializer_range": INIT_STD, "use_cache": True,
        "bos_token_id": END_OF_TEXT, "eos_token_id": IM_END, "pad_token_id": END_OF_TEXT,
        "dtype": "bfloat16", "torch_dtype": "bfloat16",  # new and old name of the same setting
    }


def tokenizer_config():
    flags = {"lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": SPECIAL[0], "eos_token": SPECIAL[2], "pad_token": SPECIAL[0], "unk_token": SPECIAL[0],
        "add_bos_token": False, "add_eos_token": False, "model_max_length": CONTEXT,
        "clean_up_tokenization_spaces": False, "chat_template": CHAT_TEMPLATE,
        "added_tokens_decoder": {str(i): {"content": text, **flags} for i, text in enumerate(SPECIAL)},
    }


def write_hf(folder, model, tokenizer):
    os.makedirs(folder, exist_ok=True)
    weights = os.path.join(folder, "model.safetensors")
    state = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in model.state_dict().items()}
    save_file(state, weights, metadata={"format": "pt"})
    os.chmod(weights, 0o644)
    tokenizer.save(os.path.join(folder, "tokenizer.json"))
    generation = {"bos_token_id": END_OF_TEXT, "eos_token_id": [IM_END, END_OF_TEXT], "pad_token_id": END_OF_TEXT, "do_sample": False}
    documents = {"config.json": model_config(model.shape), "generation_config.json": generation, "tokenizer_config.json": tokenizer_config()}
    for name, content in documents.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
    with open(os.path.join(folder, "chat_template.jinja"), "w", encoding="utf-8") as file:
        file.write(CHAT_TEMPLATE)


def read_hf(folder, shape):
    model = TinyLlama(shape)
    state = load_file(os.path.join(folder, "model.safetensors"))
    model.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return model.eval()
