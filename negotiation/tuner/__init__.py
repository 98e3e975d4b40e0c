"""Sliders for every parameter of the truce and the verdict beside them. Public names stand in ``__init__.pyi``."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
