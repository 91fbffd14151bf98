# %% right: a residual block, repeated
def reader_spec():
    bent = [{"kind": "dense", "units": 20, "activation": "tanh"}]
    block = {"kind": "parallel", "branches": {"x": [], "bent": bent}, "merge": "sum"}
    return [
        {"kind": "dense", "units": 20, "activation": "tanh", "name": "in"},
        {"kind": "repeat", "times": 3, "body": [block]},
        {"kind": "transposed", "of": "in"},
        {"kind": "dense", "units": 10},
    ]


# %% right: parallel first, tied inside of a branch
SPEC = """
[{"kind": "dense", "units": 16, "name": "a"},
 {"kind": "repeat", "times": 2, "body":
   {"kind": "parallel", "merge": "mean", "branches": {
      "one": {"kind": "dense", "units": 16, "activation": "relu"},
      "two": {"kind": "dense", "units": 16, "activation": "sigmoid", "gain": 2}}}},
 {"kind": "parallel", "branches": {
    "tied": [{"kind": "transposed", "of": "a"}],
    "plain": []}},
 {"kind": "dense", "units": 10, "fan": "avg"}]
"""


def reader_spec():
    return json.loads(SPEC)


# %% right: small, in the other order
def reader_spec():
    spec = [dict(kind="dense", units=16, activation="relu", gain=1.4)]
    wide = dict(kind="dense", units=16, activation="relu", gain=1.4)
    narrow = dict(kind="dense", units=8, activation="tanh")
    spec.append(dict(kind="parallel", branches=dict(wide=wide, narrow=narrow)))
    spec.append(dict(kind="dense", units=20, name="code", activation="relu"))
    spec.append(dict(kind="transposed", of="code"))
    spec.append(dict(kind="repeat", times=2, body=[dict(kind="dense", units=20, activation="relu")]))
    return spec + [dict(kind="dense", units=10)]


# %% wrong: too large a first layer
# finding: over-budget
# observed: 13,194
# score: 11
def reader_spec():
    soft = {"kind": "dense", "units": 32, "activation": "tanh"}
    bent = {"kind": "dense", "units": 32, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 64, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: biases were not counted
# finding: over-budget
# observed: 5,0
# score: 11
def reader_spec():
    soft = {"kind": "dense", "units": 16, "activation": "tanh"}
    bent = {"kind": "dense", "units": 16, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 32, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 11, "activation": "relu"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: relu after the scores
# finding: scores-activated
# observed: relu
# score: 7
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10, "activation": "relu"},
    ]


# %% wrong: one score
# finding: not-ten-scores
# observed: 1 numbers
# score: 7
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 1},
    ]


# %% wrong: ends with the tied part
# finding: not-ten-scores
# observed: 64 numbers
# score: 7
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
    ]


# %% wrong: no tied part
# finding: no-transposed
# observed: dense, repeat, parallel
# score: 12
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: nothing is repeated
# finding: no-repeat
# observed: dense, parallel, transposed
# score: 12
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        both,
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: nothing is parallel
# finding: no-parallel
# observed: dense, repeat, transposed
# score: 12
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [{"kind": "dense", "units": 24, "activation": "relu"}]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: two branches alike
# finding: branches-alike
# observed: branches alike
# score: 12
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"left": soft, "right": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: an unknown kind
# finding: unknown-kind
# observed: at 2: there is no kind 'tied'
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "tied", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: an unknown option
# finding: unknown-option
# observed: at 0: dense takes no 'size'
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "size": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: the tied layer comes later
# finding: unknown-name
# observed: at 2: no dense layer before it is named 'output'
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "output"},
        {"kind": "dense", "units": 10, "name": "output"},
    ]


# %% wrong: the tied part gets another size
# finding: sizes-do-not-fit
# observed: at 2: 22 numbers come in, and that layer has 24 units
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 10, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: a sum of branches of different sizes
# finding: sizes-do-not-fit
# observed: at 1/body/0: branches of [12, 24] numbers have no "sum"
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "x": []}, "merge": "sum"}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: functions in it
# finding: not-plain-data
# observed: TypeError
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": nd.relu, "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: a network instead of a specification
# finding: not-plain-data
# observed: TypeError
# score: 0
def reader_spec():
    return nn.Sequential(nn.Dense(24, activation="relu"), nn.Dense(10))


# %% wrong: an entry without a kind
# finding: no-kind
# observed: at 3: an entry is a dictionary with a kind, and here is {'un
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"units": 10},
    ]


# %% wrong: units as a word
# finding: bad-option
# observed: at 0: units is a whole number from 1 to 512, not '24'
# score: 0
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": "24", "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: through one number
# finding: bottleneck
# observed: %
# score: 9
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 1, "activation": "tanh"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: a gain of zero
# finding: weights-zero
# observed: %
# score: 9
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1.414}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "gain": 0, "name": "code"},
        {"kind": "repeat", "times": 2, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: gains far too large
# finding: learns-too-little
# observed: %
# score: 9
def reader_spec():
    soft = {"kind": "dense", "units": 12, "activation": "tanh"}
    bent = {"kind": "dense", "units": 12, "activation": "relu", "gain": 1e5}
    both = {"kind": "parallel", "branches": {"bent": bent, "soft": soft}}
    return [
        {"kind": "dense", "units": 24, "activation": "relu", "name": "code"},
        {"kind": "repeat", "times": 3, "body": [both]},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]


# %% wrong: too deep for its gains
# finding: learns-too-little
# observed: %
# score: 9
def reader_spec():
    layer = {"kind": "dense", "units": 8, "activation": "sigmoid", "gain": 0.1}
    both = {"kind": "parallel", "branches": {"a": layer, "b": [layer, layer]}, "merge": "mean"}
    return [
        {"kind": "dense", "units": 8, "activation": "sigmoid", "name": "code"},
        {"kind": "repeat", "times": 8, "body": both},
        {"kind": "transposed", "of": "code"},
        {"kind": "dense", "units": 10},
    ]
