"""Columns of a small Parquet file with only the standard library (Zstandard through the system's libzstd).

Written from the format's own description (https://parquet.apache.org/docs/file-format/): Thrift's compact protocol, data pages of
version 1 and 2, PLAIN and dictionary encoding, flat optional columns; codecs none, gzip and Zstandard. Enough to count a log with
code that shares nothing with the page's reader.
"""

import ctypes
import ctypes.util
import struct
import zlib


class Thrift:
    """Structs of the compact protocol as dicts by field number."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def integer(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def value(self, kind):
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self.byte()
        if kind in (4, 5, 6):
            return self.integer()
        if kind == 7:
            self.at += 8
            return struct.unpack_from("<d", self.data, self.at - 8)[0]
        if kind == 8:
            length = self.varint()
            self.at += length
            return bytes(self.data[self.at - length : self.at])
        if kind in (9, 10):
            head = self.byte()
            size = head >> 4 if head >> 4 != 15 else self.varint()
            kind = head & 15
            # Booleans in a list have a byte each.
            return [self.byte() == 1 if kind in (1, 2) else self.value(kind) for _ in range(size)]
        if kind == 12:
            return self.struct()
        raise ValueError(f"Thrift type {kind} is not read")

    def struct(self):
        fields, number = {}, 0
        while True:
            head = self.byte()
            if head == 0:
                return fields
            number = number + (head >> 4) if head >> 4 else self.integer()
            fields[number] = self.value(head & 15)


def zstd(data, size):
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    out = ctypes.create_string_buffer(max(1, size))
    written = library.ZSTD_decompress(out, ctypes.c_size_t(size), data, ctypes.c_size_t(len(data)))
    if written != size:
        raise ValueError("a Zstandard page does not unpack to its size")
    return out.raw[:size]


def unpack(codec, data, size):
    if codec == 0:
        return data
    if codec == 2:
        return zlib.decompress(data, 31)
    if codec == 6:
        return zstd(data, size)
    raise ValueError(f"codec {codec} is not read")


def hybrid(data, at, end, width, count):
    """Run-length and bit-packed integers."""
    values = []
    thrift = Thrift(data, at)
    while len(values) < count and thrift.at < end:
        head = thrift.varint()
        if head & 1:
            size = (head >> 1) * width
            mask = (1 << width) - 1
            # Eight values at a time: repeatedly shifting one long integer would be quadratic.
            for group in range(thrift.at, thrift.at + size, max(1, width)):
                part = int.from_bytes(data[group : group + width], "little")
                for _ in range(8):
                    values.append(part & mask)
                    part >>= width
            thrift.at += size
        else:
            size = (width + 7) // 8
            values.extend([int.from_bytes(data[thrift.at : thrift.at + size], "little")] * (head >> 1))
            thrift.at += size
    return values[:count]


def plain(kind, data, at, count):
    if kind in (1, 2):
        return list(struct.unpack_from(f"<{count}{'i' if kind == 1 else 'q'}", data, at))
    if kind in (4, 5):
        return list(struct.unpack_from(f"<{count}{'f' if kind == 4 else 'd'}", data, at))
    if kind == 6:
        values = []
        for _ in range(count):
            (length,) = struct.unpack_from("<I", data, at)
            values.append(data[at + 4 : at + 4 + length].decode("utf-8"))
            at += 4 + length
        return values
    raise ValueError(f"Parquet type {kind} is not read")


def column(data, meta, optional):
    kind, codec, total = meta[1], meta[4], meta[5]
    at = min(meta[9], meta.get(11, meta[9]))
    dictionary, values = None, []
    while len(values) < total:
        thrift = Thrift(data, at)
        page = thrift.struct()
        body = data[thrift.at : thrift.at + page[3]]
        at = thrift.at + page[3]
        if page[1] == 2:
            dictionary = plain(kind, unpack(codec, body, page[2]), 0, page[7][1])
            continue
        if page[1] == 0:
            count, encoding = page[5][1], page[5][2]
            body, start = unpack(codec, body, page[2]), 0
            levels = None
            if optional:
                (length,) = struct.unpack_from("<I", body, 0)
                levels, start = hybrid(body, 4, 4 + length, 1, count), 4 + length
        elif page[1] == 3:
            count, encoding, length = page[8][1], page[8][4], page[8][5]
            levels = hybrid(body, 0, length, 1, count) if optional else None
            packed = page[8].get(7, True)
            body, start = (unpack(codec, body[length:], page[2] - length) if packed else body[length:]), 0
        else:
            continue
        present = count if levels is None else sum(levels)
        if encoding in (2, 8):
            indices = hybrid(body, start + 1, len(body), body[start], present)
            own = [dictionary[index] for index in indices]
        else:
            own = plain(kind, body, start, present)
        rest = iter(own)
        values.extend(own if levels is None else [next(rest) if level else None for level in levels])
    return values


def read_parquet(path):
    """Rows of a file as dicts by column name; a cell that is null is ''."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"PAR1" or data[-4:] != b"PAR1":
        raise ValueError(f"{path} is not a Parquet file")
    (length,) = struct.unpack_from("<I", data, len(data) - 8)
    footer = Thrift(data, len(data) - 8 - length).struct()
    optional = {element[4].decode(): element.get(3) == 1 for element in footer[2][1:]}
    for group in footer[4]:
        names, columns = [], []
        for chunk in group[1]:
            name = chunk[3][3][-1].decode()
            names.append(name)
            columns.append(["" if value is None else value for value in column(data, chunk[3], optional[name])])
        for row in zip(*columns):
            yield dict(zip(names, row))
