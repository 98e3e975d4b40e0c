"""Is a negotiated truce self-enforcing, how long will it last, and what breaks it first?

The public names stand in ``__init__.pyi`` and are imported when first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
