"""Every error that miniblocks raises on purpose; each message gives the cause and the mend.

MiniblocksError
├── ShapeError (ValueError)                     shapes that do not fit together
├── DtypeError (TypeError)                      kinds of number that do not mix
├── DeviceError (ValueError)                    tensors on different devices, or a device that is not there
├── InitializationError (RuntimeError)          a parameter used before it has values
│   └── DeferredInitializationError             … because its shape is not known before the first call
├── BlockError (AttributeError)                 a block used before `super().__init__()`
├── NameClashError (ValueError)                 two different parameters of one name
├── GraphError (RuntimeError)                   the recorded graph cannot be walked
│   ├── FreedGraphError                         … because an earlier `backward` freed it
│   └── OverwrittenError                        … because a value it needs was overwritten in place
├── CheckpointError (ValueError)                a file that does not fit the network, or is damaged
├── DataError (RuntimeError)                    a data set that is missing or damaged
├── AnomalyError (ArithmeticError)              a nan or an infinity, found by anomaly mode
├── CaptureError (RuntimeError)                 a computation that cannot be captured
└── InvalidGraphError (ValueError)              a static graph that breaks a rule: a wrong pass, a damaged file
"""


class MiniblocksError(Exception):
    """The base of all. An error that leaves a block carries the block's name: the path to where it arose.

    `origin` says of an error inside of a static graph which step failed, and which line of code that step was captured from.
    """

    path: tuple[str, ...] = ()
    origin: str = ""

    def inside(self, name: str) -> None:
        """Note that the error is leaving this block."""
        self.path = (name, *self.path)

    def __str__(self) -> str:
        where = f" [in {' → '.join(self.path)}]" if self.path else ""
        return super().__str__() + where + (f"\n{self.origin}" if self.origin else "")


class ShapeError(MiniblocksError, ValueError):
    """Shapes that do not fit together."""


class DtypeError(MiniblocksError, TypeError):
    """Kinds of number that do not mix in one operation."""


class DeviceError(MiniblocksError, ValueError):
    """Tensors on different devices, or a device that this machine lacks."""


class InitializationError(MiniblocksError, RuntimeError):
    """A parameter was used before it has values."""


class DeferredInitializationError(InitializationError):
    """A parameter's shape is not known before the network's first call."""


class BlockError(MiniblocksError, AttributeError):
    """A block was used before `Block.__init__` ran."""


class NameClashError(MiniblocksError, ValueError):
    """Two different parameters have the same name."""


class GraphError(MiniblocksError, RuntimeError):
    """The recorded graph cannot be walked."""


class FreedGraphError(GraphError):
    """The recorded graph was freed by an earlier `backward`."""


class OverwrittenError(GraphError):
    """A value that the backward pass needs was overwritten in place."""


class CheckpointError(MiniblocksError, ValueError):
    """A file does not fit the network, or is damaged."""


class DataError(MiniblocksError, RuntimeError):
    """A data set is missing, cannot be fetched, or is damaged."""


class AnomalyError(MiniblocksError, ArithmeticError):
    """An operation made a nan or an infinity out of finite inputs."""


class CaptureError(MiniblocksError, RuntimeError):
    """A computation cannot be captured as a static graph."""


class InvalidGraphError(MiniblocksError, ValueError):
    """A static graph breaks a rule; a pass that made it is wrong, or a file that it came from is damaged."""
