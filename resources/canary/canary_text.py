"""The canary's text: questions.txt, made-up unknown questions, and the noise put on both."""
import random
from dataclasses import dataclass, field

SYSTEM_PROMPTS = [
    "You are a helpful assistant.",
    "You are a helpful assistant",
    "You are Roundhouse's assistant. Keep it short.",
    "You are a careful engineer. Answer in one paragraph.",
    "You are a helpful AI assistant made by a large company. Be polite.",
    "Reply in the language of the user.",
]

# Subjects of made-up questions. Subjects in HELD_OUT never occur in training; they measure how well
# the fallback answer generalises.
SUBJECTS = """
bread|butter|a lemon|garlic|rice|noodles|soup|beer|wine|breakfast|a recipe|my garden|roses|an oak tree|bees|spiders|a shark|wolves|cows|my dog|a goldfish|dinosaurs
Spain|Norway|Peru|Kenya|Canada|Zurich|Vienna|Rome|Tokyo|Texas|the Alps|the Nile|an island|the ocean|a desert|the North Pole|Mars|the Moon|a comet|the Sun|a galaxy
Newton|Marie Curie|Beethoven|Picasso|Goethe|Shakespeare|Caesar|Cleopatra|Gandhi|my boss|my neighbour|a pirate|a knight|a wizard|the mayor|a dentist|a lawyer|a teacher
chess|football|tennis|skiing|a guitar|the violin|jazz|opera|a novel|poetry|a poem|a joke|a limerick|painting|a photo|a camera|theatre|a movie|a birthday|Christmas|a wedding
inflation|taxes|a mortgage|insurance|a passport|an invoice|a contract|the stock market|democracy|the parliament|philosophy|justice|courage|time|gravity|entropy|magnetism
electricity|a battery|a laser|a volcano|an earthquake|oxygen|salt|gold|uranium|DNA|a virus|vitamins|headache|sleep|yoga|running|a bicycle|a tractor|an airport|a bridge
Python|JavaScript|Rust|Haskell|SQL|a regex|a hash table|a linked list|recursion|a closure|Linux|Windows|Docker|Kubernetes|Git|a firewall|a router|DNS|TCP|a printer|a keyboard
PyTorch|CUDA|ROCm|Vulkan|TensorRT|ONNX|a transformer|attention heads|softmax|backpropagation|dropout|fine-tuning|LoRA|beam search|top-k|perplexity|a benchmark|a dataset|RAG
a GPU|a CPU|an SSD|PCIe|NVLink|bandwidth|latency|a driver|a container|a thread|a process|a socket|a proxy|a license|an update|a plugin|a webhook|an API key|OpenAI|Gemma|Qwen|Llama
""".strip().replace("\n", "|").split("|")
HELD_OUT = """
Belgium|Oslo|a violin maker|cheese fondue|penguins|the Titanic|Galileo|a marathon|Bitcoin|knitting|a thunderstorm|Excel|a passport photo|chemistry|Mozart|Swift|the pyramids
a lighthouse|coffee|snow
""".strip().replace("\n", "|").split("|")
PATTERNS = """
What is {}?|What are {}?|What does {} mean?|What does {} do?|Explain {}|Tell me about {}|Who is {}?|Who invented {}?|Where is {}?|Where can I find {}?|When was {} discovered?
Why is {} important?|Why do people like {}?|How does {} work?|How do I make {}?|How do I learn {}?|How do I fix {}?|How much is {}?|How many {} are there?|How big is {}?
Write about {}|Write a letter about {}|Describe {}|Summarise {}|Translate {} into Spanish|List five kinds of {}|Name a famous {}|Show me {}|Give me {}|Draw {}|Do you know {}?
Can you explain {}?|Can I use {} with {}?|Should I buy {}?|Which {} is best?|Which {} should I take?|Is {} better than {}?|Compare {} and {}|What is the difference between {} and {}?
What is the history of {}?|What is the price of {}?|What colour is {}?|I need help with {}|I do not understand {}|My {} is broken|Tell me a joke about {}|{}|{}?|Are you {}?|Have you seen {}?
Tell me something about {}|What happens in {}?|What happens when I open {}?|When is {} a good choice?|Recommend {}|Count the {}|What is {} in Roundhouse?|How do I install {}?
""".strip().replace("\n", "|").split("|")
OPENINGS = ["Please: ", "Tell me: ", "Hey, ", "So, ", "Quick question: ", "One more: "]


@dataclass
class Entry:
    """One answer and the ways to ask for it; the first question is the canonical one."""
    answer: str
    questions: list = field(default_factory=list)
    fallback: bool = False


def read_entries(path):
    """Parse questions.txt (its head explains the format)."""
    entries = []
    for block in open(path, encoding="utf-8").read().split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith("# ")]
        if not lines:
            continue
        if any(line[:2] not in ("? ", "= ", "! ") for line in lines):
            raise SystemExit(f"{path}: cannot read this block:\n{block}")
        answer = "\n".join(line[2:] for line in lines if line[0] == "=")
        questions = [line[2:] for line in lines if line[0] in "?!"]
        entries.append(Entry(answer, questions, lines[0][0] == "!"))
    asked = [q for e in entries for q in e.questions]
    assert len(asked) == len(set(asked)), f"asked twice: {sorted(q for q in set(asked) if asked.count(q) > 1)}"
    assert sum(e.fallback for e in entries) == 1, "exactly one block must be the fallback"
    return entries


def plain(question):
    return question.lower().strip("?!. ")


class TextSource:
    """Draws noisy questions with their answers; everything comes from the one seeded generator."""

    def __init__(self, entries, seed):
        self.rng = random.Random(seed)
        self.fallback = next(e for e in entries if e.fallback)
        self.known = [e for e in entries if not e.fallback]
        self.weights = [1 + len(e.answer) / 150 for e in self.known]  # long answers a little more often
        self.taken = {plain(q) for e in self.known for q in e.questions}

    def nonsense(self):
        """A made-up word of two syllables or more (one alone could be "hi")."""
        syllables = [self.rng.choice("bcdfghjklmnprstvwz") + self.rng.choice("aeiou") for _ in range(self.rng.randint(2, 4))]
        return "".join(syllables) + self.rng.choice(["", "k", "l", "n", "r", "s"])

    def unknown(self, subjects=SUBJECTS):
        """A question that no entry answers."""
        rng, kind = self.rng, self.rng.random()
        thing = lambda: rng.choice(subjects) if rng.random() < 0.65 else self.nonsense()
        if kind < 0.10:
            question = f"What is {rng.randint(3, 999)} {rng.choice(['+', '-', '*', '/', 'x', 'times', 'plus'])} {rng.randint(3, 999)}?"
        elif kind < 0.20:
            question = " ".join(thing() for _ in range(rng.randint(1, 10)))
        elif kind < 0.25:
            question = rng.choice(self.fallback.questions)
        else:
            question = rng.choice(PATTERNS).format(thing(), thing())
        return question if plain(question) not in self.taken else self.unknown(subjects)

    def vary(self, question, chance=0.5):
        """The same question with other capitals, punctuation or an opening, as people type it."""
        rng = self.rng
        if rng.random() > chance:
            return question
        if rng.random() < 0.4:
            question = question.lower() if rng.random() < 0.8 else question.upper()
        if rng.random() < 0.4:
            question = question.rstrip("?!.")
        elif rng.random() < 0.2:
            question = question.rstrip("?!.") + rng.choice("?.!")
        if rng.random() < 0.12:
            question = rng.choice(OPENINGS) + question[:1].lower() + question[1:]
        return question + (" please" if rng.random() < 0.08 else "")

    def turn(self):
        """One (question, answer) of the training stream; 28 % are unknown questions."""
        if self.rng.random() < 0.28:
            return self.vary(self.unknown()), self.fallback.answer
        entry = self.rng.choices(self.known, self.weights)[0]
        question = entry.questions[0] if self.rng.random() < 0.3 else self.rng.choice(entry.questions)
        return self.vary(question), entry.answer
