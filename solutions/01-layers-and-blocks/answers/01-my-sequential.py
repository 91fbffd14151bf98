# %% right: positions as keys
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% right: a list beside the registered children
class MySequential(nn.Block):
    def __init__(self, *blocks, **kwargs):
        super().__init__(**kwargs)
        self.blocks = []
        self.add(*blocks)

    def add(self, *blocks):
        for block in blocks:
            setattr(self, f"block{len(self.blocks)}", block)
            self.blocks.append(block)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x

    def __len__(self):
        return len(self.blocks)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return MySequential(*self.blocks[index])
        return self.blocks[index]


# %% right: S0's dictionary with numbers for keys; the loop through indexing
class MySequential(nn.Block):
    def __init__(self, **kwargs):
        super(MySequential, self).__init__(**kwargs)

    def add(self, *blocks):
        for block in blocks:
            self._children[f"{len(self._children):06d}"] = block
        return self

    def forward(self, x):
        for i in range(len(self)):
            x = self[i](x)
        return x

    def __len__(self):
        return len(self._children)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return MySequential().add(*[self[i] for i in range(*index.indices(len(self)))])
        if not -len(self) <= index < len(self):
            raise IndexError(f"position {index} in a network of {len(self)} blocks")
        return self._children[f"{index % len(self):06d}"]


# %% right: the slice shares the prefix, as Gluon's does
class MySequential(nn.Block):
    def add(self, first, *more):
        self.register_child(first)
        if more:
            self.add(*more)

    def forward(self, x):
        from functools import reduce

        return reduce(lambda value, block: block(value), self, x)

    def __len__(self):
        return sum(1 for _ in self)

    def __iter__(self):
        yield from self._children.values()

    def __getitem__(self, index):
        chosen = [*self][index]
        if isinstance(chosen, list):
            part = MySequential(prefix=self.prefix)
            for block in chosen:
                part.add(block)
            return part
        return chosen


# %% wrong: kept by name, as S0 does it
# finding: same-block-collapsed
# observed: shape (3, 4)
# score: 9
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self._children[block.name] = block

    def forward(self, x):
        for block in self._children.values():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return iter(self._children.values())

    def __getitem__(self, index):
        blocks = list(self._children.values())
        if isinstance(index, slice):
            part = type(self)()
            part.add(*blocks[index])
            return part
        return blocks[index]


# %% wrong: takes only one
# finding: accepts-only-one
# observed: TypeError: MySequential.add() takes 2 positional arguments but 5 were given
# score: 9
class MySequential(nn.Block):
    def add(self, block):
        self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        for block in blocks[index]:
            part.add(block)
        return part


# %% wrong: runs in the order of names
# finding: order-by-name
# observed: shape (3, 4)
# score: 5
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self._children[str(len(self._children))] = block

    def forward(self, x):
        for key in sorted(self._children):
            x = self._children[key](x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% wrong: a slice is a list
# finding: slice-is-a-list
# observed: a list
# score: 8
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        return list(self.children())[index]


# %% wrong: a slice of copies
# finding: slice-copies
# observed: shape (3, 4)
# score: 8
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        import copy

        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*copy.deepcopy(blocks[index]))
        return part


# %% wrong: no slices
# finding: slicing-fails
# observed: TypeError: '<' not supported between instances of 'slice' and 'int'
# score: 8
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        if index < 0:
            index += len(self)
        for i, block in enumerate(self.children()):
            if i == index:
                return block
        raise IndexError(index)


# %% wrong: a slice forgets its step
# finding: slice-wrong
# observed: shape (3, 4)
# score: 8
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*blocks[index.start : index.stop])
        return part


# %% wrong: keys are strings, and a negative one is not among them
# finding: negative-index-fails
# observed: KeyError: '-1'
# score: 8
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        if not isinstance(index, slice):
            return self._children[str(index)]
        part = type(self)()
        part.add(*list(self.children())[index])
        return part


# %% wrong: a KeyError past the end
# finding: no-index-error
# observed: KeyError: '4'
# score: 8
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        if not isinstance(index, slice):
            return self._children[str(index + len(self) if index < 0 else index)]
        part = type(self)()
        part.add(*list(self.children())[index])
        return part


# %% wrong: starts anew past the end
# finding: no-index-error
# observed: a Dense
# score: 8
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index % len(blocks)]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% wrong: counts from 1
# finding: index-off
# observed: the block at 3
# score: 6
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index - 1]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% wrong: counts parameters instead of blocks
# finding: length-wrong
# observed: 8
# score: 9
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __len__(self):
        return len(self.collect_params())

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% wrong: no length
# finding: length-missing
# observed: TypeError: object of type 'MySequential' has no len()
# score: 9
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% wrong: a list hides the blocks
# finding: blocks-not-registered
# observed: 0
# score: 9
class MySequential(nn.Block):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.blocks = []

    def add(self, *blocks):
        self.blocks.extend(blocks)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x

    def __len__(self):
        return len(self.blocks)

    def __getitem__(self, index):
        if not isinstance(index, slice):
            return self.blocks[index]
        part = type(self)()
        part.add(*self.blocks[index])
        return part


# %% wrong: every block gets x itself
# finding: only-the-last
# observed: shape (3, 4)
# score: 4
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            output = block(x)
        return output

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% wrong: returns inside the loop
# finding: only-the-first
# observed: shape (3, 4)
# score: 3
class MySequential(nn.Block):
    def add(self, *blocks):
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
            return x

    def __len__(self):
        return len(self._children)

    def __iter__(self):
        return self.children()

    def __getitem__(self, index):
        blocks = list(self.children())
        if not isinstance(index, slice):
            return blocks[index]
        part = type(self)()
        part.add(*blocks[index])
        return part


# %% wrong: lets nn.Sequential do it
# finding: forbidden-call
# observed: a call of `miniblocks.nn.Sequential`
# score: 0
class MySequential(nn.Sequential):
    pass
