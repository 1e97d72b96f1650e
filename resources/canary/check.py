"""Ask a running server, or llama.cpp started here, every golden question and compare the text.

    python check.py --url ADDRESS [--model NAME] [--key KEY]     any OpenAI-compatible address, ending in /v1
    python check.py [--gguf FILE] [--draft FILE] [--threads 2]   llama.cpp in this process (needs xllamacpp)

Exit code 0 only when all answers are exact, streamed and not streamed.
"""
import argparse
import json
import os
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=HERE)
    parser.add_argument("--url")
    parser.add_argument("--model", default="roundhouse/canary")
    parser.add_argument("--key", default="none")
    parser.add_argument("--gguf")
    parser.add_argument("--draft")
    parser.add_argument("--port", type=int, default=18123)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def start_llama(options, context):
    """llama.cpp's own server, running in threads of this process."""
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = options.gguf or os.path.join(options.folder, "canary.Q8_0.gguf")
    settings.n_ctx, settings.n_parallel, settings.port = context, 1, options.port
    settings.cpuparams.n_threads = options.threads
    if options.draft:
        settings.speculative.draft.mparams.path = options.draft
        settings.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE]
    server = xllamacpp.Server(settings)
    return server, server.listening_address + "/v1"


def ask(options, url, question, stream):
    """The answer's text, its completion tokens, and llama.cpp's timings where given."""
    body = {"model": options.model, "messages": [{"role": "user", "content": question}], "temperature": 0, "max_tokens": 300,
            "stream": stream, **({"stream_options": {"include_usage": True}} if stream else {})}
    headers = {"content-type": "application/json", "authorization": f"Bearer {options.key}"}
    request = urllib.request.Request(url + "/chat/completions", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        if not stream:
            reply = json.load(response)
            return reply["choices"][0]["message"]["content"], reply["usage"]["completion_tokens"], reply.get("timings", {})
        text, tokens, timings = "", None, {}
        for line in response:
            if not line.startswith(b"data: {"):
                continue
            chunk = json.loads(line[6:])
            text += "".join(choice["delta"].get("content") or "" for choice in chunk["choices"])
            tokens = (chunk.get("usage") or {}).get("completion_tokens", tokens)
            timings = chunk.get("timings", timings)
        return text, tokens, timings


def main():
    options = arguments()
    with open(os.path.join(options.folder, "golden.json"), encoding="utf-8") as file:
        golden = json.load(file)
    server, url = (None, options.url) if options.url else start_llama(options, golden["settings"]["contextTokens"])
    failures = 0
    for stream in (False, True):
        started, exact, counted, drafted, accepted = time.time(), 0, 0, 0, 0
        for item in golden["golden"]:
            text, tokens, timings = ask(options, url, item["question"], stream)
            exact += text == item["answer"]
            counted += tokens == item["tokens"]
            drafted += timings.get("draft_n", 0)
            accepted += timings.get("draft_n_accepted", 0)
            if text != item["answer"]:
                print(f"  {item['question']!r} gave {text!r}")
        total = len(golden["golden"])
        failures += total - exact
        print(f"{'streamed' if stream else 'whole'}: {exact}/{total} exact, {counted}/{total} token counts equal, "
              f"{time.time() - started:.1f} s, drafted {drafted}, accepted {accepted}", flush=True)
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
