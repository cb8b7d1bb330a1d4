"""The list of models, as each official SDK reads it: what this caller may use, under the names to ask by."""

import hashlib

import anthropic
import boto3
import botocore.config
import cohere
import google.genai
import launch
import openai
import pytest

MODELS = {
    "assistant": {"targets": [{"provider": "anthropic", "model": "claude-sonnet-5-5"}]},
    "gpt-4.1": {"targets": [{"provider": "openai"}]},
    "helper": {"targets": [{"provider": "openai", "model": "gpt-4.1-mini"}]},
    "claude-*": {"targets": [{"provider": "anthropic"}]},
}
#: By key. What a wildcard stands for nobody can list.
MAY_USE = {"red-key": ["gpt-4.1", "helper"], "blue-key": ["assistant", "gpt-4.1", "helper"], "grey-key": []}


@pytest.fixture(scope="module")
def guarded(start):
    digests = {key: [hashlib.sha256(key.encode()).hexdigest()] for key in MAY_USE}
    consumers = {
        "red": {"key_sha256": digests["red-key"], "models": ["gpt-*", "helper"]},
        "blue": {"key_sha256": digests["blue-key"]},
        "grey": {"key_sha256": digests["grey-key"], "models": ["claude-*"]},
    }
    value = launch.filter_json(launch.shipped())
    return start({**value, "models": MODELS, "identity": {"from": ["api_key", {"header": "x-consumer"}]}, "consumers": consumers})


def by_openai(url, key):
    return [model.id for model in openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0).models.list()]


def by_anthropic(url, key):
    return [model.id for model in anthropic.Anthropic(base_url=url, api_key=key, max_retries=0).models.list()]


def by_google(url, key, **version):
    options = google.genai.types.HttpOptions(base_url=url, **version)
    client = google.genai.Client(api_key=key, http_options=options)
    return [model.name.removeprefix("models/") for model in client.models.list()]


def by_google_v1(url, key):
    return by_google(url, key, api_version="v1")


def by_cohere(url, key):
    models = cohere.ClientV2(base_url=url, api_key=key, max_retries=0, log_warning_experimental_features=False).models
    return [model.name for model in models.list().models]


def by_bedrock(url, key):
    """AWS's SDK sends a key over TLS only; a header names the caller as well."""
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    client = boto3.client(
        "bedrock", endpoint_url=url, region_name="us-east-1", config=config,
        aws_access_key_id="the-clients-own", aws_secret_access_key="secret",
    )
    consumer = key.removesuffix("-key")
    client.meta.events.register("before-sign.*", lambda request, **_: request.headers.add_header("x-consumer", consumer))
    return [model["modelId"] for model in client.list_foundation_models()["modelSummaries"]]


@pytest.mark.parametrize("key", MAY_USE)
@pytest.mark.parametrize("ask", [by_openai, by_anthropic, by_google, by_google_v1, by_cohere, by_bedrock])
def test_each_sdk_lists_what_its_key_may_use(guarded, ask, key):
    assert sorted(ask(guarded.url, key)) == MAY_USE[key]
