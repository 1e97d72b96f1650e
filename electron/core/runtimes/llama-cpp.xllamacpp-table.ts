/**
 * The flags of llama-server that the launcher below `xllamacpp` knows, as Python: how a value is read and which parameter it sets.
 * Names of parameters: `dir(xllamacpp.CommonParams())` of 2026.10.11549; what each flag means:
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md and common/arg.cpp there.
 */
export const xllamacppTable = String.raw`def whole(text):
    return int(text)


def decimal(text):
    return float(text)


def layers(text):
    """Negative numbers are llama.cpp's own for automatic and all."""
    return {"auto": -1, "all": -2}.get(text) or int(text)


def share(text):
    return 1.0 / float(text)


def commas(text):
    return [part for part in text.replace("/", ",").split(",") if part]


def named(enum, prefix, names=None):
    """A choice: the member of an enumeration of the package whose name ends as the value does."""

    def read(text):
        import xllamacpp

        member = (names or {}).get(text, text.replace("-", "_").replace("+", "_").upper())
        try:
            return getattr(getattr(xllamacpp, enum), prefix + member)
        except AttributeError:
            raise ValueError(f"unknown value {text}") from None

    return read


KV_TYPE = named("ggml_type", "GGML_TYPE_")
LOAD_MODE = named("llama_load_mode", "LLAMA_LOAD_MODE_", {"dio": "DIRECT_IO"})
FLASH = named("llama_flash_attn_type", "LLAMA_FLASH_ATTN_TYPE_", {"on": "ENABLED", "off": "DISABLED"})
METHOD = named("common_speculative_type", "COMMON_SPECULATIVE_TYPE_")

# Names of a flag; the parameters that it sets; how its value is read, or the value of a switch.
PLAIN = [
    ("-m --model", "model.path", str),
    ("--port", "port", whole),
    ("-c --ctx-size", "n_ctx", whole),
    ("-np --parallel", "n_parallel", whole),
    ("-t --threads", "cpuparams.n_threads", whole),
    ("-tb --threads-batch", "cpuparams_batch.n_threads", whole),
    ("--threads-http", "n_threads_http", whole),
    ("-ngl --gpu-layers --n-gpu-layers", "n_gpu_layers", layers),
    ("-ctk --cache-type-k", "cache_type_k", KV_TYPE),
    ("-ctv --cache-type-v", "cache_type_v", KV_TYPE),
    ("-fa --flash-attn", "flash_attn_type", FLASH),
    ("-lv --verbosity", "verbosity", whole),
    ("--metrics", "endpoint_metrics", True),
    ("--no-webui --no-ui", "ui", False),
    ("--offline", "offline", True),
    ("--slots", "endpoint_slots", True),
    ("--no-slots", "endpoint_slots", False),
    ("--cors-origins", "cors_origins", str),
    ("-cram --cache-ram", "cache_ram_mib", whole),
    ("-kvu --kv-unified", "kv_unified", True),
    ("-no-kvu --no-kv-unified", "kv_unified", False),
    ("-fit --fit", "fit_params", {"on": True, "off": False}.__getitem__),
    ("-kvo --kv-offload", "no_kv_offload", False),
    ("-nkvo --no-kv-offload", "no_kv_offload", True),
    ("-lm --load-mode", "load_mode", LOAD_MODE),
    ("--swa-full", "swa_full", True),
    ("-b --batch-size", "n_batch", whole),
    ("-ub --ubatch-size", "n_ubatch", whole),
    ("-cb --cont-batching", "cont_batching", True),
    ("-nocb --no-cont-batching", "cont_batching", False),
    ("--no-warmup", "warmup", False),
    ("--numa", "numa", named("ggml_numa_strategy", "GGML_NUMA_STRATEGY_")),
    ("-sm --split-mode", "split_mode", named("llama_split_mode", "LLAMA_SPLIT_MODE_")),
    ("-mg --main-gpu", "main_gpu", whole),
    ("--spec-draft-model -md --model-draft", "speculative.draft.mparams.path", str),
    ("--spec-draft-n-max", "speculative.draft.n_max", whole),
    ("--spec-draft-n-min", "speculative.draft.n_min", whole),
    ("--spec-draft-p-min", "speculative.draft.p_min", decimal),
    ("--spec-draft-ngl -ngld", "speculative.draft.n_gpu_layers", layers),
    ("--spec-draft-type-k -ctkd", "speculative.draft.cache_type_k", KV_TYPE),
    ("--spec-draft-type-v -ctvd", "speculative.draft.cache_type_v", KV_TYPE),
    ("--spec-type", "speculative.types", lambda text: [METHOD(part) for part in commas(text)]),
    ("--cache-reuse", "n_cache_reuse", whole),
    ("--context-shift", "ctx_shift", True),
    ("--no-context-shift", "ctx_shift", False),
    ("-sps --slot-prompt-similarity", "slot_prompt_similarity", decimal),
    ("--reasoning-format", "reasoning_format", named("common_reasoning_format", "COMMON_REASONING_FORMAT_")),
    ("--reasoning-budget", "sampling.reasoning_budget_tokens", whole),
    ("--jinja", "use_jinja", True),
    ("--no-jinja", "use_jinja", False),
    ("--chat-template", "chat_template", str),
    ("--embeddings --embedding", "embedding", True),
    ("--pooling", "pooling_type", named("llama_pooling_type", "LLAMA_POOLING_TYPE_")),
    ("--sleep-idle-seconds", "sleep_idle_seconds", whole),
    ("-mm --mmproj", "mmproj.path", str),
    ("--mmproj-offload", "mmproj_use_gpu", True),
    ("--no-mmproj-offload", "mmproj_use_gpu", False),
    ("--image-min-tokens", "image_min_tokens", whole),
    ("--image-max-tokens", "image_max_tokens", whole),
    ("--rope-scaling", "rope_scaling_type", named("llama_rope_scaling_type", "LLAMA_ROPE_SCALING_TYPE_")),
    ("--rope-scale", "rope_freq_scale", share),
    ("--rope-freq-scale", "rope_freq_scale", decimal),
    ("--rope-freq-base", "rope_freq_base", decimal),
    ("--yarn-orig-ctx", "yarn_orig_ctx", whole),
    ("-s --seed", "sampling.seed", lambda text: int(text) % 2**32),
    ("--temp --temperature", "sampling.temp", decimal),
    ("--top-k", "sampling.top_k", whole),
    ("--top-p", "sampling.top_p", decimal),
    ("--min-p", "sampling.min_p", decimal),
    ("--repeat-penalty", "sampling.penalty_repeat", decimal),
    ("--presence-penalty", "sampling.penalty_present", decimal),
    ("--frequency-penalty", "sampling.penalty_freq", decimal),
    ("-n --predict --n-predict", "n_predict", whole),
]
`
