"""Clusters that try targets in the orders that a test wants, in the place of those in envoy/failover.yaml."""

import itertools
import json

import launch


def every(names):
    """A cluster for every order of these."""
    return {f"failover-{'-'.join(order)}": list(order) for order in itertools.permutations(names)}


def with_clusters(orders):
    """Every provider's cluster, and one for each of these orders, by its name."""
    configuration = launch.failover(launch.every_provider)
    clusters = configuration["static_resources"]["clusters"]
    shipped = json.dumps(next(cluster for cluster in clusters if cluster["name"] == "failover-openai"))
    clusters[:] = [cluster for cluster in clusters if not cluster["name"].startswith("failover-")]
    for name, order in orders.items():
        cluster = json.loads(shipped) | {"name": name}
        cluster["cluster_type"]["typed_config"]["clusters"] = order
        clusters.append(cluster)
    return configuration


def route(configuration):
    """The route to these clusters."""
    return launch.manager(configuration)["route_config"]["virtual_hosts"][0]["routes"][0]["route"]


def impatient(configuration, seconds=0.5):
    """A target that does not answer within half a second has failed; all others may be tried after it."""
    longest = max(len(order) for order in orders_in(configuration))
    route(configuration)["retry_policy"].update(per_try_timeout=f"{seconds}s", num_retries=longest - 1)


def orders_in(configuration):
    """In which orders the clusters of an Envoy configuration try others."""
    clusters = configuration["static_resources"]["clusters"]
    return [one["cluster_type"]["typed_config"]["clusters"] for one in clusters if one["name"].startswith("failover-")]
