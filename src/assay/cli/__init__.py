"""The `assay` command, which adds what DVC's own commands do not do."""


def main() -> None:
    """The whole command; of it, `assay.cli.scoring` is what a machine needs that only scores."""
    from assay.cli.commands import main as run

    run()
