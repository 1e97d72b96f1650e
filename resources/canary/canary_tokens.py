"""Tokenizer (byte-level BPE), chat format, and training windows made of token ids."""
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from canary_text import SYSTEM_PROMPTS

END_OF_TEXT, IM_START, IM_END = 0, 1, 2  # the order of SPECIAL fixes these ids
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
IGNORE = -100  # label of a position that does not count in the loss
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def train_tokenizer(source, vocab_size):
    """Byte-level BPE with GPT-2's splitting rule, which llama.cpp calls pre-tokenizer "gpt-2"."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    corpus = [source.fallback.answer, "system\nuser\nassistant\n"] * 3 + SYSTEM_PROMPTS
    for entry in source.known + [source.fallback]:
        corpus += [entry.answer] * 2 + entry.questions
    corpus += [source.vary(source.unknown()) for _ in range(300)]
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=SPECIAL, min_frequency=2, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    assert tokenizer.get_vocab_size() == vocab_size, f"only {tokenizer.get_vocab_size()} tokens found"
    assert [tokenizer.token_to_id(t) for t in SPECIAL] == [END_OF_TEXT, IM_START, IM_END]
    return tokenizer


class Chat:
    """ChatML in token ids, piece by piece, exactly as CHAT_TEMPLATE spells it."""

    def __init__(self, tokenizer):
        self.tokenizer, self.cache = tokenizer, {}
        self.newline = self.encode("\n")

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def cached(self, text):
        if text not in self.cache:
            self.cache[text] = self.encode(text)
        return self.cache[text]

    def head(self, role):
        return [IM_START] + self.cached(role + "\n")

    def message(self, role, text):
        return self.head(role) + self.encode(text) + [IM_END] + self.newline

    def prompt(self, question, system=None, bos=False):
        ids = [END_OF_TEXT] if bos else []
        if system is not None:
            ids = ids + self.message("system", system)
        return ids + self.message("user", question) + self.head("assistant")

    def answer(self, text):
        return self.cached(text) + [IM_END]

    def window(self, source, length):
        """One training row: turns packed one after another; the loss counts answers only."""
        ids = [END_OF_TEXT] if source.rng.random() < 0.3 else []  # some runtimes prepend it
        if source.rng.random() < 0.3:
            system = source.rng.choice(SYSTEM_PROMPTS) if source.rng.random() < 0.7 else source.vary(source.unknown())
            ids = ids + self.message("system", system)
        labels = [IGNORE] * len(ids)
        while len(ids) < length:
            question, text = source.turn()
            prompt, answer = self.prompt(question), self.answer(text)
            ids = ids + prompt + answer + self.newline
            labels += [IGNORE] * len(prompt) + answer + [IGNORE] * len(self.newline)
        return ids[:length], labels[:length]
