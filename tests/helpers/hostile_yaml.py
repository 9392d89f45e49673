"""YAML that must be refused before anybody walks through it."""

# Nine lines that stand for 9 ** 9 values.
BOMB = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
WITHIN_ITSELF = "a: &a {b: *a}\n"
