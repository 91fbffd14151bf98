# %% right: a stack, each value twice
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif id(value) not in seen:
                seen.add(id(value))
                stack.append((value, True))
                for parent in value.parents:
                    stack.append((parent, False))
        grads = {id(self): 1.0}
        for value in order[::-1]:
            g = grads[id(value)]
            if not value.parents:
                value.grad = value.grad + g
            for parent, slope in zip(value.parents, value.slopes):
                grads[id(parent)] = grads.get(id(parent), 0.0) + slope * g


# %% right: numbered as they are made
class Value:
    made = 0

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes
        Value.made += 1
        self.number = Value.made

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, [self, other], [other.data, self.data])

    def backward(self):
        reached, todo = {self}, [self]
        while todo:
            for parent in todo.pop().parents:
                if parent not in reached:
                    reached.add(parent)
                    todo.append(parent)
        for value in reached:
            if value.parents:
                value.grad = 0.0
        self.grad += 1
        for value in sorted(reached, key=lambda v: -v.number):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% right: counts who still has to hand something on
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        waiting, stack = {self: 0}, [self]
        while stack:
            for parent in stack.pop().parents:
                if parent not in waiting:
                    waiting[parent] = 0
                    stack.append(parent)
                waiting[parent] += 1
        inner = dict.fromkeys(waiting, 0.0)
        inner[self] = 1.0
        ready = [self]
        while ready:
            value = ready.pop()
            if not value.parents:
                value.grad += inner[value]
            for parent, slope in zip(value.parents, value.slopes):
                inner[parent] += slope * inner[value]
                waiting[parent] -= 1
                if waiting[parent] == 0:
                    ready.append(parent)


# %% right: a tape that everybody writes to
class Value:
    tape = []

    def __init__(self, data, hand_on=None):
        self.data, self.grad = data, 0.0
        self.hand_on = hand_on
        if hand_on:
            Value.tape.append(self)

    def __add__(self, other):
        def hand_on(g):
            self.grad += g
            other.grad += g

        return Value(self.data + other.data, hand_on)

    def __mul__(self, other):
        def hand_on(g):
            self.grad += other.data * g
            other.grad += self.data * g

        return Value(self.data * other.data, hand_on)

    def backward(self):
        for value in Value.tape:
            value.grad = 0.0
        self.grad += 1.0
        for value in reversed(Value.tape):
            value.hand_on(value.grad)


# %% wrong: calls itself along every path
# finding: every-path
# observed: 24568
# score: 9
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self, g=1.0):
        self.grad += g
        for parent, slope in zip(self.parents, self.slopes):
            parent.backward(g * slope)


# %% wrong: sorts by calling itself
# finding: recursion
# observed: RecursionError: maximum recursion depth exceeded while calling a Python
# score: 10
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: allows itself more calls
# finding: recursion
# observed: RecursionError: maximum recursion depth exceeded while calling a Python
# score: 10
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        sys.setrecursionlimit(1_000_000)
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: inner values keep their gradients
# finding: inner-gradients-left
# observed: 6.5148, 6.4825, 3.3076
# score: 10
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: every walk begins with all gradients at zero
# finding: leaves-cleared
# observed: 2.1716, 2.1608, 1.6538
# score: 10
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: overwrites
# finding: overwritten
# observed: -1.5121
# score: 2
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad = slope * value.grad


# %% wrong: parents in a dictionary
# finding: same-parent-once
# observed: -0.51207
# score: 10
class Value:
    def __init__(self, data, slopes=None):
        self.data, self.grad, self.slopes = data, 0.0, slopes or {}

    def __add__(self, other):
        return Value(self.data + other.data, {self: 1.0, other: 1.0})

    def __mul__(self, other):
        return Value(self.data * other.data, {self: other.data, other: self.data})

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.slopes]
        for value in order:
            if value.slopes:
                value.grad = 0.0
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in value.slopes.items():
                parent.grad += slope * value.grad


# %% wrong: breadth first
# finding: too-early
# observed: 1.2456, 3.25, 7.8096
# score: 9
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen = [self], {self}
        for value in order:
            for parent in value.parents:
                if parent not in seen:
                    seen.add(parent)
                    order.append(parent)
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in order:
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: a stack, in the order of popping
# finding: too-early
# observed: 1.5847, -3.3553, 10.399
# score: 8
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen, stack = [], set(), [self]
        while stack:
            value = stack.pop()
            if value in seen:
                continue
            seen.add(value)
            order.append(value)
            stack.extend(value.parents)
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in order:
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: a queue that hands on whatever is there
# finding: passed-on-twice
# observed: 6.0998, 9.2825, 7.8096
# score: 6
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        self.grad = 1.0
        queue = [self]
        while queue:
            value = queue.pop(0)
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad
                queue.append(parent)


# %% wrong: does not begin with one
# finding: nothing-arrives
# observed: 0, 0
# score: 0
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: the product forgets its parents
# finding: nothing-arrives
# observed: 0, 0
# score: 0
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data)

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: slopes exchanged
# finding: slopes-exchanged
# observed: 1.2936, -1.5354
# score: 2
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (self.data, other.data))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: walks from the leaves to the output
# finding: stops-at-once
# observed: 0, 0, 1
# score: 0
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in order:
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


# %% wrong: multiplies into itself
# finding: wrong-value
# observed: 4.5727
# score: 4
class Value:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        slopes = (other.data, self.data)
        self.data *= other.data
        return Value(self.data, (self, other), slopes)

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, listed = stack.pop()
            if listed:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack += [(parent, False) for parent in value.parents]
        for value in order:
            if value.parents:
                value.grad = 0.0
        self.grad += 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad
