"""A gateway whose filter comes from an xDS server by gRPC, as envoy/xds.yaml has it."""

import concurrent.futures
import contextlib
import json
import threading

import grpc
import launch
import trustme
import yaml
from discovery import Discovered
from envoy.config.core.v3 import extension_pb2  # noqa: F401 - what resources are made of has to be known
from envoy.extensions.filters.http.wasm.v3 import wasm_pb2  # noqa: F401
from envoy.service.discovery.v3 import discovery_pb2
from envoy.service.extension.v3 import config_discovery_pb2_grpc
from google.protobuf import json_format, wrappers_pb2  # noqa: F401

SHIPPED = launch.ROOT / "envoy" / "xds.yaml"
HOST = "xds.internal"
RESOURCE = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig"


class Server(config_discovery_pb2_grpc.ExtensionConfigDiscoveryServiceServicer):
    """Serves one resource to whoever asks, and again whenever there is another version of it."""

    def __init__(self):
        self.authority = trustme.CA()
        certificate = self.authority.issue_cert(HOST)
        chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
        self.credentials = grpc.ssl_server_credentials([(certificate.private_key_pem.bytes(), chain)])
        #: What Envoy has sent.
        self.heard = []
        self.response, self.changed = None, threading.Condition()
        self.port = 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Begins to listen: at the same place again, if it did before."""
        self.grpc = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        config_discovery_pb2_grpc.add_ExtensionConfigDiscoveryServiceServicer_to_server(self, self.grpc)
        self.port = self.grpc.add_secure_port(f"127.0.0.1:{self.port}", self.credentials)
        self.grpc.start()

    def stop(self):
        self.grpc.stop(None).wait()

    def publish(self, resource):
        """Sends this version of it, in the form of the file that Envoy would read."""
        response = json_format.ParseDict(resource, discovery_pb2.DiscoveryResponse())
        response.type_url, response.nonce = RESOURCE, f"nonce-{response.version_info}"
        with self.changed:
            self.response = response
            self.changed.notify_all()

    def verdicts(self, version):
        """What Envoy has said to a version: the version that it has now, and what is wrong, if anything."""
        said = [request for request in self.heard if request.response_nonce == f"nonce-{version}"]
        return [(request.version_info, request.error_detail.message) for request in said]

    def StreamExtensionConfigs(self, requests, context):
        def wake():
            with self.changed:
                self.changed.notify_all()

        def listen():
            with contextlib.suppress(grpc.RpcError):  # which is how they end
                self.heard.extend(requests)

        context.add_callback(wake)
        self.heard.append(next(requests))
        threading.Thread(target=listen, daemon=True).start()
        sent = None
        while context.is_active():
            with self.changed:
                self.changed.wait_for(lambda: self.response is not sent or not context.is_active())
                sent = self.response
            yield sent


class Streamed(Discovered):
    """`publish` has the server send another version."""

    def __init__(self, server, *args, **options):
        self.server = server
        super().__init__(*args, **options)

    def lead(self, configuration, discovery):
        shipped = yaml.safe_load(SHIPPED.read_text())
        (filter,), (cluster,) = shipped["http_filters"], shipped["clusters"]
        discovery.update(filter["config_discovery"])
        tls = cluster["transport_socket"]
        launch.point_at(cluster, f"127.0.0.1:{self.server.port}")
        authority = self.file.with_name("authority.pem")
        self.server.authority.cert_pem.write_to_path(authority)
        tls["typed_config"]["common_tls_context"]["validation_context"]["trusted_ca"]["filename"] = str(authority)
        configuration["node"] = shipped["node"]
        configuration["static_resources"]["clusters"].append(cluster | {"transport_socket": tls})

    def move_in(self, text):
        self.server.publish(json.loads(text))
