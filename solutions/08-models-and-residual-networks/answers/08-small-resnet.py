# %% right: as the table reads
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% right: attributes, without convolution biases, the shortcut normalized
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.conv1 = nn.Conv2D(channels, 3, strides=strides, padding=1, use_bias=False)
        self.bn1 = nn.BatchNorm()
        self.conv2 = nn.Conv2D(channels, 3, padding=1, use_bias=False)
        self.bn2 = nn.BatchNorm()
        self.project = None
        if strides > 1:
            self.project = nn.Sequential(nn.Conv2D(channels, 1, strides=strides, use_bias=False), nn.BatchNorm())

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu() if hasattr(x, "relu") else nd.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.project is not None:
            x = self.project(x)
        return nd.relu(x + y)


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.stem, self.stem_bn = nn.Conv2D(16, 3, padding=1, use_bias=False), nn.BatchNorm()
        self.block1, self.block2, self.block3 = ResidualBlock(16), ResidualBlock(32, 2), ResidualBlock(32)
        self.out = nn.Dense(classes)

    def call(self, x):
        x = nd.relu(self.stem_bn(self.stem(x)))
        x = self.block3(self.block2(self.block1(x)))
        return self.out(x.mean((2, 3)))


# %% right: blocks made by a function, in a loop
def convolution(channels, size, strides):
    return nn.Sequential(nn.Conv2D(channels, size, strides, padding=size // 2), nn.BatchNorm())


class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.first = convolution(channels, 3, strides)
        self.second = convolution(channels, 3, 1)
        self.shortcut = convolution(channels, 1, strides) if strides != 1 else nn.Sequential()

    def forward(self, x):
        return nn.ReLU()(self.second(nd.relu(self.first(x))) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(convolution(16, 3, 1), nn.ReLU())
        for channels, strides in ((16, 1), (32, 2), (32, 1)):
            self.net.add(ResidualBlock(channels, strides))
        self.net.add(nn.AvgPool2D(4), nn.Flatten(), nn.Dense(classes))

    def forward(self, x):
        return self.net(x)


# %% right: relu inside the convolutions' places, weights of its own initializer
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, 1, use_bias=False, weight_initializer=init.He()),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, (3, 3), padding=(1, 1), weight_initializer=init.He()),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: no shortcut
# finding: first-shortcut-missing
# observed: the same scores for every image
# score: 8
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: a shortcut only where the shapes change
# finding: third-shortcut-missing
# observed: the same scores for every image
# score: 12
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        out = self.main(x)
        if not isinstance(self.shortcut, nn.Identity):
            out = out + self.shortcut(x)
        return nd.relu(out)


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: a shortcut only where the shapes agree
# finding: second-shortcut-missing
# observed: the same scores for every image
# score: 10
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Flatten()

    def forward(self, x):
        out = self.main(x)
        if isinstance(self.shortcut, nn.Identity):
            out = out + x
        return nd.relu(out)


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: the input's name is used for the main path
# finding: first-shortcut-missing
# observed: the same scores for every image
# score: 8
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        x = self.main(x)
        return nd.relu(x + x)


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: no projection: the shapes differ
# finding: shapes-do-not-fit
# observed: ShapeError
# score: 0
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity()

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: the strides are forgotten
# finding: not-halved
# observed: (32, 8, 8)
# score: 13
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: softmax at the end
# finding: softmax-inside
# observed: rows that sum to 1
# score: 10
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return nd.softmax(self.net(x))


# %% wrong: relu at the end
# finding: scores-clipped
# observed: none below 0
# score: 10
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes, activation="relu"),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: ten classes, whatever was asked for
# finding: classes-ignored
# observed: (10, 32)
# score: 11
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(10),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: flattened instead of pooled
# finding: not-pooled
# observed: (7, 512)
# score: 12
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.Flatten(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: no batch normalization
# finding: normalization-missing
# observed: 0 of them
# score: 10
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: one batch normalization for both convolutions
# finding: normalization-missing
# observed: 4 of them
# score: 10
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        norm = nn.BatchNorm()
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            norm,
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            norm,
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: the third block is forgotten
# finding: blocks-missing
# observed: 1 of (32, 32, 3, 3)
# score: 11
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: always in training mode
# finding: stays-in-training
# observed: statistics that move in use
# score: 13
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        self.train()
        return self.net(x)


# %% wrong: the image leaves the record
# finding: gradient-cut
# observed: zeros
# score: 10
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        h = self.net[:6](x).detach()
        return self.net[7](self.net[6](h))


# %% wrong: a 1×1 convolution on every shortcut
# finding: shortcut-not-identity
# observed: 1 of (16, 16, 1, 1)
# score: 12
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: layers kept in a list
# finding: not-registered
# observed: 0 of them
# score: 9
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.layers = [
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        ]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# %% wrong: one convolution in the place of two
# finding: layers-shared
# observed: (16, 16, 3, 3)
# score: 11
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        first = nn.Conv2D(channels, 3, strides, padding=1)
        second = first if strides == 1 else nn.Conv2D(channels, 3, padding=1)
        self.main = nn.Sequential(first, nn.BatchNorm(), nn.Activation("relu"), second, nn.BatchNorm())
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x)


# %% wrong: one number for the whole batch
# finding: wrong-shape
# observed: an array of shape ()
# score: 4
class ResidualBlock(nn.Block):
    def __init__(self, channels, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.main = nn.Sequential(
            nn.Conv2D(channels, 3, strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(channels, 3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.Identity() if strides == 1 else nn.Conv2D(channels, 1, strides)

    def forward(self, x):
        return nd.relu(self.main(x) + self.shortcut(x))


class SmallResNet(train.Model):
    def __init__(self, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential(
            nn.Conv2D(16, 3, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            ResidualBlock(16),
            ResidualBlock(32, strides=2),
            ResidualBlock(32),
            nn.GlobalAvgPool2D(),
            nn.Dense(classes),
        )

    def forward(self, x):
        return self.net(x).mean()
