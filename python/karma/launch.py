"""`python3 -m karma.launch …` is `torchrun …` that also runs on a PyTorch without libuv.

torchrun requests libuv's store however PyTorch was built; Debian's 2.6 has none and would stop with "use_libuv was requested".
"""

import importlib
from typing import Any

import torch.distributed as dist


class AnyStore(dist.TCPStore):  # type: ignore[misc,name-defined]
    """A TCP store on libuv if available, else on plain sockets."""

    def __init__(self, *args: Any, **options: Any) -> None:
        try:
            super().__init__(*args, **options)
        except RuntimeError as error:
            if "libuv" not in str(error):
                raise
            super().__init__(*args, **{**options, "use_libuv": False})


def take_any_store() -> None:
    """Makes torch.distributed open its stores as `AnyStore`; both launcher and processes need this."""
    dist.TCPStore = AnyStore  # type: ignore[attr-defined]
    # The package has a function with the module's name.
    rendezvous = importlib.import_module("torch.distributed.rendezvous")
    rendezvous.TCPStore = AnyStore  # type: ignore[attr-defined]


def main() -> None:
    """torchrun's command line."""
    take_any_store()
    from torch.distributed import run

    run.main()


if __name__ == "__main__":
    main()
