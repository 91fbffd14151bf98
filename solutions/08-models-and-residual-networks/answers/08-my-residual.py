# %% right: as the table reads
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% right: Keras' call, and range(1, 4)
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def call(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(1, 4):
            x = self.block2(x)
        return self.out(x)


# %% right: in parts that are Sequentials, flattened by a block
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.first = nn.Dense(30)
        self.images = nn.Sequential(nn.Conv2D(32, kernel_size=1), conv_block(layers=2, filters=32), nn.Flatten())
        self.rows = nn.Sequential(nn.Dense(64))
        self.shared = dense_block(layers=2, neurons=64)
        self.last = nn.Dense(1)

    def forward(self, inputs):
        x = nd.relu(self.first(inputs)).reshape(len(inputs), 1, 5, 6)
        x = self.rows(self.images(x))
        x = self.shared(self.shared(self.shared(x)))
        return self.last(x)


# %% right: a Sequential in which one block stands three times
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        loop = dense_block(2, 64)
        self.net = nn.Sequential(
            nn.Dense(30, activation="relu"),
            nn.Lambda(lambda x: x.reshape(-1, 1, 5, 6)),
            nn.Conv2D(32, (1, 1)),
            conv_block(2, 32),
            nn.Dense(64),
            loop,
            loop,
            loop,
            nn.Dense(1),
        )

    def forward(self, inputs):
        return self.net(inputs)


# %% wrong: the loop as the source first writes it, range(1, 3)
# finding: loop-runs-twice
# observed: 2 times
# score: 10
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(1, 3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: three blocks instead of one
# finding: declared-three-times
# observed: 3 of them
# score: 9
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.blocks = nn.Sequential(*[dense_block(2, 64) for _ in range(3)])
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        x = self.blocks(x)
        return self.out(x)


# %% wrong: the block is made in the loop
# finding: declared-in-forward
# observed: after some calls
# score: 8
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.make = dense_block
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            block = self.make(2, 64)
            block.initialize()
            x = block(x)
        return self.out(x)


# %% wrong: each round takes the same x
# finding: same-input-each-time
# observed: once, as far as the output tells
# score: 10
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            y = self.block2(x)
        return self.out(y)


# %% wrong: return stands in the loop
# finding: called-once
# observed: once
# score: 10
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
            return self.out(x)


# %% wrong: as written in the source: nothing between the parts
# finding: shapes-do-not-fit
# observed: ShapeError
# score: 0
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.block1 = conv_block(2, 32)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: no 1×1 convolution
# finding: shapes-do-not-fit
# observed: ShapeError
# score: 0
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(x.reshape(-1, 1, 5, 6))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: thirty channels of one pixel
# finding: thirty-channels
# observed: (32, 30, 1, 1)
# score: 3
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 30, 1, 1)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: the image lies on its side
# finding: image-turned
# observed: shape (4, 1)
# score: 5
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 6, 5)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: no relu after the first layer
# finding: activation-missing
# observed: shape (4, 1)
# score: 5
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30)
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: relu after the last layer too
# finding: output-activated
# observed: shape (4, 1)
# score: 5
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1, activation="relu")

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: relu after the second dense layer too
# finding: extra-activation
# observed: shape (4, 1)
# score: 5
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64, activation="relu")
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: the loop is around the convolutions
# finding: wrong-block-repeated
# observed: shape (4, 1)
# score: 5
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.widen(x.reshape(-1, 1, 5, 6))
        for _ in range(3):
            x = self.block1(x)
        x = self.block2(self.narrow(x))
        return self.out(x)


# %% wrong: the batch size is built in
# finding: batch-built-in
# observed: (4, 1, 5, 6)
# score: 11
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)
        self.batch = None

    def forward(self, inputs):
        x = self.hidden1(inputs)
        self.batch = self.batch or len(inputs)
        x = self.block1(self.widen(x.reshape(self.batch, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: a block, no model
# finding: not-a-model
# observed: compile
# score: 11
class MyResidual(nn.Block):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: the residual blocks are kept in a list
# finding: not-trained
# observed: stayed as they were
# score: 11
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.narrow = nn.Dense(64)
        self.blocks = [conv_block(2, 32), dense_block(2, 64)]
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.blocks[0](self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.blocks[1](x)
        return self.out(x)


# %% wrong: other numbers in the blocks
# finding: wrong-block-size
# observed: CNNResidual(3, 32)
# score: 3
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(3, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x)
        return self.out(x)


# %% wrong: the gradient stops in the loop
# finding: gradient-cut
# observed: shape (64, 64)
# score: 10
class MyResidual(train.Model):
    def __init__(self, conv_block, dense_block, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = conv_block(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = dense_block(2, 64)
        self.out = nn.Dense(1)

    def forward(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(3):
            x = self.block2(x.detach())
        return self.out(x)
