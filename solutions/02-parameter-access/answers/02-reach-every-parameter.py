# %% right: attributes, a name put together, and isinstance
def reach(net):
    parameters, constants = {}, {}
    for name, parameter in net.collect_params().items():
        (constants if isinstance(parameter, nn.Constant) else parameters)[name] = parameter
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params[f"{net.name}_scale"],
        "parameters": parameters,
        "constants": constants,
    }


# %% right: everything out of one collection, by name
def reach(net):
    every = net.collect_params()
    return {
        "weight": every[net.dense.prefix + "weight"],
        "bias": every[net.dense.prefix + "bias"],
        "mix": every[net.prefix + "mix"],
        "scale": every[net.prefix + "scale"],
        "parameters": {n: p for n, p in every.items() if type(p) is nn.Parameter},
        "constants": {n: p for n, p in every.items() if type(p) is not nn.Parameter},
    }


# %% right: params.get and params.get_constant, and collections as collections
def reach(net):
    constants = nn.ParameterDict(net.prefix)
    constants.add(net.params.get_constant("mix"))
    parameters = net.collect_params(f"(?!{net.prefix}mix).*")
    return {
        "weight": net.dense.params.get("weight"),
        "bias": net.dense.params.get("bias"),
        "mix": net.params.get_constant("mix"),
        "scale": net.params.get("scale"),
        "parameters": parameters,
        "constants": constants,
    }


# %% right: scale found by the end of its name
def reach(net):
    result = {"parameters": {}, "constants": {}, "mix": net.mix}
    result.update(weight=net.dense.weight, bias=net.dense.bias)
    for parameter in net.collect_params().values():
        if parameter.name.endswith("_scale"):
            result["scale"] = parameter
        group = "constants" if isinstance(parameter, nn.Constant) else "parameters"
        result[group][parameter.name] = parameter
    return result


# %% wrong: values in place of parameters
# finding: values-not-parameter
# observed: weight: a Tensor
# score: 7
def reach(net):
    every = dict(net.collect_params().items())
    constants = {n: p for n, p in every.items() if isinstance(p, nn.Constant)}
    return {
        "weight": net.dense.weight.data(),
        "bias": net.dense.bias.data(),
        "mix": net.mix.data(),
        "scale": net.params[net.prefix + "scale"],
        "parameters": {n: p for n, p in every.items() if n not in constants},
        "constants": constants,
    }


# %% wrong: a name written down
# finding: name-written-down
# observed: there is no parameter 'fancymlp0_scale' here
# score: 7
def reach(net):
    every = dict(net.collect_params().items())
    constants = {n: p for n, p in every.items() if isinstance(p, nn.Constant)}
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params["fancymlp0_scale"],
        "parameters": {n: p for n, p in every.items() if n not in constants},
        "constants": constants,
    }


# %% wrong: the word without its prefix
# finding: no-such-name
# observed: there is no parameter 'scale' here
# score: 0
def reach(net):
    every = dict(net.collect_params().items())
    constants = {n: p for n, p in every.items() if isinstance(p, nn.Constant)}
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params["scale"],
        "parameters": {n: p for n, p in every.items() if n not in constants},
        "constants": constants,
    }


# %% wrong: scale as an attribute
# finding: no-such-attribute
# observed: FancyMLP has no attribute 'scale'
# score: 0
def reach(net):
    every = dict(net.collect_params().items())
    constants = {n: p for n, p in every.items() if isinstance(p, nn.Constant)}
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.scale,
        "parameters": {n: p for n, p in every.items() if n not in constants},
        "constants": constants,
    }


# %% wrong: the constant among the parameters
# finding: constant-among-parameters
# observed: fancymlp0_mix
# score: 6
def reach(net):
    every = dict(net.collect_params().items())
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params[net.prefix + "scale"],
        "parameters": every,
        "constants": {n: p for n, p in every.items() if isinstance(p, nn.Constant)},
    }


# %% wrong: told apart by grad_req
# finding: frozen-taken-for-constant
# observed: dense
# score: 8
def reach(net):
    every = dict(net.collect_params().items())
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params[net.prefix + "scale"],
        "parameters": {n: p for n, p in every.items() if p.grad_req != "null"},
        "constants": {n: p for n, p in every.items() if p.grad_req == "null"},
    }


# %% wrong: the block's own parameters only
# finding: own-parameters-only
# observed: parameters: fancymlp0_scale
# score: 6
def reach(net):
    own = dict(net.params.items())
    constants = {n: p for n, p in own.items() if isinstance(p, nn.Constant)}
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params[net.prefix + "scale"],
        "parameters": {n: p for n, p in own.items() if n not in constants},
        "constants": constants,
    }


# %% wrong: collects weights and biases, and so forgets scale
# finding: parameters-missing
# observed: parameters: dense0_bias, dense0_weight
# score: 6
def reach(net):
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params[net.prefix + "scale"],
        "parameters": dict(net.collect_params(".*(weight|bias)").items()),
        "constants": dict(net.collect_params(".*mix").items()),
    }


# %% wrong: short names as keys
# finding: short-names
# observed: parameters: bias, scale, weight
# score: 6
def reach(net):
    weight, bias, scale = net.dense.weight, net.dense.bias, net.params[net.prefix + "scale"]
    return {
        "weight": weight,
        "bias": bias,
        "mix": net.mix,
        "scale": scale,
        "parameters": {"weight": weight, "bias": bias, "scale": scale},
        "constants": {"mix": net.mix},
    }


# %% wrong: lists in place of dictionaries
# finding: group-not-a-dictionary
# observed: parameters: a list
# score: 6
def reach(net):
    every = list(net.collect_params().values())
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params[net.prefix + "scale"],
        "parameters": [p for p in every if not isinstance(p, nn.Constant)],
        "constants": [p for p in every if isinstance(p, nn.Constant)],
    }


# %% wrong: a list in place of the dictionary
# finding: not-a-dictionary
# observed: Parameter
# score: 0
def reach(net):
    return [net.dense.weight, net.dense.bias, net.mix, net.params[net.prefix + "scale"]]


# %% wrong: weight and bias exchanged
# finding: keys-mixed-up
# observed: weight is reached under the key 'bias'
# score: 7
def reach(net):
    weight, bias = sorted(net.dense.params.values(), key=lambda p: p.name)
    every = dict(net.collect_params().items())
    constants = {n: p for n, p in every.items() if isinstance(p, nn.Constant)}
    return {
        "weight": weight,
        "bias": bias,
        "mix": net.mix,
        "scale": net.params[net.prefix + "scale"],
        "parameters": {n: p for n, p in every.items() if n not in constants},
        "constants": constants,
    }


# %% wrong: a new parameter of the same name
# finding: another-parameter
# observed: scale still holds another number
# score: 7
def reach(net):
    scale = nn.Parameter(net.prefix + "scale", shape=(1,), init="ones")
    scale.initialize()
    every = dict(net.collect_params().items())
    constants = {n: p for n, p in every.items() if isinstance(p, nn.Constant)}
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": scale,
        "parameters": {n: p for n, p in every.items() if n not in constants},
        "constants": constants,
    }


# %% wrong: constants forgotten
# finding: key-missing
# observed: keys weight, bias, mix, scale, parameters
# score: 6
def reach(net):
    every = dict(net.collect_params().items())
    return {
        "weight": net.dense.weight,
        "bias": net.dense.bias,
        "mix": net.mix,
        "scale": net.params[net.prefix + "scale"],
        "parameters": {n: p for n, p in every.items() if not isinstance(p, nn.Constant)},
    }
