"""`make run`: Tollgate on this machine, in front of mock providers, or real ones where there is a key for them."""

import os
import signal
import sys

import launch

PROVIDERS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
LINES = """
Tollgate listens on {url}

  plain, an OpenAI client to OpenAI:
    curl {url}/v1/chat/completions -H 'content-type: application/json' -d '{{"model":"gpt-4.1","messages":[{{"role":"user","content":"Hello"}}]}}'

  streamed, an OpenAI client to Anthropic:
    curl -N {url}/v1/chat/completions -H 'content-type: application/json' -d '{{"model":"assistant","stream":true,"messages":[{{"role":"user","content":"Hello"}}]}}'

  the other dialect, an Anthropic client to OpenAI:
    curl {url}/v1/messages -H 'content-type: application/json' -H 'anthropic-version: 2023-06-01' -d '{{"model":"helper","max_tokens":100,"messages":[{{"role":"user","content":"Hello"}}]}}'

{providers}
Ctrl-C stops everything."""  # noqa: E501 - a command to copy is one line


def main():
    port = int(os.environ.get("PORT", "10000"))
    if not launch.is_free(port):
        sys.exit(f"make run: port {port} is in use. Stop what uses it, or choose another: make run PORT=10001")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Started in the background by a shell, this would be deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    mocks = launch.Mocks()
    try:
        real = {name for name, key in PROVIDERS.items() if os.environ.get(key)}
        mocked = {name: address for name, address in mocks.addresses.items() if name not in real}
        configuration = launch.localize(launch.shipped(), port=port, mocks=mocked)
        keys = {key: os.environ.get(key) or launch.MOCK_KEYS[key] for key in PROVIDERS.values()}
        envoy = launch.Envoy(configuration, env=keys, stdout=sys.stdout.buffer)
        try:
            words = [f"  {name}: {'the real one' if name in real else 'a mock; set ' + PROVIDERS[name] + ' for the real one'}" for name in PROVIDERS]
            print(LINES.format(url=envoy.url, providers="\n".join(words)), flush=True)
            status = envoy.process.wait()
            sys.exit(f"make run: Envoy ended with status {status}:\n{envoy.log()}")
        finally:
            envoy.stop()
    except launch.DidNotStart as error:
        sys.exit(f"make run: Envoy did not start:\n{error}")
    except KeyboardInterrupt:
        print()
    finally:
        mocks.stop()


main()
