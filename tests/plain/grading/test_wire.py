"""The wire format and the frames: what goes in comes out, and no bytes do anything but raise `WireError`."""

import io
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder import wire
from autograder.probe import plain
from autograder.sandbox import frames

arrays = st.sampled_from(wire.DTYPES).flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
scalars = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | st.text()
keys = st.text().filter(lambda key: not key.startswith("#"))
values = st.recursive(
    scalars | arrays,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_round_trip(value):
    np.testing.assert_equal(wire.decode(wire.encode(value)), value)


@given(values)
def test_types_survive(value):
    assert types(wire.decode(wire.encode(value))) == types(value)


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_numbers_in_another_byte_order_are_refused_rather_than_mistaken(dtype):
    with pytest.raises(wire.WireError, match="cannot be sent"):
        wire.encode(np.ones(2, np.dtype(dtype).newbyteorder()))


@pytest.mark.parametrize("value", [10**309, -(10**309), [{"a": 2**1024}]])
def test_whole_numbers_that_no_float_can_be_are_neither_sent_nor_taken(value):
    with pytest.raises(wire.WireError, match="bits"):
        wire.encode(value)
    header = json.dumps(value).encode()
    with pytest.raises(wire.WireError, match="bits"):
        wire.decode(struct.pack(">I", len(header)) + header)
    assert "bits" in str(plain(value))


def types(value):
    if isinstance(value, dict):
        return {k: types(v) for k, v in value.items()}
    if isinstance(value, list):
        return [types(v) for v in value]
    return (value.dtype, value.shape) if isinstance(value, np.ndarray) else type(value)


@given(st.binary(max_size=300))
def test_noise_is_refused(data):
    refused_or_decoded(data)


@given(
    st.recursive(
        scalars, lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["#", "#float", "dtype", "shape", "a"]), x)
    ),
    st.binary(max_size=40),
)
def test_any_header_is_refused_or_decoded(header, body):
    text = json.dumps(header).encode()
    refused_or_decoded(struct.pack(">I", len(text)) + text + body)


@given(values, st.data())
def test_damage_is_refused_or_decoded(value, data):
    whole = bytearray(wire.encode(value))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    refused_or_decoded(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


@given(st.integers(0, 1 << 40) | st.integers(-3, -1), st.sampled_from(wire.DTYPES), st.integers(0, 3))
def test_a_lying_shape_allocates_nothing(side, dtype, dims):
    header = json.dumps({"#": 0, "dtype": dtype, "shape": [side] * dims}).encode()
    refused_or_decoded(struct.pack(">I", len(header)) + header + bytes(8))


@pytest.mark.parametrize(
    "text",
    [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b"NaN", b"-Infinity", b'"\xff"', b"1e999", b'{"a":1,"a":2}'],
)
def test_what_json_libraries_trip_over(text):
    refused_or_decoded(struct.pack(">I", len(text)) + text)


def refused_or_decoded(data):
    try:
        value = wire.decode(data)
    except wire.WireError:
        return
    assert len(wire.encode(value)) <= 4 * len(data) + 100


@pytest.mark.parametrize("value", [object(), {1: 2}, {"#": 1}, np.array([1j]), np.array([None]), {1, 2}, b"bytes"])
def test_what_cannot_be_sent_is_refused(value):
    with pytest.raises(wire.WireError):
        wire.encode(value)


@given(st.dictionaries(keys, values, max_size=3), st.text())
def test_a_frame_is_read_back(message, kind):
    message["kind"] = kind
    stream = io.BytesIO(frames.pack(message) * 2)
    for _ in range(2):
        np.testing.assert_equal(frames.receive(stream.read), message)
    with pytest.raises(EOFError):
        frames.receive(stream.read)


@given(st.binary(max_size=200))
def test_a_damaged_frame_is_refused(data):
    try:
        frames.receive(io.BytesIO(data).read)
    except (EOFError, wire.WireError):
        pass


def test_a_frame_too_long_is_refused_before_it_is_read():
    def read(size):
        assert size == 4, "nothing after the length is asked for"
        return b"\xff\xff\xff\xff"

    with pytest.raises(wire.WireError):
        frames.receive(read)
