# %% right: a loop over a Sequential
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


# %% right: registered one by one, and called through children()
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        for _ in range(layers):
            self.register_child(nn.Conv2D(filters, 3, padding=1, activation="relu"))

    def forward(self, inputs):
        x = inputs
        for layer in self.children():
            x = layer(x)
        return x + inputs


# %% right: numbered attributes, the activation in forward
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.count = layers
        for i in range(layers):
            setattr(self, f"layer{i}", nn.Conv2D(filters, 3, padding=1))

    def forward(self, inputs):
        x = inputs
        for i in range(self.count):
            x = nd.relu(getattr(self, f"layer{i}")(x))
        return x + inputs


# %% right: the whole main path as one block, and an identity for the shortcut
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.main, self.shortcut = nn.Sequential(), nn.Identity()
        for _ in range(layers):
            self.main.add(nn.Conv2D(filters, 3, padding=1), nn.Activation("relu"))

    def forward(self, inputs):
        return self.main(inputs) + self.shortcut(inputs)


# %% wrong: no padding: the two paths differ in shape
# finding: padding-missing
# observed: ShapeError
# score: 0
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


# %% wrong: filters of 5×5
# finding: kernel-size
# observed: a weight of shape (3, 3, 5, 5)
# score: 3
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 5, padding=2, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


# %% wrong: the batch size is built in
# finding: size-built-in
# observed: ShapeError
# score: 9
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])
        self.shape = None

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        self.shape = self.shape or inputs.shape
        return inputs + x.reshape(self.shape)


# %% wrong: the shortcut is forgotten
# finding: shortcut-missing
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return x


# %% wrong: the input's name is used for the results, so that there is no input to add
# finding: shortcut-is-the-main-path
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        for layer in self.hidden:
            inputs = layer(inputs)
        return inputs + inputs


# %% wrong: adds after each layer
# finding: shortcut-around-each-layer
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = x + layer(x)
        return x


# %% wrong: adds after each layer, and once more at the end
# finding: input-added-again
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = x + layer(x)
        return x + inputs


# %% wrong: gives each layer the input
# finding: each-layer-gets-the-input
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        for layer in self.hidden:
            x = layer(inputs)
        return inputs + x


# %% wrong: a relu after the sum
# finding: relu-after-the-sum
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return nd.relu(inputs + x)


# %% wrong: no activation
# finding: activation-missing
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1) for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


# %% wrong: joins the two paths
# finding: joined-not-added
# observed: shape (3, 
# score: 5
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return nd.concat(inputs, x, dim=1)


# %% wrong: keeps the layers in a list
# finding: not-registered
# observed: no parameter
# score: 8
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)]

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


# %% wrong: assigns every layer to the same attribute, and lists them besides
# finding: some-not-registered
# observed: 2
# score: 8
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = []
        for _ in range(layers):
            self.layer = nn.Conv2D(filters, 3, padding=1, activation="relu")
            self.hidden.append(self.layer)

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


# %% wrong: one layer, n times
# finding: one-layer-repeated
# observed: 1 of them
# score: 3
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.layers, self.hidden = layers, nn.Conv2D(filters, 3, padding=1, activation="relu")

    def forward(self, inputs):
        x = inputs
        for _ in range(self.layers):
            x = self.hidden(x)
        return inputs + x


# %% wrong: the loop begins at 1
# finding: one-layer-too-few
# observed: 3 of them
# score: 8
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(1, layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


# %% wrong: two layers, whatever was asked for
# finding: number-ignored
# observed: 2 of them
# score: 8
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.first = nn.Conv2D(filters, 3, padding=1, activation="relu")
        self.second = nn.Conv2D(filters, 3, padding=1, activation="relu")

    def forward(self, inputs):
        return inputs + self.second(self.first(inputs))


# %% wrong: writes the sum into the input
# finding: input-changed
# observed: shape (3, 
# score: 9
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        inputs += x
        return inputs


# %% wrong: takes the shortcut out of the record
# finding: gradient-cut
# observed: shape (3, 
# score: 9
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs.detach() + x


# %% wrong: makes the layers in forward
# finding: no-layers
# observed: none
# score: 1
class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.layers, self.width = layers, filters

    def forward(self, inputs):
        x = inputs
        for _ in range(self.layers):
            layer = nn.Conv2D(self.width, 3, padding=1, activation="relu")
            layer.initialize()
            x = layer(x)
        return inputs + x
