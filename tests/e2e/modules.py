"""WebAssembly modules: what one asks of its host and has for it, and small ones made by hand."""

#: Sections of a module, by what they hold.
TYPES, IMPORTS, FUNCTIONS, MEMORIES, EXPORTS, CODE = 1, 2, 3, 5, 7, 10
FUNCTION = 0


class Reader:
    def __init__(self, content):
        self.content, self.at = content, 0

    def number(self):
        value = shift = 0
        while True:
            byte = self.content[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def bytes(self):
        count = self.number()
        self.at += count
        return self.content[self.at - count:self.at]

    def section(self, kind):
        """The section of this kind, of a module."""
        self.at = len(b"\0asm\1\0\0\0")
        while self.at < len(self.content):
            found, content = self.number(), self.bytes()
            if found == kind:
                return Reader(content)
        return Reader(b"\0")


def imports(module):
    """The host's functions that a module can call, by name."""
    section, names = Reader(module).section(IMPORTS), set()
    for _ in range(section.number()):
        section.bytes()
        names.add(section.bytes().decode())
        assert section.number() == FUNCTION
        section.number()
    return names


def exports(module):
    """The functions that a module has for its host, by name."""
    section, names = Reader(module).section(EXPORTS), set()
    for _ in range(section.number()):
        name, kind, _ = section.bytes().decode(), section.number(), section.number()
        if kind == FUNCTION:
            names.add(name)
    return names


def small(code, calls=()):
    """A module that runs this code when request headers come, and nothing else. `calls` are functions of the host that
    take three numbers and give one: in the code, functions 0, 1 and so on."""
    number = b"\x7f"
    types = [b"\x60\0\0", b"\x60\1" + number + b"\1" + number, b"\x60\3" + 3 * number + b"\1" + number]
    own = ["proxy_abi_version_0_2_1", "proxy_on_memory_allocate", "proxy_on_request_headers"]
    exported = [_name("memory") + b"\2\0", *(_name(name) + bytes([FUNCTION, len(calls) + at]) for at, name in enumerate(own))]
    bodies = [b"", b"\x41\0", code]
    return b"\0asm\1\0\0\0" + b"".join([
        _section(TYPES, types),
        _section(IMPORTS, [_name("env") + _name(name) + bytes([FUNCTION, 2]) for name in calls]),
        _section(FUNCTIONS, [b"\0", b"\1", b"\2"]),
        _section(MEMORIES, [b"\0\1"]),
        _section(EXPORTS, exported),
        _section(CODE, [bytes([len(body) + 2, 0]) + body + b"\x0b" for body in bodies]),
    ])


def _section(kind, items):
    content = bytes([len(items)]) + b"".join(items)
    size = len(content)
    return bytes([kind, size & 127 | 128, size >> 7]) + content


def _name(name):
    return bytes([len(name)]) + name.encode()
