# %% right: work out, check, write
def transplant(file, net, moves):
    arrays, places, plan = load_file(file), checkpoint.paths_of(net), []
    for old, new in moves.items():
        found = [(path, new + path[len(old) :]) for path in arrays if path.startswith(f"{old}.")]
        if not found:
            raise ValueError(f"nothing below {old!r} in {file}")
        plan += found
    for path, to in plan:
        if to not in places:
            raise ValueError(f"there is no {to!r} for {path!r}")
        shape = places[to].shape
        if len(shape) != arrays[path].ndim or not all(a in (0, b) for a, b in zip(shape, arrays[path].shape)):
            raise ValueError(f"{path!r} is {arrays[path].shape}, {to!r} is {shape}")
    for path, to in plan:
        places[to].set_data(arrays[path])


# %% right: a file with other paths, and load_parameters
def transplant(file, net, moves):
    from safetensors.numpy import save_file

    moved = {}
    for path, array in load_file(file).items():
        for old, new in moves.items():
            if path.startswith(old + "."):
                moved[new + path[len(old) :]] = array
    for old, new in moves.items():
        if not any(path.startswith(new + ".") for path in moved):
            raise ValueError(f"no array for the move from {old} to {new}")
    renamed = Path(file).with_name("renamed.safetensors")
    about = {"format": "miniblocks-parameters-1", "tied": "{}", "deferred": "[]"}
    save_file(moved, renamed, metadata=about)
    net.load_parameters(renamed, allow_missing=True)


# %% right: paths as lists of names
def transplant(file, net, moves):
    table = {tuple(old.split(".")): new.split(".") for old, new in moves.items()}
    parameters = {}
    for where, block in net.named_blocks():
        for name, parameter in block.params.items():
            last = name.removeprefix(block.params.prefix)
            parameters[f"{where}.{last}" if where else last] = parameter
    work, used = [], set()
    for path, array in load_file(file).items():
        names = path.split(".")
        for old, new in table.items():
            if tuple(names[: len(old)]) == old and len(names) > len(old):
                to = ".".join([*new, *names[len(old) :]])
                parameter = parameters.get(to)
                if parameter is None:
                    raise ValueError(f"{to} does not exist")
                if len(parameter.shape) != array.ndim:
                    raise ValueError(f"{to} has another number of axes")
                for mine, theirs in zip(parameter.shape, array.shape):
                    if mine != 0 and mine != theirs:
                        raise ValueError(f"{to}: {parameter.shape} is not {array.shape}")
                work.append((parameter, array))
                used.add(old)
    for old in table:
        if old not in used:
            raise ValueError(f"no such block in the file: {'.'.join(old)}")
    for parameter, array in work:
        parameter.set_data(nd.array(array))


# %% right: a regular expression for each move
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        hits = 0
        for path, array in arrays.items():
            match = re.fullmatch(rf"{re.escape(old)}\.(.+)", path)
            if match:
                hits += 1
                new[f"{goal}.{match[1]}"] = array
        if not hits:
            raise ValueError(f"{old}: not in the file")
    for to, array in new.items():
        want = places[to].shape if to in places else None
        if want is None or len(want) != array.ndim or any(w not in (0, s) for w, s in zip(want, array.shape)):
            raise ValueError(f"{to}: {array.shape} does not go there, {want} is wanted")
    for to, array in new.items():
        places[to].set_data(array)


# %% wrong: loads the file as it is
# finding: paths-not-translated
# observed: does not fit this network
# score: 2
def transplant(file, net, moves):
    net.load_parameters(file)


# %% wrong: loads what fits
# finding: nothing-moved
# observed: encoder.0.weight holds what it held before
# score: 0
def transplant(file, net, moves):
    net.load_parameters(file, ignore_extra=True, allow_missing=True)


# %% wrong: the beginning without its dot
# finding: beginning-without-dot
# observed: part0.weight holds the file's 10.weight
# score: 10
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old)]
        if not inside:
            raise ValueError(f"nothing below {old}")
        for path in inside:
            to = goal + path[len(old) :]
            if to not in places:
                raise ValueError(f"no {to}")
            want = places[to].shape
            if len(want) != arrays[path].ndim or any(a not in (0, b) for a, b in zip(want, arrays[path].shape)):
                raise ValueError(f"{to} has another shape")
            new[to] = arrays[path]
    for to, array in new.items():
        places[to].set_data(array)


# %% wrong: exchanges the number wherever it stands
# finding: moved-twice
# observed: holds
# score: 10
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        if not inside:
            raise ValueError(f"nothing below {old}")
        for path in inside:
            last = path.rpartition(".")[2]
            to = path.removesuffix(last).replace(old, goal) + last
            if to not in places:
                raise ValueError(f"no {to}, from {old}")
            want = places[to].shape
            if len(want) != arrays[path].ndim or any(a not in (0, b) for a, b in zip(want, arrays[path].shape)):
                raise ValueError(f"{to} has another shape")
            new[to] = arrays[path]
    for to, array in new.items():
        places[to].set_data(array)


# %% wrong: one move after the other, on what the one before has made
# finding: moved-twice
# observed: holds
# score: 10
def transplant(file, net, moves):
    arrays, places = load_file(file), checkpoint.paths_of(net)
    used = set()
    for old, goal in moves.items():
        if not any(path.startswith(old + ".") for path in arrays):
            raise ValueError(f"nothing below {old}")
        renamed = {}
        for path, array in arrays.items():
            if path.startswith(old + "."):
                path = goal + path.removeprefix(old)
                used.add(path)
            renamed[path] = array
        arrays = renamed
    for to in used:
        if to in arrays:
            if to not in places:
                raise ValueError(f"no {to}")
            want = places[to].shape
            if len(want) != arrays[to].ndim or any(a not in (0, b) for a, b in zip(want, arrays[to].shape)):
                raise ValueError(f"{to} has another shape")
    for to in used:
        if to in arrays:
            places[to].set_data(arrays[to])


# %% wrong: writes while it checks
# finding: half-done
# observed: encoder.0.weight was already changed
# score: 10
def transplant(file, net, moves):
    arrays, places = load_file(file), checkpoint.paths_of(net)
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        if not inside:
            raise ValueError(f"nothing below {old}")
        for path in inside:
            to = goal + path.removeprefix(old)
            if to not in places:
                raise ValueError(f"no {to}")
            want = places[to].shape
            if len(want) != arrays[path].ndim or any(a not in (0, b) for a, b in zip(want, arrays[path].shape)):
                raise ValueError(f"{to} has another shape")
            places[to].set_data(arrays[path])


# %% wrong: passes over what does not fit
# finding: silent
# observed: no error, and a network half moved
# score: 8
def transplant(file, net, moves):
    arrays, places = load_file(file), checkpoint.paths_of(net)
    for old, goal in moves.items():
        for path, array in arrays.items():
            to = goal + path.removeprefix(old)
            if path.startswith(old + ".") and to in places:
                want = places[to].shape
                if len(want) == array.ndim and all(a in (0, b) for a, b in zip(want, array.shape)):
                    places[to].set_data(array)


# %% wrong: a KeyError in place of a word
# finding: another-error
# observed: KeyError
# score: 8
def transplant(file, net, moves):
    arrays, places = load_file(file), checkpoint.paths_of(net)
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        if not inside:
            raise KeyError(old)
        for path in inside:
            places[goal + path.removeprefix(old)].set_data(arrays[path])


# %% wrong: an error that does not say which
# finding: move-not-named
# observed: ValueError: the parameters do not fit
# score: 10
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        for path in inside:
            new[goal + path.removeprefix(old)] = arrays[path]
        if not inside:
            raise ValueError("the parameters do not fit")
    for to, array in new.items():
        if to not in places or places[to].shape is None or len(places[to].shape) != array.ndim:
            raise ValueError("the parameters do not fit")
        if any(a not in (0, b) for a, b in zip(places[to].shape, array.shape)):
            raise ValueError("the parameters do not fit")
    for to, array in new.items():
        places[to].set_data(array)


# %% wrong: open sizes are refused
# finding: open-sizes-refused
# observed: does not fit
# score: 11
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        if not inside:
            raise ValueError(f"nothing below {old}")
        for path in inside:
            to = goal + path.removeprefix(old)
            if to not in places:
                raise ValueError(f"no {to}")
            if places[to].shape != arrays[path].shape:
                raise ValueError(f"{path} does not fit {to}")
            new[to] = arrays[path]
    for to, array in new.items():
        places[to].set_data(array)


# %% wrong: writes through data()
# finding: needs-values
# observed: DeferredInitializationError
# score: 11
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        if not inside:
            raise ValueError(f"nothing below {old}")
        for path in inside:
            to = goal + path.removeprefix(old)
            if to not in places:
                raise ValueError(f"no {to}")
            want = places[to].shape
            if len(want) != arrays[path].ndim or any(a not in (0, b) for a, b in zip(want, arrays[path].shape)):
                raise ValueError(f"{path} does not fit {to}")
            new[to] = arrays[path]
    for to, array in new.items():
        places[to].data()[:] = nd.array(array)


# %% wrong: weights and biases only
# finding: some-left-behind
# observed: model.encoder.1.gamma holds what it held before
# score: 9
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        if not inside:
            raise ValueError(f"nothing below {old}")
        for path in inside:
            to = goal + path.removeprefix(old)
            if not to.endswith(("weight", "bias")):
                continue
            if to not in places:
                raise ValueError(f"no {to}")
            want = places[to].shape
            if len(want) != arrays[path].ndim or any(a not in (0, b) for a, b in zip(want, arrays[path].shape)):
                raise ValueError(f"{path} does not fit {to}")
            new[to] = arrays[path]
    for to, array in new.items():
        places[to].set_data(array)


# %% wrong: looks one level below the path
# finding: one-level-only
# observed: KeyError
# score: 7
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    for old, goal in moves.items():
        for last in ("weight", "bias"):
            if old + "." + last not in arrays and old == "7":
                raise ValueError(f"nothing below {old}")
            array = arrays[f"{old}.{last}"]
            if f"{goal}.{last}" not in places:
                raise ValueError(f"no {goal}")
            want = places[f"{goal}.{last}"].shape
            if any(a not in (0, b) for a, b in zip(want, array.shape)):
                raise ValueError(f"{old} does not fit {goal}")
            new[f"{goal}.{last}"] = array
    for to, array in new.items():
        places[to].set_data(array)


# %% wrong: deals the arrays out in order
# finding: dealt-by-order
# observed: holds the file's
# score: 1
def transplant(file, net, moves):
    source, places = load_file(file), checkpoint.paths_of(net)
    arrays = list(source.values())
    for parameter in places.values():
        fitting = [a for a in arrays if len(parameter.shape) == a.ndim and all(m in (0, n) for m, n in zip(parameter.shape, a.shape))]
        if fitting:
            parameter.set_data(fitting[-1])


# %% wrong: initializes the whole network first
# finding: rest-touched
# observed: holds other numbers
# score: 6
def transplant(file, net, moves):
    arrays, places, new = load_file(file), checkpoint.paths_of(net), {}
    net.initialize(force_reinit=True)
    for old, goal in moves.items():
        inside = [path for path in arrays if path.startswith(old + ".")]
        if not inside:
            raise ValueError(f"nothing below {old}")
        for path in inside:
            to = goal + path.removeprefix(old)
            if to not in places:
                raise ValueError(f"no {to}")
            want = places[to].shape
            if len(want) != arrays[path].ndim or any(a not in (0, b) for a, b in zip(want, arrays[path].shape)):
                raise ValueError(f"{path} does not fit {to}")
            new[to] = arrays[path]
    for to, array in new.items():
        places[to].set_data(array)
