# %% right: one file: the specification in a safetensors header
from safetensors import safe_open
from safetensors.numpy import load_file, save_file


def save(net, spec, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    arrays, seen, tied = {}, {}, {}
    for path, parameter in checkpoint.paths_of(net).items():
        if id(parameter) in seen:
            tied[path] = seen[id(parameter)]
            continue
        seen[id(parameter)] = path
        arrays[path] = parameter.data().asnumpy().copy()
    save_file(arrays, Path(folder) / "net.safetensors", metadata={"spec": json.dumps(spec)})


def load(folder, build):
    file = Path(folder) / "net.safetensors"
    with safe_open(file, framework="np") as opened:
        spec = json.loads(opened.metadata()["spec"])
    net = build(spec)
    for path, value in load_file(file).items():
        checkpoint.paths_of(net)[path].load_data(nd.array(value))
    return net


# %% right: text and numpy's archive, by path
import os


def save(net, spec, folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "spec.json"), "w") as file:
        json.dump(spec, file)
    values = {path: p.data().asnumpy() for path, p in checkpoint.paths_of(net).items()}
    np.savez(os.path.join(folder, "values.npz"), **values)


def load(folder, build):
    with open(os.path.join(folder, "spec.json")) as file:
        net = build(json.load(file))
    with np.load(os.path.join(folder, "values.npz")) as values:
        for path, parameter in checkpoint.paths_of(net).items():
            parameter.load_data(nd.array(values[path]))
    return net


# %% right: Python literals instead of JSON
import ast


def save(net, spec, folder):
    folder = Path(folder)
    if not folder.exists():
        folder.mkdir(parents=True)
    (folder / "spec.txt").write_text(repr(spec), encoding="utf-8")
    net.save_parameters(str(folder / "numbers"))


def load(folder, build):
    folder = Path(folder)
    net = build(ast.literal_eval((folder / "spec.txt").read_text(encoding="utf-8")))
    net.initialize()
    net.load_parameters(str(folder / "numbers"))
    return net


# %% wrong: pickled
# finding: forbidden-call
# observed: a call of `pickle.dump`
# score: 0
import pickle


def save(net, spec, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    with open(Path(folder) / "net.pkl", "wb") as file:
        pickle.dump((spec, [p.data().asnumpy() for p in net.collect_params().values()]), file)


def load(folder, build):
    with open(Path(folder) / "net.pkl", "rb") as file:
        spec, values = pickle.load(file)
    net = build(spec)
    for parameter, value in zip(net.collect_params().values(), values):
        parameter.load_data(nd.array(value))
    return net


# %% wrong: kept in a global name
# finding: not-in-the-folder
# observed: '[{"kind": "dense", "units": 5}, {"kind": "tanh"}, {"kind":
# score: 2
SAVED = {}


def save(net, spec, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    SAVED["net"], SAVED["spec"] = net, spec
    net.save_parameters(Path(folder) / "parameters")


def load(folder, build):
    build(SAVED["spec"])
    return SAVED["net"]


# %% wrong: the specification is kept in a global name
# finding: not-in-the-folder
# observed: CheckpointError
# score: 1
SPECS = []


def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    SPECS.append(json.loads(json.dumps(spec)))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(SPECS[-1])
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: the place of saving is written down
# finding: not-in-the-folder
# observed: CheckpointError
# score: 1
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps([str(folder / "parameters.safetensors"), spec]))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    file, spec = json.loads((folder / "specification.json").read_text())
    net = build(spec)
    net.load_parameters(file)
    return net


# %% wrong: numbers by name
# finding: names-not-paths
# observed: KeyError
# score: 1
def save(net, spec, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "spec.json").write_text(json.dumps(spec))
    values = {name: p.data().asnumpy() for name, p in net.collect_params().items()}
    np.savez(Path(folder) / "values.npz", **values)


def load(folder, build):
    net = build(json.loads((Path(folder) / "spec.json").read_text()))
    with np.load(Path(folder) / "values.npz") as values:
        for name, parameter in net.collect_params().items():
            parameter.load_data(nd.array(values[name]))
    return net


# %% wrong: the numbers are not loaded
# finding: numbers-missing
# observed: InitializationError
# score: 4
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    return net


# %% wrong: a new network, initialized
# finding: other-numbers
# observed: shape (4, 2)
# score: 4
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.initialize()
    return net


# %% wrong: only what is trained
# finding: statistics-lost
# observed: shape (4, 3)
# score: 11
def save(net, spec, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "spec.json").write_text(json.dumps(spec))
    paths = checkpoint.paths_of(net).items()
    np.savez(Path(folder) / "v.npz", **{k: p.data().asnumpy() for k, p in paths if p.grad_req != "null"})


def load(folder, build):
    net = build(json.loads((Path(folder) / "spec.json").read_text()))
    net.initialize()
    with np.load(Path(folder) / "v.npz") as values:
        for path in values:
            checkpoint.paths_of(net)[path].set_data(nd.array(values[path]))
    return net


# %% wrong: weights only
# finding: other-numbers
# observed: shape (4, 2)
# score: 5
def save(net, spec, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "spec.json").write_text(json.dumps(spec))
    paths = checkpoint.paths_of(net).items()
    np.savez(Path(folder) / "v.npz", **{k: p.data().asnumpy() for k, p in paths if k.endswith("weight")})


def load(folder, build):
    net = build(json.loads((Path(folder) / "spec.json").read_text()))
    net.initialize()
    with np.load(Path(folder) / "v.npz") as values:
        for path in values:
            checkpoint.paths_of(net)[path].set_data(nd.array(values[path]))
    return net


# %% wrong: set_data without values
# finding: network-not-ready
# observed: InitializationError
# score: 1
def save(net, spec, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "spec.json").write_text(json.dumps(spec))
    paths = checkpoint.paths_of(net).items()
    np.savez(Path(folder) / "v.npz", **{path: p.data().asnumpy() for path, p in paths})


def load(folder, build):
    net = build(json.loads((Path(folder) / "spec.json").read_text()))
    with np.load(Path(folder) / "v.npz") as values:
        for path, parameter in checkpoint.paths_of(net).items():
            parameter.set_data(nd.array(values[path]))
    return net


# %% wrong: the folder is not made
# finding: folder-not-made
# observed: FileNotFoundError
# score: 12
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: one folder is made, not those above
# finding: folder-not-made
# observed: FileNotFoundError
# score: 12
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: saving again is refused
# finding: cannot-save-again
# observed: FileExistsError
# score: 12
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: keys are sorted
# finding: keys-sorted
# observed: '[{"alpha": 2, "kind": "branches", "zeta": 4}, {"kind": "den
# score: 10
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, sort_keys=True))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: build gets text
# finding: not-the-specification
# observed: '"[\\n {\\n  \\"kind\\": \\"dense\\",\\n  \\"units\\": 3\\n
# score: 1
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build((folder / "specification.json").read_text())
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: the network is saved in use
# finding: left-in-use
# observed: False
# score: 12
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.eval()
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: nothing is returned
# finding: no-network
# observed: '<NoneType>'
# score: 1
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")


# %% wrong: the specification is emptied
# finding: changed-by-saving
# observed: '[]'
# score: 11
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    spec.clear()
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")
    return net


# %% wrong: the older file is kept
# finding: older-one-came-back
# observed: shape (4, 3)
# score: 12
def save(net, spec, folder):
    """Write a network and its specification into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "specification.json").exists():
        return
    (folder / "specification.json").write_text(json.dumps(spec, indent=1))
    net.save_parameters(folder / "parameters.safetensors")


def load(folder, build):
    """The network in a folder; `build(spec)` makes one from a specification."""
    folder = Path(folder)
    net = build(json.loads((folder / "specification.json").read_text()))
    net.load_parameters(folder / "parameters.safetensors")
    return net
